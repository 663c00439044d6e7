"""The tabs of one browser: in the order of their opening, with the one that is shown to whoever wants none in
particular. No clock and no connection here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: What the news of a chosen main tab is called; its payload is {tab}. Told by the verb, heard by every socket.
MAIN_TAB_NEWS = "main_tab"
#: A page may call itself anything, and every viewer is told: characters.
TITLE_LIMIT, URL_LIMIT = 300, 2048
#: Most tabs that people are told of: a page may open windows for ever.
TABS_LIMIT = 200
#: Pages that are the browser's own and nobody's to see.
_HIDDEN_SCHEMES = ("devtools://", "chrome://", "chrome-extension://")


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the browser."""

    id: str
    title: str
    url: str


class TabEvent(StrEnum):
    """What can happen to a tab."""

    OPENED = "opened"
    CLOSED = "closed"
    MAIN = "main"
    #: The main one is known for the first time: nothing has happened to it.
    FOUND = "found"


OnTab = Callable[[TabEvent, Tab], None]


@dataclass(frozen=True, slots=True)
class TabList:
    """What people are told. `separate`: each may watch another tab; otherwise all see the main one."""

    tabs: tuple[Tab, ...]
    main: str
    separate: bool

    def as_message(self) -> dict[str, Any]:
        """The fields of the socket's `tabs`."""
        tabs = [
            {"id": tab.id, "title": tab.title, "url": tab.url, "main": tab.id == self.main}
            for tab in self.tabs[-TABS_LIMIT:]
        ]
        return {"tabs": tabs, "more": max(0, len(self.tabs) - TABS_LIMIT), "separate": self.separate}


def read_target(info: Any) -> Tab | None:
    """A tab from DevTools' `TargetInfo`; None for what is no page, or the browser's own."""
    if not isinstance(info, dict):
        return None
    id, url = str(info.get("targetId", "")), str(info.get("url", ""))
    if info.get("type") != "page" or not id or url.startswith(_HIDDEN_SCHEMES):
        return None
    return Tab(id, str(info.get("title", ""))[:TITLE_LIMIT], url[:URL_LIMIT])


class Tabs:
    """The newest tab is the main one, as upstream has it (contract §3.4), until another one is chosen; when it closes,
    the one that was main before it is main again.

    A browser that is connected to anew lists its tabs in an order of its own: `list_anew`, `put` each, `settle` with
    what is known of the order in which the `unordered` ones were opened.
    """

    def __init__(self, main: str, on_event: OnTab) -> None:
        self._on_event = on_event
        self._open: dict[str, Tab] = {}
        #: Every open tab, the one that became main last at the end.
        self._by_turn: list[str] = [main] if main else []
        self._main = main
        self._before: dict[str, Tab] | None = {}

    def __contains__(self, id: object) -> bool:
        return id in self._open

    def __bool__(self) -> bool:
        return bool(self._open)

    def get(self, id: str) -> Tab | None:
        """The tab, while it is open."""
        return self._open.get(id)

    @property
    def main(self) -> str:
        """The main tab's id; empty while none is known."""
        return next((id for id in reversed(self._by_turn) if id in self._open), "")

    def as_list(self) -> TabList:
        """What people are told."""
        return TabList(tuple(self._open.values()), self.main, separate=True)

    def list_anew(self) -> None:
        """The browser is about to list what it has."""
        if self._before is None:
            self._before = self._open
        self._open = {}

    @property
    def unordered(self) -> tuple[str, ...]:
        """What the browser lists and was not known before, in its own order."""
        return tuple(id for id in self._open if id not in (self._before or {}))

    def settle(self, opened: Sequence[str] = ()) -> None:
        """The list is complete: in the old order, and then what is new; of that, what nobody saw opening was there
        before what people opened."""
        before, self._before = self._before or {}, None
        listed, known = self._open, bool(before)
        unseen = (id for id in listed if id not in opened)
        order = (*(id for id in before if id in listed), *unseen, *(id for id in opened if id in listed))
        self._open = {id: listed[id] for id in order}
        # Among tabs that nobody saw opening, the one that was main before is it.
        turns = [id for id in self._by_turn if id in self._open]
        self._by_turn = [*(id for id in self._open if id not in turns), *turns]
        for id, tab in before.items():
            if id not in self._open:
                self._on_event(TabEvent.CLOSED, tab)
        for id, tab in self._open.items():
            if known and id not in before:
                self._on_event(TabEvent.OPENED, tab)
        self._tell_main()

    def put(self, tab: Tab) -> bool:
        """A tab is there, perhaps with another title or address than before; whether anything is new."""
        known = self._open.get(tab.id)
        self._open[tab.id] = tab
        if known is None and self._before is None:
            self._by_turn.append(tab.id)
            self._on_event(TabEvent.OPENED, tab)
            self._tell_main()
        return known != tab

    def drop(self, id: str) -> bool:
        """A tab has closed; whether it was open."""
        tab = self._open.pop(id, None)
        if tab is None:
            return False
        self._by_turn = [other for other in self._by_turn if other != id]
        if self._before is None:
            self._on_event(TabEvent.CLOSED, tab)
            self._tell_main()
        return True

    def show(self, id: str) -> bool:
        """Make this one the main tab; whether that changed anything."""
        if id not in self._open or id == self.main:
            return False
        self._by_turn = [*(other for other in self._by_turn if other != id), id]
        self._tell_main()
        return True

    def _tell_main(self) -> None:
        main = self.main
        if main and main != self._main:
            before, self._main = self._main, main
            self._on_event(TabEvent.MAIN if before else TabEvent.FOUND, self._open[main])
