"""Who looks at one computer through this process, and what they are told besides the picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from computers.relay.tabs import TabList
from dashboard.models import User

#: The tabs are told at most this often, seconds: a page may change its title a thousand times a second.
TABS_EVERY = 0.2


class Listener(Protocol):
    """Somebody in the audience."""

    user: User

    def on_audience(self, names: list[str]) -> None:
        """Who looks at this computer from this process changed."""

    def on_tabs(self, tabs: TabList) -> None:
        """The computer's tabs, their titles or addresses changed."""

    def on_replaced(self) -> None:
        """Another link takes over: connect anew."""


class Audience:
    """Everybody who looks at one computer through this process, known to each other by name. `tabs` gives what is open
    there, None while that is not known."""

    def __init__(self, tabs: Callable[[], TabList | None]) -> None:
        self._listeners: list[Listener] = []
        self._tabs, self._told = tabs, None
        self._timer: asyncio.TimerHandle | None = None

    _told: TabList | None

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def add(self, listener: Listener) -> None:
        """`listener` looks now."""
        self._listeners.append(listener)
        self._tell()
        if (tabs := self._tabs()) is not None:
            listener.on_tabs(tabs)

    def discard(self, listener: Listener) -> None:
        """`listener` looks no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._tell()

    def send_away(self) -> None:
        """Let everybody connect anew, to another link."""
        for listener in tuple(self._listeners):
            listener.on_replaced()

    def tabs_changed(self) -> None:
        """Tell of the tabs, now or, if that was only just done, a moment later."""
        if self._timer is None:
            self._tell_tabs()
            self._timer = asyncio.get_running_loop().call_later(TABS_EVERY, self._tell_again)

    def close(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell_again(self) -> None:
        self._timer = None
        if self._tabs() != self._told:
            self.tabs_changed()

    def _tell_tabs(self) -> None:
        tabs = self._tabs()
        if tabs is None or tabs == self._told:
            return
        self._told = tabs
        for listener in tuple(self._listeners):
            listener.on_tabs(tabs)

    def _tell(self) -> None:
        names = sorted({listener.user.display_name for listener in self._listeners})
        for listener in tuple(self._listeners):
            listener.on_audience(names)
