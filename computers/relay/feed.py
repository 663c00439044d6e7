"""One tab of one computer, shown to however many watch: its state, its view, its newest frame, and who gets it.

A feed does not know where frames come from. Whoever pumps it passes an `acknowledge` along with each frame, and the
feed calls it when some viewer took that frame or a newer one: an unwatched computer is never asked for the next.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from computers.relay.states import Event, State, after
from computers.relay.viewer import Viewer
from computers.wire.cdp import Dialog
from computers.wire.screen import Frame

#: Connected and no new frame for this long reads "idle", seconds.
QUIET_AFTER = 2.0
CRASHED = "This page has crashed. Reload it, or open another address."
#: The feed closes this long after its last viewer left, seconds: people reload and come back.
LINGER = 10.0


class Watcher(Protocol):
    """Somebody who looks at a feed: a socket."""

    viewer: Viewer
    wanted: str

    def on_state(self, feed: Feed) -> None:
        """Something about the feed changed; called before the first frame of a new view."""

    def on_replaced(self) -> None:
        """Another link takes over: connect anew."""


class Feed:
    """`tab` is upstream's id of the tab. `next_view` gives numbers that no other feed of this computer has."""

    def __init__(self, tab: str, next_view: Callable[[], int], on_unwatched: Callable[[Feed], None]) -> None:
        self.tab, self._next_view, self._on_unwatched = tab, next_view, on_unwatched
        self.state, self.reason = State.CONNECTING, ""
        self.view = next_view()
        self.width = self.height = 0
        self.scale = 1.0
        self.title = self.url = ""
        self.background = False
        #: The browser answers and this page does not.
        self.busy = False
        #: Its process has ended; another one begins with the next address, or anew with this one.
        self.crashed = False
        self.dialog: Dialog | None = None
        self._asked = self._answered = 0
        self.newest: Frame | None = None
        self.watchers: set[Watcher] = set()
        self._owed: deque[tuple[Frame, Callable[[], None]]] = deque()
        self._loop = asyncio.get_running_loop()
        self._quiet: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._wait_for_watchers()

    # Who looks

    def join(self, watcher: Watcher) -> None:
        """Show this feed to `watcher`, its newest frame at once."""
        self.watchers.add(watcher)
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        watcher.on_state(self)
        if self.newest is not None:
            watcher.viewer.offer(self.newest, self)

    def leave(self, watcher: Watcher) -> None:
        """No longer show it; the feed closes `LINGER` seconds after its last watcher left."""
        self.watchers.discard(watcher)
        if not self.watchers:
            self._wait_for_watchers()

    # What upstream says

    def on_frame(
        self,
        payload: bytes,
        captured_at: float,
        width: int,
        height: int,
        acknowledge: Callable[[], None] | None = None,
    ) -> None:
        """A picture. `captured_at` in ms since the epoch, 0 if unknown; size in CSS pixels of the viewport."""
        now = self._loop.time()
        if (width, height) != (self.width, self.height):
            self._new_view(width, height)
        frame = Frame(payload, self.view, captured_at or time.time() * 1000.0, now, width, height)
        self.newest, self.busy, self.crashed = frame, False, False
        if acknowledge is not None:
            self._owed.append((frame, acknowledge))
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self._loop.call_later(QUIET_AFTER, self.on_event, Event.QUIET)
        self.on_event(Event.FRAME)
        for watcher in tuple(self.watchers):
            watcher.viewer.offer(frame, self)

    def on_event(self, event: Event, reason: str = "") -> None:
        """Follow the table of states and tell everybody if something changed."""
        if self.crashed and event in {Event.ANSWERED, Event.SILENT}:
            # The computer may answer or not: what is wrong is the page.
            event, reason = Event.SILENT, CRASHED
        if event is Event.ANSWERED and (self.busy or not self.width):
            # The computer answers, but the page does not, or there is no picture yet that could be idle.
            return
        state = after(self.state, event)
        reason = reason if state not in {State.LIVE, State.IDLE} else ""
        if event is Event.LOST:
            self.restart()
        if (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self.tell()

    def taken(self, frame: Frame) -> None:
        """Some viewer has `frame`: acknowledge it and whatever it replaced, in order."""
        if not any(owed is frame for owed, _ in self._owed):
            return
        while self._owed:
            owed, acknowledge = self._owed.popleft()
            acknowledge()
            if owed is frame:
                return

    def restart(self) -> None:
        """The source starts anew: nothing is owed to the old one, and what was aimed at its pictures is stale."""
        self._owed.clear()
        self.dialog, self.crashed = None, False
        self._new_view(0, 0)

    def crash(self) -> None:
        """The page has crashed: no picture, no answer and no input until it is loaded again."""
        self.crashed, self.busy, self.dialog = True, False, None
        self.on_event(Event.SILENT)

    def revive(self) -> None:
        """The page is loaded again."""
        self.crashed = False
        self.on_event(Event.ANSWERED)

    def describe(self, *, title: str, url: str) -> None:
        """The tab's title and address, for the page's own fields."""
        if (title, url) != (self.title, self.url):
            self.title, self.url = title, url
            self.tell()

    def hide(self, hidden: bool) -> None:
        """Whether the tab is hidden behind another one of its window, so that it can only be shown twice a second."""
        if hidden != self.background:
            self.background = hidden
            self.tell()

    def ask(self, dialog: Dialog | None) -> None:
        """The page waits for an answer to `dialog`, which no picture shows; None: it does not, or not any more. Each
        one gets a number of its own, also when it says the same as the one before."""
        if dialog is not None:
            self._asked += 1
            dialog = dataclasses.replace(dialog, number=self._asked)
        if dialog != self.dialog:
            self.dialog = dialog
            self.tell()

    def waits_for(self, number: int, view: int) -> bool:
        """Whether dialog `number` of the picture `view` is open and nobody has answered it yet."""
        return (
            self.dialog is not None
            and (self.dialog.number, self.view) == (number, view)
            and number > self._answered
        )

    def answered(self, number: int) -> None:
        """An answer to dialog `number` is on its way. A second one would meet the next dialog."""
        self._answered = number

    def tell(self) -> None:
        """Tell every watcher how things stand."""
        for watcher in tuple(self.watchers):
            watcher.on_state(self)

    def close(self) -> None:
        """Stop the timers."""
        for timer in (self._quiet, self._linger):
            if timer is not None:
                timer.cancel()

    def _new_view(self, width: int, height: int) -> None:
        had_a_picture = self.width != 0
        self.width, self.height = width, height
        if had_a_picture:
            self.view = self._next_view()
        self.tell()

    def _wait_for_watchers(self) -> None:
        if self._linger is None:
            self._linger = self._loop.call_later(LINGER, self._on_unwatched, self)
