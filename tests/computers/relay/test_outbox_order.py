"""Input leaves losslessly and in order; only adjacent moves merge."""

from collections.abc import AsyncIterator

import pytest

from computers.relay.outbox import RELEASES_LIMIT, WAITING_LIMIT
from computers.wire.screen import Input
from tests.computers.relay.items import down, key, move, pointer, text, up
from tests.computers.relay.outboxes import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    assert not desk.task.done(), desk.task
    desk.task.cancel()


async def test_everything_leaves_in_the_order_it_came(desk: Desk) -> None:
    items: list[Input] = [
        move(1),
        down(),
        move(2, buttons=1),
        up(),
        key("down", "a"),
        key("up", "a"),
        text("ż"),
        move(3),
    ]
    await desk.put(*items)
    assert desk.sent == items and desk.refused == []


async def test_adjacent_moves_merge_into_the_newest(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(move(1), move(2), move(3))
    desk.hands.busy(False)
    await desk.put()
    assert desk.sent == [move(3)]


async def test_a_pending_move_stays_before_the_button_that_follows_it(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(move(1), move(2), down(x=2), move(3, buttons=1), move(4, buttons=1), up(x=4))
    desk.hands.busy(False)
    await desk.put()
    assert desk.sent == [move(2), down(x=2), move(4, buttons=1), up(x=4)]


@pytest.mark.parametrize("other", [key("down", "a"), text("a"), pointer("wheel", 1, 1, "none"), up()])
async def test_a_move_merges_with_nothing_else(desk: Desk, other: object) -> None:
    desk.hands.busy(True)
    await desk.put(move(1), other, move(2))  # type: ignore[arg-type]
    desk.hands.busy(False)
    await desk.put()
    assert desk.sent == [move(1), other, move(2)]


async def test_moves_with_other_buttons_or_another_view_do_not_merge(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(move(1), move(2, buttons=1), move(3, buttons=1, view=8))
    desk.hands.busy(False)
    await desk.put()
    assert desk.sent == [move(1), move(2, buttons=1)] and desk.refused == ["stale_view"]


async def test_wheels_never_merge_here(desk: Desk) -> None:
    turns = [pointer("wheel", 1, 1, "none", dy=float(n)) for n in range(5)]
    await desk.put(*turns)
    assert desk.sent == turns


async def test_more_than_may_wait_is_refused_by_name(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(*(text(str(n)) for n in range(WAITING_LIMIT + 3)))
    assert desk.refused == ["busy"] * 3
    desk.hands.busy(False)
    await desk.put()
    for _ in range(100):
        await desk.put()
    assert desk.sent == [text(str(n)) for n in range(WAITING_LIMIT)]


async def test_a_release_finds_room_though_its_press_still_waits(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(down(), *(text("x") for _ in range(WAITING_LIMIT - 1)))
    await desk.put(text("too much"), up())
    assert desk.refused == ["busy"]
    desk.hands.busy(False)
    for _ in range(120):
        await desk.put()
    assert desk.sent[0] == down() and desk.sent[-1] == up()


async def test_releases_do_not_wait_without_end_either(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(*(up() for _ in range(RELEASES_LIMIT + 1)))
    assert desk.refused == ["busy"]
