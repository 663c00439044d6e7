"""The live tiles of one open wall: a stream for each computer on its screen, all through its one socket.

Each has a mailbox of its own, where the newest picture replaces an older one; the socket's room is given out in turn.
So a slow wall sees fewer pictures of every tile, never old ones, and holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from computers.models import Computer
from computers.relay.feed import Feed
from computers.relay.hub import HUB
from computers.relay.link import MAIN, Link
from computers.relay.states import State
from computers.relay.viewer import Viewer
from computers.wire.fleet import STREAM, STREAM_MODULUS
from dashboard.outlet import Outlet

#: Pictures of one tile a second.
TILE_RATE = 2.0

#: The computers of these ids that the person may watch.
Find = Callable[[list[str]], Awaitable[list[Computer]]]


class Branch:
    """The way out of one stream: the wall's own, with the stream's number before each picture."""

    def __init__(self, outlet: Outlet, stream: int) -> None:
        self._outlet, self._head = outlet, STREAM.pack(stream)
        self.on_ready: Callable[[], None] | None = None

    @property
    def ready(self) -> bool:
        """Whether a picture written now leaves now."""
        return self._outlet.ready

    def write_text(self, text: str) -> None:
        """Texts belong to no stream."""
        self._outlet.write_text(text)

    def write_bytes(self, *parts: bytes) -> None:
        """Send a picture of this stream."""
        self._outlet.write_bytes(self._head, *parts)

    async def close(self) -> None:
        """The wall's own way out stays."""


class Tile:
    """One computer on one wall."""

    wanted = MAIN

    def __init__(self, wall: Tiles, stream: int, computer: Computer, outlet: Outlet) -> None:
        self._wall, self.stream, self.id = wall, stream, computer.public_id
        self.branch = Branch(outlet, stream)
        self.viewer = Viewer(self.branch)
        self.viewer.pace(TILE_RATE)
        self._told: tuple[State, str] | None = None
        self.link: Link = HUB.open(computer)
        self.link.small.watch(self)

    def on_state(self, feed: Feed) -> None:
        """Its state or its reason changed."""
        if (feed.state, feed.reason) != self._told:
            self._told = (feed.state, feed.reason)
            self._wall.tell("tile", computer=self.id, state=feed.state, reason=feed.reason)

    def on_replaced(self) -> None:
        """It is shown another way from now on."""
        self._wall.open_anew(self)

    def close(self) -> None:
        """Show it no more."""
        self.viewer.close()
        self.link.small.unwatch(self)
        HUB.done(self.link)


class Tiles:
    """`wish` says which are on the screen; `run` makes it so."""

    def __init__(self, outlet: Outlet, tell: Callable[..., None], find: Find) -> None:
        self._outlet, self.tell, self._find = outlet, tell, find
        self._open: dict[str, Tile] = {}
        self._by_stream: dict[int, Tile] = {}
        self._wanted: tuple[str, ...] = ()
        self._wished = asyncio.Event()
        self._stream = self._turn = 0
        outlet.on_ready = self._pump

    def wish(self, computers: tuple[str, ...]) -> None:
        """Exactly these are on the screen. Only the newest wish counts."""
        self._wanted = computers
        self._wished.set()

    def seen(self, frames: tuple[tuple[int, int], ...]) -> None:
        """They have been painted; what is of a closed stream is past."""
        for stream, sequence in frames:
            if (tile := self._by_stream.get(stream)) is not None:
                tile.viewer.seen(sequence)

    async def run(self) -> None:
        """Open and close tiles as they are wished for, until cancelled."""
        while True:
            await self._wished.wait()
            self._wished.clear()
            wanted = self._wanted
            for id in self._open.keys() - set(wanted):
                self._close(self._open[id])
            fresh = [id for id in wanted if id not in self._open]
            for computer in await self._find(fresh) if fresh else []:
                if computer.public_id in self._wanted and computer.public_id not in self._open:
                    self._show(computer)
            self.tell("streams", streams={str(tile.stream): id for id, tile in self._open.items()})

    def open_anew(self, tile: Tile) -> None:
        """Its link gave way to another one."""
        self._close(tile)
        self._wished.set()

    def close(self) -> None:
        """Show nothing more."""
        self._outlet.on_ready = None
        for tile in tuple(self._open.values()):
            self._close(tile)

    def _show(self, computer: Computer) -> None:
        self._stream = (self._stream + 1) % STREAM_MODULUS
        # Told before its first picture, which may leave at once.
        streams: dict[str, Any] = {str(tile.stream): id for id, tile in self._open.items()}
        self.tell("streams", streams={**streams, str(self._stream): computer.public_id})
        tile = Tile(self, self._stream, computer, self._outlet)
        self._open[tile.id] = self._by_stream[tile.stream] = tile

    def _close(self, tile: Tile) -> None:
        self._open.pop(tile.id, None)
        self._by_stream.pop(tile.stream, None)
        tile.close()

    def _pump(self) -> None:
        """There is room again: everybody's turn, beginning with another one each time."""
        tiles = tuple(self._open.values())
        self._turn += 1
        for at in range(len(tiles)):
            branch = tiles[(self._turn + at) % len(tiles)].branch
            if branch.on_ready is not None:
                branch.on_ready()
