"""Newest wins, and nothing leaves without credit."""

import pytest

from computers.relay.mailbox import BASE_WINDOW, Mailbox, Taken
from computers.wire.screen import Frame


def frame(number: int = 0) -> Frame:
    return Frame(bytes([number]), 1, 0.0, 0.0, 10, 10)


def take(box: Mailbox, now: float) -> tuple[int, int]:
    """The frame's number and the sequence number it got."""
    taken = box.take(now)
    assert isinstance(taken, Taken), taken
    return taken.frame.payload[0], taken.sequence


def send(box: Mailbox, now: float) -> int:
    box.put(frame())
    return take(box, now)[1]


def test_an_empty_mailbox_gives_nothing() -> None:
    assert Mailbox().take(0.0) is None


def test_the_newest_frame_wins() -> None:
    box = Mailbox()
    for number in (1, 2, 3):
        box.put(frame(number))
    assert take(box, 0.0) == (3, 1)
    assert box.take(1.0) is None


def test_every_frame_sent_counts_one_up_and_a_replaced_one_does_not() -> None:
    box = Mailbox()
    assert send(box, 0.0) == 1
    box.put(frame(1))
    box.put(frame(2))
    assert take(box, 1.0) == (2, 2)


def test_without_credit_the_frame_stays_and_a_newer_one_replaces_it() -> None:
    box = Mailbox()
    for at in range(BASE_WINDOW):
        send(box, float(at))
    box.put(frame(1))
    assert box.take(10.0) is None
    box.put(frame(2))
    box.seen(1, 10.0)
    assert take(box, 10.0)[0] == 2


def test_an_acknowledgement_counts_for_everything_before_it() -> None:
    box = Mailbox()
    last = [send(box, float(at)) for at in range(BASE_WINDOW)][-1]
    assert box.seen(last, 5.0) and box.in_flight == 0


@pytest.mark.parametrize("sequence", [0, 3, 2**32 - 1])
def test_an_acknowledgement_of_what_was_never_sent_changes_nothing(sequence: int) -> None:
    box = Mailbox()
    send(box, 0.0), send(box, 1.0)
    assert not box.seen(sequence, 2.0) and box.in_flight == 2


def test_a_second_acknowledgement_changes_nothing() -> None:
    box = Mailbox()
    send(box, 0.0), send(box, 1.0)
    assert box.seen(2, 2.0) and not box.seen(2, 2.1) and not box.seen(1, 2.1)
    assert box.in_flight == 0


def test_a_late_older_acknowledgement_changes_nothing() -> None:
    box = Mailbox()
    send(box, 0.0), send(box, 1.0)
    box.seen(1, 2.0)
    assert not box.seen(1, 2.1) and box.in_flight == 1


def test_the_pace_says_when_to_ask_again() -> None:
    box = Mailbox(max_fps=10.0)
    send(box, 100.0)
    box.put(frame())
    wait = box.take(100.01)
    assert isinstance(wait, float) and 0 < wait <= 0.1
    assert isinstance(box.take(100.01 + wait), Taken)


def test_in_the_long_run_the_pace_is_kept_exactly() -> None:
    box, sent, now = Mailbox(max_fps=10.0), 0, 50.0
    while now < 60.0:
        box.put(frame())
        if isinstance(taken := box.take(now), Taken):
            sent += 1
            box.seen(taken.sequence, now + 0.001)
        now += 1 / 60
    assert 98 <= sent <= 102


def test_pace_zero_pauses_and_another_pace_goes_on_with_the_newest() -> None:
    box = Mailbox()
    box.pace(0)
    box.put(frame(1))
    assert box.take(0.0) is None and box.take(100.0) is None
    box.put(frame(2))
    box.pace(30)
    assert take(box, 100.0)[0] == 2


def test_frames_sent_before_a_pause_may_still_be_acknowledged() -> None:
    box = Mailbox()
    sequence = send(box, 0.0)
    box.pace(0)
    assert box.seen(sequence, 1.0) and box.in_flight == 0


def test_the_sequence_number_wraps_and_goes_on() -> None:
    box = Mailbox()
    box._sequence = 2**32 - 1
    assert send(box, 0.0) == 0 and box.seen(0, 1.0)
