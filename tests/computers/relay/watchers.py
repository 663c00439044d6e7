"""Somebody who looks: a viewer whose browser is a list, and a clock that is turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from computers.relay.feed import Feed
from computers.relay.link import MAIN
from computers.relay.viewer import Viewer
from computers.wire.screen import HEADER
from dashboard.outlet import AsgiOutlet


class Watcher:
    """`got` holds what arrived, in order: states as (state, reason), frames as (view, payload)."""

    def __init__(self, wanted: str = MAIN, clock: Callable[[], float] | None = None) -> None:
        self.got: list[Any] = []
        self.states: list[tuple[str, str]] = []
        self.payloads: list[bytes] = []
        self.wanted, self.acknowledges, self.feed = wanted, True, None
        self.outlet = AsgiOutlet(self._send, on_broken=lambda: None)
        self.viewer = Viewer(self.outlet, clock)
        self._gate = asyncio.Event()
        self._gate.set()

    feed: Feed | None

    def block(self) -> None:
        """The socket takes nothing more."""
        self._gate.clear()

    def on_state(self, feed: Feed) -> None:
        self.feed = feed
        self.got.append((str(feed.state), feed.reason))
        if not self.states or self.states[-1] != (feed.state, feed.reason):
            self.states.append((str(feed.state), feed.reason))

    def on_replaced(self) -> None:
        self.got.append("replaced")

    @property
    def state(self) -> str:
        return self.states[-1][0]

    async def _send(self, message: dict[str, Any]) -> None:
        if not self._gate.is_set():
            await self._gate.wait()
        _, _, view, sequence, *_ = HEADER.unpack(message["bytes"][:24])
        self.got.append((view, message["bytes"][24:]))
        self.payloads.append(message["bytes"][24:])
        if self.acknowledges:
            asyncio.get_running_loop().call_soon(self.viewer.seen, sequence)
