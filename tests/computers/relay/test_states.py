"""The table of states, and nothing beside it."""

import pytest

from computers.relay.states import TRANSITIONS, Event, State, after

NEW, LIVE, IDLE, STUCK, AGAIN, END = (
    State.CONNECTING,
    State.LIVE,
    State.IDLE,
    State.STALLED,
    State.RECONNECTING,
    State.ENDED,
)
EXPECTED = [
    (NEW, Event.FRAME, LIVE),
    (NEW, Event.LOST, AGAIN),
    (NEW, Event.SILENT, STUCK),
    (NEW, Event.GONE, END),
    (LIVE, Event.QUIET, IDLE),
    (LIVE, Event.SILENT, STUCK),
    (LIVE, Event.LOST, AGAIN),
    (LIVE, Event.GONE, END),
    (IDLE, Event.FRAME, LIVE),
    (IDLE, Event.SILENT, STUCK),
    (IDLE, Event.LOST, AGAIN),
    (IDLE, Event.GONE, END),
    (STUCK, Event.FRAME, LIVE),
    (STUCK, Event.ANSWERED, IDLE),
    (STUCK, Event.LOST, AGAIN),
    (STUCK, Event.GONE, END),
    (AGAIN, Event.FRAME, LIVE),
    (AGAIN, Event.GONE, END),
]
LISTED = {(state, event) for state, event, _ in EXPECTED}


@pytest.mark.parametrize(("state", "event", "then"), EXPECTED)
def test_a_listed_event_leads_on(state: State, event: Event, then: State) -> None:
    assert after(state, event) is then


@pytest.mark.parametrize(
    ("state", "event"), [(state, event) for state in State for event in Event if (state, event) not in LISTED]
)
def test_an_unlisted_event_changes_nothing(state: State, event: Event) -> None:
    assert after(state, event) is state


def test_nothing_leaves_the_end() -> None:
    assert not any(state is State.ENDED for state, _ in TRANSITIONS)
