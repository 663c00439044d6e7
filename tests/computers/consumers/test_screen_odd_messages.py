"""What a browser should not say: one error each, nothing done, and nobody else notices."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from dashboard.models import User
from dashboard.sockets import MESSAGE_LIMIT, Close
from tests.computers.consumers.conftest import Room

ODD: list[tuple[str | bytes, str]] = [
    ("", "malformed"),
    ("nonsense", "malformed"),
    ("[]", "malformed"),
    ('{"type": "nonsense"}', "malformed"),
    ('{"type": "seen", "seq": -1}', "malformed"),
    ('{"type": "pointer", "action": "move"}', "malformed"),
    (b"binary", "malformed"),
    (b"", "malformed"),
    ("x" * (MESSAGE_LIMIT + 1), "too_large"),
    (
        orjson.dumps({"type": "text", "text": "x" * MESSAGE_LIMIT, "view": 0, "epoch": 0}).decode(),
        "too_large",
    ),
]


@pytest.mark.parametrize(("odd", "code"), ODD)
async def test_one_odd_message_is_one_error(room: Room, bob: User, odd: str | bytes, code: str) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.raw(odd)
        await screen.say("ping", at=5)
        assert (await screen.heard("pong"))["at"] == 5
        assert screen.errors == [code] and screen.code is None
        assert all(error["message"].endswith((".", "range")) for error in screen.of("error"))


async def test_a_flood_closes_the_socket_and_others_go_on(room: Room, bob: User, vera: User) -> None:
    async with await room.enter(bob) as screen, await room.enter(vera) as other:
        await screen.shown()
        await other.shown()
        for _ in range(2000):
            await screen.say("ping")
        assert await screen.closed() == Close.FLOOD
        seen = len(other.frames)
        room.browser.show(b"next")
        await other.until(lambda: len(other.frames) > seen)


async def test_a_few_malformed_messages_a_second_are_borne_and_many_are_a_flood(
    room: Room, bob: User
) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        for _ in range(10):
            await screen.raw("nonsense")
        await screen.until(lambda: len(screen.errors) == 10)
        assert screen.code is None
        for _ in range(40):
            await screen.raw("nonsense")
        assert await screen.closed() == Close.FLOOD


async def test_sixty_moves_a_second_and_every_acknowledgement_are_no_flood(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        for number in range(200):
            await screen.pointer("move", number, 1)
            await screen.say("seen", seq=number)
            await asyncio.sleep(0.005)
        await screen.say("ping", at=1)
        await screen.heard("pong", at=1)
        assert screen.code is None and screen.errors == []


async def test_an_unknown_acknowledgement_is_no_error(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.say("seen", seq=99999)
        await screen.say("ping", at=1)
        await screen.heard("pong", at=1)
        assert screen.errors == []
