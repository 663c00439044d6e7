"""A browser without DevTools: its pictures come over SSE, its input goes as gestures."""

from __future__ import annotations

import orjson
import pytest

from computers.relay import hands
from dashboard.models import User
from dashboard.sockets import Close
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.computers.relay.test_stream_link import CAST, picture
from tests.support.fake_upstream import ID, answer, stream


@pytest.fixture
def without_devtools(room: Room) -> Room:
    del room.service.scripts[f"/computers/{ID}/cdp/json/version"]
    room.service.scripts[CAST] = stream(picture(b"streamed", scale=2))
    for verb in ("click", "type", "hotkey", "scroll", "drag"):
        room.service.scripts[f"/computers/{ID}/{verb}"] = answer(body={"status": "SUCCESS"})
    return room


async def test_whoever_came_for_devtools_is_sent_to_the_stream(without_devtools: Room, bob: User) -> None:
    async with await without_devtools.enter(bob) as screen:
        assert await screen.closed() == Close.AGAIN
    async with await without_devtools.enter(bob) as again:
        await again.shown()
        assert b"streamed" in again.pictures[0] and again.frames[0][6:] == (640, 360)
        assert again.of("state")[-1]["state"] == "live" and again.of("state")[-1]["tab"] == "main"


async def test_the_same_gestures_become_calls_in_the_pictures_own_pixels(
    without_devtools: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "CLICK_WAIT", 0.05)
    async with await without_devtools.enter(bob) as screen:
        await screen.closed()
    async with await without_devtools.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.click(10, 20)
        await screen.strike("a", "KeyA", "a")
        await screen.strike("Enter", "Enter")
        await screen.pointer("wheel", 10, 20, dy=100)
        asked = without_devtools.service.requests

        def calls() -> list[tuple[str, object]]:
            posts = [request for request in asked if request.method == "POST"]
            return [(post.path.rpartition("/")[2], orjson.loads(post.body)) for post in posts]

        await soon(lambda: len(calls()) == 4)
        assert calls() == [
            ("click", {"x": 20.0, "y": 40.0}),
            ("type", {"text": "a"}),
            ("hotkey", {"keys": ["Enter"]}),
            ("scroll", {"dx": 0.0, "dy": 200.0, "x": 20.0, "y": 40.0}),
        ]
        assert screen.errors == []


async def test_a_computer_that_is_gone_ends_on_the_stream_too(without_devtools: Room, bob: User) -> None:
    async with await without_devtools.enter(bob) as screen:
        await screen.closed()
    without_devtools.service.ends()
    async with await without_devtools.enter(bob) as screen:
        await screen.heard("state", state="ended")
