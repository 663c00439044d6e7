"""How many frames may be on their way: enough for a distant viewer, few enough that none of them waits long."""

import pytest

from computers.relay.mailbox import BASE_WINDOW, MOST_WINDOW
from tests.computers.relay.simulated import Link

MINUTE = 60.0


def test_a_near_viewer_gets_every_frame() -> None:
    link = Link(each_way=0.0005).run(10)
    assert link.fps == pytest.approx(30, abs=0.5) and link.widest <= BASE_WINDOW + 1


@pytest.mark.parametrize("jitter", [0.0, 0.03])
def test_a_viewer_a_tenth_of_a_second_away_gets_its_rate(jitter: float) -> None:
    assert Link(each_way=0.05, jitter=jitter).run(20).fps >= 29


def test_a_viewer_on_the_other_side_of_the_world_gets_its_rate() -> None:
    assert Link(each_way=0.15).run(20).fps >= 29


def test_the_window_is_never_wider_than_its_limit() -> None:
    link = Link(each_way=0.5).run(20)
    assert link.widest == MOST_WINDOW and link.fps > 10


def test_a_faster_source_is_sent_at_the_viewers_pace() -> None:
    assert Link(each_way=0.05, source_fps=60).run(20).fps == pytest.approx(30, abs=0.7)


NARROW = [
    (fps, each_way) for fps in (2, 5, 10, 15, 20, 25, 29) for each_way in (0.001, 0.005, 0.025, 0.05, 0.1)
]


@pytest.mark.parametrize(("link_fps", "each_way"), NARROW)
def test_a_narrow_link_is_used_in_full_and_little_waits_before_it(link_fps: int, each_way: float) -> None:
    link = Link(each_way=each_way, per_frame=1 / link_fps).run(2 * MINUTE)
    assert link.fps >= 0.9 * link_fps
    assert link.usual_queue < 2 and link.longest_queue < 3


def test_the_queue_does_not_creep_up_in_the_course_of_hours() -> None:
    link = Link(each_way=0.05, per_frame=1 / 29).run(60 * MINUTE)
    assert link.longest_queue < 2 and link.fps > 28


@pytest.mark.parametrize("each_way", [0.05, 0.075, 0.1, 0.2])
def test_a_path_that_becomes_longer_is_learned(each_way: float) -> None:
    link = Link(each_way=0.04).run(10)
    link.each_way = each_way
    assert link.go_on(10, 2 * MINUTE).fps >= 27


def test_a_path_that_becomes_shorter_is_learned() -> None:
    link = Link(each_way=0.15).run(10)
    link.each_way = 0.005
    link.go_on(10, 20)
    assert link.fps >= 29 and link.box.window <= BASE_WINDOW + 1


def test_a_link_that_becomes_narrow_does_not_keep_its_queue() -> None:
    link = Link(each_way=0.05).run(10)
    link.per_frame = 1 / 5
    link.go_on(10, 40)
    assert link.fps >= 4.5 and link.usual_queue < 2 and link.longest_queue < 3
