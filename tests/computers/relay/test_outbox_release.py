"""Letting go of everything: on a hidden page, a lost socket, a lost lease."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from computers.relay.outbox import LASTING
from computers.wire.screen import Key
from tests.computers.relay.items import down, key, move, text, up
from tests.computers.relay.outboxes import Desk, Notebook, settle


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    assert not desk.task.done(), desk.task
    desk.task.cancel()


def actions(desk: Desk) -> list[str]:
    return [f"{item.action} {getattr(item, 'button', None) or item.code}" for item in desk.sent]  # type: ignore[union-attr]


async def test_everything_pressed_is_released_and_noted_so(desk: Desk) -> None:
    await desk.put(key("down", "Shift", "ShiftLeft"), key("down", "a", "KeyA"), down("left", 3, 4))
    await desk.outbox.release_everything()
    assert actions(desk)[3:] == ["up left", "up KeyA", "up ShiftLeft"]
    assert desk.noted[-1] == {} and desk.outbox.held.noted() == {}
    assert desk.hands.rests, "what the page drags next may be somebody else's"


async def test_what_waits_is_dropped(desk: Desk) -> None:
    desk.hands.busy(True)
    await desk.put(text("a"), text("b"))
    await desk.outbox.release_everything()
    desk.hands.busy(False)
    await settle()
    assert desk.sent == [] and desk.refused == []


async def test_a_press_whose_note_is_being_written_is_not_pressed_afterwards(desk: Desk) -> None:
    desk.note_gate.clear()
    await desk.put(down())
    letting_go = asyncio.ensure_future(desk.outbox.release_everything())
    await settle()
    desk.note_gate.set()
    await letting_go
    await settle()
    assert desk.sent == [] and desk.noted[-1] == {}


async def test_driving_goes_on_afterwards(desk: Desk) -> None:
    await desk.put(down())
    await desk.outbox.release_everything()
    await desk.put(move(1), down(), up())
    assert actions(desk) == ["down left", "up left", "move none", "down left", "up left"]


async def test_without_the_lease_nothing_is_sent_and_all_stays_noted(desk: Desk) -> None:
    await desk.put(down())
    desk.lease = False
    desk.noting = False
    await desk.outbox.release_everything()
    assert len(desk.sent) == 1 and desk.noted == [{"buttons": {"left": [0, 0]}, "modifiers": {}}]


async def test_letting_go_twice_is_letting_go_once(desk: Desk) -> None:
    await desk.put(down())
    await asyncio.gather(desk.outbox.release_everything(), desk.outbox.release_everything())
    assert actions(desk) == ["down left", "up left"]


async def test_what_was_let_go_of_with_its_tab_can_be_pressed_and_released_anew(desk: Desk) -> None:
    await desk.put(key("down", "a"))
    before, log = desk.hands, list[object]()
    await desk.outbox.leave_tab()
    desk.hands, desk.view = Notebook(log), desk.view + 1
    again = [key(action, "a", view=desk.view) for action in ("down", "up")]
    await desk.put(*again, key("up", "a", view=desk.view))
    assert [item.action for item in before.log if isinstance(item, Key)] == ["down", "up"]
    assert log == again and desk.refused == []


async def test_a_key_that_is_down_for_long_is_noted_until_it_is_released(desk: Desk) -> None:
    await desk.put(key("down", "w", "KeyW"))
    assert desk.noted == []
    await asyncio.sleep(LASTING * 1.5)
    await settle()
    assert [noted["keys"] for noted in desk.noted] == [{"KeyW": "w"}]
    await desk.put(key("down", "w", "KeyW", repeat=True), key("up", "w", "KeyW"))
    assert desk.noted[1:] == [{}]


async def test_what_is_typed_is_never_noted(desk: Desk) -> None:
    for letter in "hunter2" * 3:
        await desk.put(key("down", letter, letter))
        await desk.put(key("up", letter, letter))
    await asyncio.sleep(LASTING * 1.2)
    assert desk.noted == [] and len(desk.sent) == 42
