"""One viewer: a mailbox joined to an outlet. Credit first, then the newest frame, then send; nobody is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from computers.relay.mailbox import Mailbox, Taken
from computers.wire.screen import Frame, header
from dashboard.outlet import Outlet


class Source(Protocol):
    """Whoever gave the frame and wants to know that somebody took it."""

    def taken(self, frame: Frame) -> None:
        """`frame` is on its way to at least one viewer."""


class Viewer:
    """Sends the newest frame whenever its socket, its credit and its pace allow."""

    def __init__(self, outlet: Outlet, clock: Callable[[], float] | None = None) -> None:
        self.mailbox = Mailbox()
        self._outlet = outlet
        outlet.on_ready = self.pump
        self._loop = asyncio.get_running_loop()
        self._clock = clock or self._loop.time
        self._timer: asyncio.TimerHandle | None = None
        self._source: Source | None = None

    def offer(self, frame: Frame, source: Source) -> None:
        """A newer frame. Never blocks; `source.taken` is called if and when the frame leaves."""
        self._source = source
        self.mailbox.put(frame)
        self.pump()

    def seen(self, sequence: int) -> None:
        """The browser painted everything up to `sequence`."""
        self.mailbox.seen(sequence, self._clock())
        self.pump()

    def pace(self, max_fps: float) -> None:
        """At most this many frames a second; 0 while nobody looks."""
        self.mailbox.pace(max_fps)
        self.pump()

    def pump(self) -> None:
        """Send what may be sent."""
        while self._outlet.ready:
            now = self._clock()
            match self.mailbox.take(now):
                case Taken(frame, sequence):
                    self._outlet.write_bytes(header(frame, sequence, now), frame.payload)
                    if self._source is not None:
                        self._source.taken(frame)
                case float(wait):
                    self._ask_again_in(wait)
                    return
                case None:
                    return

    def close(self) -> None:
        """Send nothing more."""
        self._outlet.on_ready = None
        self._source = None
        self.mailbox.pace(0)
        if self._timer is not None:
            self._timer.cancel()

    def _ask_again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.pump)
