"""What a link sees of its computer, for the timeline: tabs that open and close, and trouble with the connection.

Every process that has a link sees the same, so entries carry a key; what can happen again is the same within a while.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from django.db import DatabaseError

from computers import timeline
from computers.models import Kind, TimelineEvent
from computers.relay.states import Event
from computers.relay.tabs import TABS_LIMIT, Tab, TabEvent
from computers.timeline.entry import Entry
from dashboard.database import unit
from dashboard.models import Outcome

logger = logging.getLogger(__name__)

#: Trouble that is over sooner is not worth an entry, seconds: a browser that ends breaks its connection first.
TROUBLE_AFTER = 3.0
#: What can happen again is the same for all processes within this long, seconds.
SAME_WITHIN = 10.0
#: How the entry of a tab's opening is found.
OPENED_KEY = "tab opened "
#: Told of the tabs themselves.
NO_TAB = "This computer has no open tab."


class Chronicle:
    """One link's. `main_tab` is the one that was shown last, `is_open` says whether the link is still in use."""

    def __init__(self, pk: int, public_id: str, main_tab: str, is_open: Callable[[], bool]) -> None:
        self._pk, self._public_id, self._main, self._is_open = pk, public_id, main_tab, is_open
        self._waiting: asyncio.TimerHandle | None = None
        self._troubled = False
        #: The tab that opened last: that it is the main one goes without saying.
        self._opened = ""

    def tab(self, event: TabEvent, tab: Tab) -> None:
        """Something happened to a tab."""
        name = f"“{tab.title}”" if tab.title else "a tab"
        if event is TabEvent.OPENED:
            self._opened = tab.id
            # It has no title of its own yet.
            self._note(Kind.TAB, "a tab opened", f"{OPENED_KEY}{tab.id}", tab)
        elif event is TabEvent.CLOSED:
            self._note(
                Kind.TAB, f"{name} closed" if tab.title else "a tab closed", f"tab closed {tab.id}", tab
            )
        else:
            before, self._main = self._main, tab.id
            if before and tab.id not in {before, self._opened}:
                self._note(Kind.TAB, f"{name} became the main tab", f"tab main {tab.id} {_while()}", tab)

    def connection(self, event: Event, reason: str) -> None:
        """The connection's own news, as all feeds hear it."""
        if event in {Event.SILENT, Event.LOST} and reason != NO_TAB:
            if not self._troubled and self._waiting is None:
                loop = asyncio.get_running_loop()
                self._waiting = loop.call_later(TROUBLE_AFTER, self._still_troubled, reason)
            return
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if event is Event.ANSWERED and self._troubled:
            self._troubled = False
            self._note(Kind.MACHINE, "the computer answers again", f"answers {_while()}")

    def _still_troubled(self, reason: str) -> None:
        self._waiting = None
        if self._is_open():
            self._troubled = True
            key = f"trouble {_while()}"
            self._note(Kind.MACHINE, reason.rstrip("."), key, outcome=Outcome.FAILED)

    def _note(
        self, kind: Kind, sentence: str, key: str, tab: Tab | None = None, outcome: Outcome | None = None
    ) -> None:
        seen = {"tab_id": tab.id, "title": tab.title} if tab is not None else None
        entry = Entry(kind, sentence, outcome=outcome, result=seen, key=key)
        timeline.note(self._pk, self._public_id, entry)


async def order_of_opening(pk: int, tabs: tuple[str, ...]) -> list[str]:
    """Those of `tabs` whose opening was seen by any process, oldest first; nothing if the timeline cannot be read."""
    try:
        return await _opened(pk, tabs)
    except DatabaseError:
        logger.warning("The order of the tabs could not be read.", exc_info=True)
        return []


@unit
def _opened(pk: int, tabs: tuple[str, ...]) -> list[str]:
    keys = [f"{OPENED_KEY}{tab}" for tab in tabs[:TABS_LIMIT]]
    rows = TimelineEvent.objects.filter(computer_id=pk, key__in=keys).order_by("number")
    return [key.removeprefix(OPENED_KEY) for key in rows.values_list("key", flat=True)]


def _while() -> int:
    return int(time.time() / SAME_WITHIN)
