"""Live tiles over the wall's one socket: a stream for each computer on the screen, and nothing for the others."""

from __future__ import annotations

import struct
from typing import Any

import orjson

from computers.consumers import tiles
from computers.models import Computer
from computers.relay import feed as feed_module
from computers.relay.hub import HUB
from computers.views import pins
from computers.wire.screen import HEADER
from dashboard.database import unit
from dashboard.models import Membership, User
from tests.computers.conftest import soon
from tests.support.sockets import WAIT_SECONDS, OpenSocket, sign_in

from .conftest import Room, wall


class Wall:
    """An open wall that sorts what comes."""

    def __init__(self, socket: OpenSocket) -> None:
        self.socket, self.paints = socket, True
        self.streams: dict[str, str] = {}
        self.states: list[tuple[str, str]] = []
        self.pictures: list[tuple[str, int, int, bytes]] = []

    async def watch(self, *computers: str) -> None:
        await self.socket.send(orjson.dumps({"type": "watch", "computers": list(computers)}).decode())

    async def seen(self, computer: str, sequence: int) -> None:
        """It has been painted."""
        stream = next(int(stream) for stream, id in self.streams.items() if id == computer)
        await self.socket.send(orjson.dumps({"type": "seen", "frames": [[stream, sequence]]}).decode())

    async def hear(self) -> None:
        """One more message or picture."""
        event: dict[str, Any] = await self.socket._communicator.receive_output(WAIT_SECONDS)
        if (data := event.get("bytes")) is not None:
            (stream,) = struct.unpack_from("<I", data)
            _, _, _, sequence, _, _, width, _ = HEADER.unpack_from(data, 4)
            self.pictures.append((self.streams[str(stream)], sequence, width, data[28:]))
            if self.paints:
                await self.seen(self.pictures[-1][0], sequence)
            return
        message = orjson.loads(event["text"])
        if message["type"] == "streams":
            self.streams = message["streams"]
        elif message["type"] == "tile":
            self.states.append((message["computer"], message["state"]))

    async def picture(self) -> tuple[str, int, int, bytes]:
        count = len(self.pictures)
        while len(self.pictures) == count:
            await self.hear()
        return self.pictures[-1]


async def test_a_tile_on_the_screen_is_a_stream_of_small_pictures(room: Room, vera: User) -> None:
    id = room.computer.public_id
    async with wall(await sign_in(vera)) as socket:
        here = Wall(socket)
        await here.watch(id)
        computer, sequence, width, payload = await here.picture()
        assert (computer, sequence, width) == (id, 1, 640) and payload.startswith(b"\xff\xd8")
        assert (id, "live") in here.states
        room.browser.show(b"second")
        computer, sequence, _, payload = await here.picture()
        assert (sequence, b"second" in payload) == (2, True)


async def test_many_walls_cost_one_cast_and_the_last_one_ends_it(
    room: Room, vera: User, bob: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.05)
    monkeypatch.setattr("computers.relay.hub.LINGER", 0.05)
    async with wall(await sign_in(vera)) as first, wall(await sign_in(bob)) as second:
        walls = [Wall(first), Wall(second)]
        for each in walls:
            await each.watch(room.computer.public_id)
            await each.picture()
        assert len(room.browser.calls("Page.startScreencast")) == 1
        await walls[0].watch()
        room.browser.show()
        await walls[1].picture()
        assert not room.browser.calls("Page.stopScreencast")
        await walls[1].watch()
        await soon(lambda: room.browser.calls("Page.stopScreencast"))
        await soon(lambda: HUB.opened(room.computer) is None)


async def test_a_wall_that_paints_nothing_is_sent_two_pictures_and_later_the_newest(
    room: Room, vera: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tiles, "TILE_RATE", 1000.0)
    async with wall(await sign_in(vera)) as socket:
        here = Wall(socket)
        await here.watch(room.computer.public_id)
        await here.picture()
        here.paints = False
        for note in (b"two", b"three"):
            room.browser.show(note)
            assert note in (await here.picture())[3]
        for note in (b"four", b"five"):
            room.browser.show(note)
        assert await socket.silent(0.3)
        await here.seen(*here.pictures[-1][:2])
        assert b"five" in (await here.picture())[3]


async def test_what_is_not_theirs_or_not_there_is_no_stream(room: Room, vera: User, charlie: User) -> None:
    async with wall(await sign_in(charlie)) as socket:
        here = Wall(socket)
        await here.watch(room.computer.public_id, "no-such")
        while not here.streams:
            event = await socket._communicator.receive_output(WAIT_SECONDS)
            message = orjson.loads(event["text"])
            if message["type"] == "streams":
                assert message["streams"] == {}
                break
    assert HUB.opened(room.computer) is None and room.browser.connections == 0


async def test_whoever_leaves_the_team_sees_nothing_more_at_once(room: Room, vera: User) -> None:
    async with wall(await sign_in(vera)) as socket:
        here = Wall(socket)
        await here.watch(room.computer.public_id)
        await here.picture()
        await unit(Membership.objects.filter(user=vera).delete)()
        assert await _code(socket) == 4003


async def _code(socket: OpenSocket) -> int:
    while True:
        event = await socket._communicator.receive_output(WAIT_SECONDS)
        if event["type"] == "websocket.close":
            return int(event["code"])


async def test_a_computer_that_ends_says_so_on_its_tile(room: Room, vera: User) -> None:
    async with wall(await sign_in(vera)) as socket:
        here = Wall(socket)
        await here.watch(room.computer.public_id)
        await here.picture()
        room.service.ends()
        room.service.hang_up()
        while (room.computer.public_id, "ended") not in here.states:
            await here.hear()
        row = await unit(Computer.objects.get)(pk=room.computer.pk)
        await soon(lambda: unit(Computer.objects.exclude(gone_at=None).filter(pk=row.pk).exists)())


async def test_a_pin_reaches_every_wall_of_its_person_and_nobody_elses(
    room: Room, vera: User, bob: User
) -> None:
    async with wall(await sign_in(vera)) as mine, wall(await sign_in(bob)) as theirs:
        for socket in (mine, theirs):
            await socket.next_of("versions")
        await pins._toggle(vera, room.computer)
        assert (await mine.next_of("pins"))["ids"] == [room.computer.public_id]
        await pins._toggle(vera, room.computer)
        assert (await mine.next_of("pins"))["ids"] == []
        assert await theirs.silent()
