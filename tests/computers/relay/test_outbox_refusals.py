"""Before each write: the lease, the view, and the note of what is about to be pressed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from computers.wire.screen import Input
from tests.computers.relay.items import down, key, move, text, up
from tests.computers.relay.outboxes import Desk, Notebook, settle


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    assert not desk.task.done(), desk.task
    desk.task.cancel()


async def test_without_the_lease_nothing_is_sent(desk: Desk) -> None:
    desk.lease = False
    await desk.put(down(), up(), text("a"))
    assert desk.log == [] and desk.refused == ["stale_lease"] * 3


async def test_an_item_aimed_at_an_older_picture_is_refused(desk: Desk) -> None:
    desk.view += 1
    await desk.put(move(1), down(), key("down", "a"), text("a"))
    assert desk.sent == [] and desk.refused == ["stale_view"] * 4


async def test_letting_go_of_what_is_pressed_is_let_through_whatever_the_view(desk: Desk) -> None:
    await desk.put(down(), key("down", "Shift", "ShiftLeft"), key("down", "a", "KeyA"))
    desk.view += 1
    releases: list[Input] = [up(), key("up", "Shift", "ShiftLeft"), key("up", "a", "KeyA")]
    await desk.put(*releases)
    assert desk.sent[3:] == releases and desk.refused == []


async def test_letting_go_of_what_is_not_pressed_is_not(desk: Desk) -> None:
    desk.view += 1
    await desk.put(up("right"), key("up", "a"))
    assert desk.sent == [] and desk.refused == ["stale_view"] * 2


async def test_without_a_connection_it_is_said_and_the_next_item_is_tried(desk: Desk) -> None:
    desk.hands.connected = False
    await desk.put(text("a"))
    desk.hands.connected = True
    await desk.put(text("b"))
    assert desk.sent == [text("b")] and desk.refused == ["not_connected"]


async def test_a_button_is_noted_before_it_is_pressed_and_after_it_was_released(desk: Desk) -> None:
    await desk.put(down("left", 1, 2))
    assert desk.log == [{"buttons": {"left": [1, 2]}, "modifiers": {}}, down("left", 1, 2)]
    await desk.put(up("left", 1, 2))
    assert desk.log[2:] == [up("left", 1, 2), {}]


async def test_a_modifier_is_noted_too_and_an_ordinary_key_is_not(desk: Desk) -> None:
    await desk.put(key("down", "a"), key("down", "Control", "ControlLeft"))
    assert desk.log[0] == key("down", "a")
    assert desk.log[1] == {"buttons": {}, "modifiers": {"ControlLeft": "Control"}}


async def test_what_could_not_be_noted_is_not_pressed(desk: Desk) -> None:
    desk.noting = False
    await desk.put(down())
    assert desk.sent == [] and desk.refused == ["stale_lease"]


async def test_a_database_that_is_away_ends_nothing(desk: Desk) -> None:
    desk.noting = None  # type: ignore[assignment]
    await desk.put(down())
    assert desk.sent == [] and desk.refused == ["not_noted"]
    desk.noting = True
    await desk.put(down(), up())
    assert desk.sent == [down(), up()]


async def test_a_lease_that_ends_while_the_note_is_written_stops_the_press(desk: Desk) -> None:
    desk.note_gate.clear()
    await desk.put(down())
    desk.lease = False
    desk.note_gate.set()
    await settle()
    assert desk.sent == [] and desk.refused == ["stale_lease"]


async def test_a_picture_that_changes_while_the_note_is_written_stops_the_press(desk: Desk) -> None:
    desk.note_gate.clear()
    await desk.put(down())
    desk.view += 1
    desk.note_gate.set()
    await settle()
    assert desk.sent == [] and desk.refused == ["stale_view"]
    assert desk.noted[-1] == {}, "the row must not go on saying that it is pressed"


async def test_a_lease_that_ends_while_there_is_no_room_stops_the_item(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(text("a"))
    desk.lease = False
    desk.hands.busy(False)
    await settle()
    assert desk.sent == [] and desk.refused == ["stale_lease"]


async def test_input_into_another_tab_lets_go_in_the_one_before(desk: Desk) -> None:
    await desk.put(down())
    before, log = desk.hands, list[object]()
    desk.hands, desk.view = Notebook(log), desk.view + 1
    await desk.put(text("a", view=desk.view))
    assert [item.action for item in before.log if not isinstance(item, dict)] == ["down", "up"]
    assert log == [text("a", view=desk.view)]


async def test_a_release_that_comes_after_the_tab_changed_goes_to_the_tab_of_its_press(desk: Desk) -> None:
    await desk.put(down())
    before, log = desk.hands, list[object]()
    desk.hands, desk.view = Notebook(log), desk.view + 1
    await desk.put(up())
    assert [item.action for item in before.log if not isinstance(item, dict)] == ["down", "up"] and log == []


async def test_after_a_new_connection_what_was_pressed_is_released_over_it(desk: Desk) -> None:
    await desk.put(down())
    desk.hands.open = False
    desk.hands = Notebook(desk.log)
    await desk.put(up())
    assert desk.sent == [down(), up()]


async def test_nothing_is_lost_by_a_cancelled_wait(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(text("a"))
    await asyncio.sleep(0)
    desk.hands.busy(False)
    await settle()
    assert desk.sent == [text("a")]
