"""Which computers the wall shows first, and which at all: the same rules that its page goes on with by itself
(`static/js/wall/arrange.js`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils import timezone

from computers.models import Computer

#: The filters: their word in the address and in a row's `data-is`, and their name.
SHOWS = {"": "All", "needs": "Needs a human", "driven": "Driven", "agent": "Agents", "idle": "Idle"}
#: The orders: their word in the address, and their name.
SORTS = {"": "attention first", "name": "by name", "newest": "newest first", "left": "least time left"}
#: Longest search, characters.
SEARCH_LIMIT = 80
#: From so many computers on, a person who never chose sees the list: tiles would be endless.
LONG = 60
#: Statuses that ask for a look, upstream's words in lower case.
FAILED = frozenset({"failed", "error", "stalled", "unhealthy"})
#: An idle limit's bar is of this length: how long the whole limit is, few services say.
IDLE_BAR = timedelta(minutes=10)


class Arranged(Protocol):
    """What is arranged."""

    @property
    def computer(self) -> Computer:
        """The row."""

    @property
    def driver(self) -> str:
        """Who drives it; empty: nobody."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to see, as the address and their cookie say it."""

    show: str = ""
    sort: str = ""
    search: str = ""
    view: str = ""

    @classmethod
    def read(cls, fields: Any, view: str) -> Wish:
        """From a query; what is no word of ours counts as none."""
        show, sort = fields.get("show", ""), fields.get("sort", "")
        return cls(
            show if show in SHOWS else "",
            sort if sort in SORTS else "",
            fields.get("q", "")[:SEARCH_LIMIT],
            view if view in ("tiles", "list") else "",
        )

    def view_of(self, count: int) -> str:
        """The view of so many."""
        return self.view or ("list" if count > LONG else "tiles")


def facets(row: Arranged) -> str:
    """The filters that it fits, as words."""
    computer = row.computer
    if computer.is_gone:
        return "gone"
    words = ["needs"] if computer.agent_needs else []
    words += ["driven"] if row.driver else []
    words += ["agent"] if computer.agent_state else []
    return " ".join(words) or "idle"


def rank(row: Arranged) -> int:
    """Its place by attention: the lower, the sooner it should be seen."""
    computer = row.computer
    if computer.is_gone:
        return 5
    if computer.agent_needs:
        return 0
    if computer.status.lower() in FAILED:
        return 1
    return 2 if row.driver else 3 if computer.agent_state else 4


def search_text(row: Arranged) -> str:
    """What a search looks into, in lower case."""
    computer = row.computer
    words = (computer.label, computer.kind, computer.status, row.driver, computer.agent_label)
    return " ".join(filter(None, (*words, computer.gone_reason))).lower()


def fits(row: Arranged, wish: Wish) -> bool:
    """Whether it is shown."""
    wanted = not wish.show or wish.show in facets(row).split()
    return wanted and all(word in search_text(row) for word in wish.search.lower().split())


def in_order(rows: list[Any], sort: str, pinned: frozenset[str]) -> list[Any]:
    """Pinned ones first, then as `sort` says; what has ended comes last in any order."""
    return sorted(rows, key=lambda row: (row.computer.public_id not in pinned, *_place(row, sort)))


def bar(computer: Computer) -> tuple[int, int] | None:
    """How long its time-left bar is and how much of that is left, seconds; None without a limit."""
    ends = computer.ends_at()
    if ends is None or computer.is_gone:
        return None
    whole = ends - computer.started_at if ends == computer.expires_at else IDLE_BAR
    left = (ends - timezone.now()).total_seconds()
    length = max(1, int(whole.total_seconds()))
    return length, int(min(length, max(0.0, left)))


def _place(row: Arranged, sort: str) -> tuple[Any, ...]:
    computer = row.computer
    newest = -computer.started_at.timestamp()
    if sort == "name":
        return computer.is_gone, computer.label.lower(), newest
    if sort == "newest":
        return computer.is_gone, newest
    if sort == "left":
        return computer.is_gone, _stamp(computer.ends_at()), newest
    return rank(row), _stamp(computer.agent_needs_since), newest


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at is not None else float("inf")
