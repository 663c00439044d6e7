"""Input over one DevTools session; HTML drag and drop; and the lease asked at the very write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from computers.relay import hands as module
from computers.relay.cdp_link import CdpLink
from computers.relay.hands import MOVES_IN_FLIGHT, CdpHands
from computers.upstream.errors import NoAnswer
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.computers.relay.items import down, key, move, text, up
from tests.support.fake_browser import FakeBrowser

DATA = {"items": [], "dragOperationsMask": 1}


class Desk:
    def __init__(self, hands: CdpHands, browser: FakeBrowser) -> None:
        self.hands, self.browser, self.lease = hands, browser, True

    def put(self, *items: Any) -> None:
        for item in items:
            self.hands.put(item, lambda: self.lease)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.browser.inputs]

    async def intercept(self) -> None:
        self.browser.event("Input.dragIntercepted", {"data": DATA}, next(iter(self.browser.sessions)))
        await soon(lambda: "dragEnter" in self.kinds)


@pytest.fixture
async def desk(cdp: Site) -> AsyncIterator[Desk]:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert isinstance(cdp.link, CdpLink)
    hands = await cdp.link.hands("T1")
    assert isinstance(hands, CdpHands) and await cdp.link.hands("T1") is hands
    yield Desk(hands, cdp.service.browser)


async def test_every_item_becomes_its_command_in_order(desk: Desk) -> None:
    desk.put(move(1), down(), up(), key("down", "a", "KeyA", "a"), key("up", "a", "KeyA"), text("ż"))
    await soon(lambda: len(desk.kinds) == 6)
    kinds = ["mouseMoved", "mousePressed", "mouseReleased", "keyDown", "keyUp", "Input.insertText"]
    assert desk.kinds == kinds


async def test_without_the_lease_nothing_is_written(desk: Desk) -> None:
    desk.lease = False
    desk.put(down(), up())
    await asyncio.sleep(0.05)
    assert desk.kinds == []
    desk.lease = True
    for _ in range(MOVES_IN_FLIGHT):
        await desk.hands.room(move(1))
        desk.put(move(1))


async def test_a_lease_that_ends_while_a_write_waits_stops_the_next_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(move(1))
    await soon(lambda: desk.kinds)
    socket = desk.hands._connection._socket
    gate, send = asyncio.Event(), socket.send

    async def full_transport(message: bytes, text: bool | None = None) -> None:
        await gate.wait()
        await send(message, text=text)

    monkeypatch.setattr(socket, "send", full_transport)
    desk.put(move(1), down())
    desk.lease = False
    gate.set()
    await soon(lambda: len(desk.kinds) == 2)
    await asyncio.sleep(0.05)
    assert desk.kinds == ["mouseMoved", "mouseMoved"]


async def test_drags_are_intercepted_while_somebody_drives_and_no_longer(desk: Desk) -> None:
    assert desk.browser.calls("Input.setInterceptDrags") == []
    desk.put(move(1), down(), up())
    desk.hands.rest()
    desk.hands.rest()
    desk.put(move(2))
    await soon(lambda: len(desk.kinds) == 4)
    switched = [each["params"]["enabled"] for each in desk.browser.calls("Input.setInterceptDrags")]
    assert switched == [True, False, True]


async def test_moves_wait_for_answers_and_buttons_do_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.browser.mute.add("Input.dispatchMouseEvent")
    for _ in range(MOVES_IN_FLIGHT):
        await desk.hands.room(move(1))
        desk.put(move(1))
    waiting = asyncio.ensure_future(desk.hands.room(move(2)))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await desk.hands.room(down())
    waiting.cancel()


async def test_a_page_that_takes_no_input_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM_TIMEOUT", 0.1)
    desk.browser.mute.add("Input.dispatchMouseEvent")
    desk.put(*(move(1) for _ in range(MOVES_IN_FLIGHT)))
    with pytest.raises(NoAnswer, match="takes no input"):
        await desk.hands.room(move(2))


async def test_a_connection_that_broke_has_no_room(desk: Desk) -> None:
    desk.put(move(1))
    desk.browser.hang_up()
    await soon(lambda: not desk.hands.open)
    with pytest.raises(NoAnswer):
        await desk.hands.room(move(2))
    desk.put(move(3))


async def test_a_drag_of_the_page_enters_moves_over_and_drops(desk: Desk) -> None:
    desk.put(down(x=1), move(5, buttons=1))
    await desk.intercept()
    desk.put(move(9, buttons=1), up(x=9))
    await soon(lambda: "drop" in desk.kinds)
    assert desk.kinds == ["mousePressed", "mouseMoved", "dragEnter", "dragOver", "dragOver", "drop"]
    assert desk.browser.inputs[-1][1]["x"] == 9 and desk.browser.inputs[-1][1]["data"] == DATA


async def test_after_the_drop_the_pointer_is_a_pointer_again(desk: Desk) -> None:
    desk.put(down(x=1), move(5, buttons=1))
    await desk.intercept()
    desk.put(up(x=5), move(7))
    await soon(lambda: desk.kinds[-1] == "mouseMoved")
    assert desk.kinds.count("drop") == 1


async def test_a_drag_told_of_after_the_release_drops_where_it_was_released(desk: Desk) -> None:
    desk.put(down(x=1), move(5, buttons=1), up(x=9))
    await soon(lambda: "mouseReleased" in desk.kinds)
    await desk.intercept()
    await soon(lambda: "drop" in desk.kinds)
    assert desk.kinds[-3:] == ["dragEnter", "dragOver", "drop"] and desk.browser.inputs[-1][1]["x"] == 9
    desk.put(move(3))
    await soon(lambda: desk.kinds[-1] == "mouseMoved")


async def test_a_tab_that_is_not_cast_has_no_hands(cdp: Site) -> None:
    assert isinstance(cdp.link, CdpLink)
    with pytest.raises(NoAnswer):
        await cdp.link.hands("T1")


async def test_what_was_held_is_released_buttons_first(cdp: Site) -> None:
    held = {"buttons": {"left": [3, 4]}, "modifiers": {"ShiftLeft": "Shift"}, "tab": "T1"}
    await cdp.link.release_held(held)
    browser = cdp.service.browser
    assert [kind for kind, _ in browser.inputs] == ["mouseReleased", "keyUp"]
    assert (browser.inputs[0][1]["x"], browser.inputs[0][1]["button"]) == (3.0, "left")
    assert browser.calls("Target.attachToTarget")[-1]["params"]["targetId"] == "T1"


async def test_a_drag_whose_connection_broke_is_cancelled_over_the_next_one(desk: Desk, cdp: Site) -> None:
    desk.put(down(x=10, y=10), move(20, buttons=1))
    await desk.intercept()
    desk.browser.hang_up()
    assert isinstance(cdp.link, CdpLink)

    async def again() -> bool:
        try:
            return await cdp.link.hands("T1") is not desk.hands
        except NoAnswer:
            return False

    await soon(again)
    await soon(lambda: desk.browser.calls("Input.dispatchDragEvent")[-1]["params"]["type"] == "dragCancel")
