"""Input as gestures over the action endpoints, one call after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from computers.relay import hands as module
from computers.relay.hands import RestHands
from computers.upstream.client import Access, Client
from computers.upstream.errors import ActionFailed, NoAnswer, UpstreamError
from tests.computers.conftest import soon
from tests.computers.relay.items import down, key, text, up
from tests.support.fake_upstream import ID, FakeUpstream, Request, answer, silence

VERBS = ("click", "double-click", "right-click", "drag", "scroll", "type", "hotkey")


class Desk:
    def __init__(self, service: FakeUpstream) -> None:
        self.service, self.lease, self.scale = service, True, 1.0
        self.client = Client(Access(service.url, "sk_secret"))
        self.hands = RestHands(self.client, ID, lambda: self.scale)
        for verb in VERBS:
            service.scripts[f"/computers/{ID}/{verb}"] = answer(body={"status": "SUCCESS"})

    def put(self, *items: Any) -> None:
        for item in items:
            self.hands.put(item, self._may_send)

    def _may_send(self) -> bool:
        return self.lease

    @property
    def calls(self) -> list[tuple[str, Any]]:
        return [
            (request.path.rpartition("/")[2], orjson.loads(request.body)) for request in self.service.requests
        ]


@pytest.fixture
async def desk(service: FakeUpstream) -> AsyncIterator[Desk]:
    desk = Desk(service)
    yield desk
    await desk.hands.close()
    await desk.client.aclose()


async def test_a_click_is_called_once_it_is_clear_that_it_stays_single(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLICK_WAIT", 0.2)
    desk.put(down(x=1, y=2), up(x=1, y=2))
    await asyncio.sleep(0.05)
    assert desk.calls == []
    await soon(lambda: desk.calls == [("click", {"x": 1.0, "y": 2.0})])


async def test_calls_are_made_one_after_the_other_in_order(desk: Desk) -> None:
    running = most = 0

    async def slow(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        await answer(body={})(request, reader, writer)

    for verb in VERBS:
        desk.service.scripts[f"/computers/{ID}/{verb}"] = slow
    desk.put(text("a"), key("down", "Enter"), text("b"), key("down", "Tab"))
    await soon(lambda: len(desk.calls) == 4)
    assert [verb for verb, _ in desk.calls] == ["type", "hotkey", "type", "hotkey"] and most == 1


async def test_typing_that_waits_becomes_one_call(desk: Desk) -> None:
    desk.put(*(key("down", letter, text=letter) for letter in "hello"))
    await soon(lambda: desk.calls)
    assert "".join(body["text"] for _, body in desk.calls) == "hello" and len(desk.calls) <= 2


async def test_a_picture_of_another_scale_is_clicked_in_its_own_pixels(desk: Desk) -> None:
    desk.scale = 2.0
    desk.put(down("right", 10, 20), up("right", 10, 20))
    await soon(lambda: desk.calls == [("right-click", {"x": 20.0, "y": 40.0})])


async def test_what_waits_is_not_called_once_the_lease_is_over(desk: Desk) -> None:
    release = asyncio.Event()

    async def held_up(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        await answer(body={})(request, reader, writer)

    desk.service.scripts[f"/computers/{ID}/type"] = held_up
    desk.put(text("a"))
    await soon(lambda: desk.calls)
    desk.put(key("down", "Enter"), text("b"))
    desk.lease = False
    release.set()
    await asyncio.sleep(0.1)
    assert [verb for verb, _ in desk.calls] == ["type"]


async def test_a_failed_call_is_told_with_the_next_item_and_once(desk: Desk) -> None:
    failed = {"status": "EXECUTION_ERROR", "error_message": "No such key."}
    desk.service.scripts[f"/computers/{ID}/hotkey"] = answer(body=failed)
    desk.put(key("down", "F13"))
    await soon(lambda: desk.hands._trouble is not None)
    with pytest.raises(ActionFailed, match="No such key"):
        await desk.hands.room(text("a"))
    await desk.hands.room(text("a"))


async def test_a_failed_call_ends_nothing(desk: Desk) -> None:
    desk.service.scripts[f"/computers/{ID}/hotkey"] = answer(502, "<html>", "text/html")
    desk.put(key("down", "F5"), text("a"))
    await soon(lambda: [verb for verb, _ in desk.calls] == ["hotkey", "type"])


async def test_there_is_no_room_behind_too_many_calls(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM_TIMEOUT", 0.1)
    monkeypatch.setattr(module, "CALLS_WAITING", 3)
    desk.service.scripts[f"/computers/{ID}/hotkey"] = silence
    desk.put(*(key("down", "F5") for _ in range(5)))
    await soon(lambda: desk.calls)
    with pytest.raises(NoAnswer):
        await desk.hands.room(text("a"))
    assert issubclass(NoAnswer, UpstreamError)
