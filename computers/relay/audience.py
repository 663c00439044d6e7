"""Who looks at one computer through this process, and what they are told besides the picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from computers.relay.tabs import TabList

#: The tabs are told at most this often, seconds: a page may change its title a thousand times a second.
TABS_EVERY = 0.2
#: What another process said of those who look through it is believed this long, seconds: it may have died.
BELIEVED = 25.0


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Somebody who looks: their name, their number, and whether they may drive."""

    name: str
    id: int
    may_drive: bool


class Listener(Protocol):
    """Somebody in the audience."""

    @property
    def person(self) -> Person:
        """Who it is."""

    def on_audience(self, people: list[Person]) -> None:
        """Who looks at this computer changed."""

    def on_tabs(self, tabs: TabList) -> None:
        """The computer's tabs, their titles or addresses changed."""

    def on_replaced(self) -> None:
        """Another link takes over: connect anew."""


class Audience:
    """Everybody who looks at one computer, known to each other by name: through this process, and through others as far
    as they say so. `tabs` gives what is open there, None while that is not known."""

    def __init__(self, tabs: Callable[[], TabList | None]) -> None:
        self._listeners: list[Listener] = []
        self._elsewhere: dict[str, tuple[list[Person], float]] = {}
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

    @property
    def here(self) -> list[Person]:
        """Who looks through this process."""
        return sorted({listener.person for listener in self._listeners})

    def speaks(self, listener: Listener) -> bool:
        """Whether `listener` is the one that tells other processes who is here."""
        return bool(self._listeners) and self._listeners[0] is listener

    def heard(self, process: str, people: list[Person], now: float) -> None:
        """Who looks through another process, at `now` (monotonic seconds)."""
        before = self._everybody
        self._elsewhere[process] = (people, now)
        self._elsewhere = {
            each: said for each, said in self._elsewhere.items() if said[0] and said[1] > now - BELIEVED
        }
        if self._everybody != before:
            self._tell()

    @property
    def _everybody(self) -> list[Person]:
        return sorted({*self.here, *(person for people, _ in self._elsewhere.values() for person in people)})

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
        everybody = self._everybody
        for listener in tuple(self._listeners):
            listener.on_audience(everybody)
