"""Reads a timeline in pieces of bounded size. Numbers have no gaps and only grow, so they are all a reader needs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet
from django.template.loader import render_to_string

from computers.models import Computer, Kind, TimelineEvent
from dashboard.database import unit
from dashboard.models import Outcome

#: Entries of one page, of one answer to "what is new", and of one piece of an export.
PAGE, NEWS_LIMIT, EXPORT_PIECE = 50, 300, 500
#: People whom the filter offers, and how many entries back they are looked for.
PEOPLE_LIMIT, PEOPLE_WITHIN = 100, 10_000
#: Largest number that both databases know.
NUMBER_LIMIT = 2**63 - 1
#: What went wrong, and the word for it.
TROUBLES: dict[str, str] = {Outcome.FAILED: "failed", Outcome.UNKNOWN: "outcome unknown"}
#: `by` for what nobody of ours did.
NOBODY = 0


class BadQuestion(ValueError):
    """What was asked for does not exist; `str()` is a sentence."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: of one kind, only what went wrong, of one person."""

    kind: str = ""
    errors: bool = False
    by: int | None = None

    def of(self, computer_pk: int) -> QuerySet[TimelineEvent]:
        """Those entries of the computer."""
        rows = TimelineEvent.objects.filter(computer_id=computer_pk)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.errors:
            rows = rows.filter(outcome__in=TROUBLES)
        if self.by is not None:
            rows = rows.filter(actor_id_copy=self.by or None)
        return rows


@dataclass(frozen=True, slots=True)
class Question:
    """A page, as an address asks for it: the newest, those before a number, or all after one."""

    filter: Filter
    before: int | None = None
    after: int | None = None

    @classmethod
    def read(cls, fields: dict[str, str]) -> Question:
        """From an address; `BadQuestion` for what cannot be meant."""
        kind = fields.get("kind", "")
        if kind and kind not in Kind.values:
            raise BadQuestion("There is no such kind of entry.")
        before, after = _number(fields, "before"), _number(fields, "after")
        if before is not None and after is not None:
            raise BadQuestion("Ask for what is before a number or for what is after one, not for both.")
        return cls(Filter(kind, fields.get("errors") == "1", _number(fields, "by")), before, after)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry, and what the page writes beside it."""

    event: TimelineEvent

    @property
    def trouble(self) -> str:
        """What went wrong, in a word."""
        return TROUBLES.get(self.event.outcome, "")

    @property
    def length(self) -> str:
        """ "0.4 s", or nothing where it says nothing."""
        milliseconds = self.event.milliseconds or 0
        if milliseconds < 100:
            return ""
        return f"{milliseconds / 1000:.1f} s" if milliseconds < 60_000 else f"{milliseconds // 60_000} min"

    @property
    def details(self) -> list[tuple[str, str]]:
        """What is seen once it is opened: names and readable JSON."""
        found = [("Request", self.event.request), ("Result", self.event.result)]
        return [(name, _pretty(value)) for name, value in found if value is not None]

    @property
    def opens(self) -> bool:
        """Whether there is more to see."""
        return bool(self.event.request or self.event.result or self.event.request_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, oldest first. `last` is the newest number the reader knows of now; `earlier` says whether there are some
    before these, `complete` whether all that were asked for are here. `people` is filled on the newest page only."""

    entries: list[Shown]
    last: int
    earlier: bool
    complete: bool
    people: list[tuple[int, str]]

    @property
    def first_number(self) -> int:
        """The oldest number here, 0 if there is none."""
        return self.entries[0].event.number if self.entries else 0


@unit
def page(computer_pk: int, question: Question) -> Page:
    """The answer to a question."""
    newest = _last(computer_pk)
    rows = question.filter.of(computer_pk)
    if question.after is not None:
        found = list(rows.filter(number__gt=question.after).order_by("number")[: NEWS_LIMIT + 1])
        complete = len(found) <= NEWS_LIMIT
        # Somebody may have added since: what is here counts.
        last = max([newest, question.after, *(event.number for event in found[:NEWS_LIMIT])])
        return Page(_shown(found[:NEWS_LIMIT]), last, False, complete, [])
    # The newest page ends with what `last` says: what is added meanwhile is news.
    below = newest + 1 if question.before is None else question.before
    found = list(rows.filter(number__lt=below).order_by("-number")[: PAGE + 1])
    people = _people(computer_pk, newest) if question.before is None else []
    return Page(_shown(found[:PAGE][::-1]), newest, len(found) > PAGE, True, people)


@unit
def rendered(computer_pk: int, after: int, last: int) -> str:
    """The entries with these numbers, as the page shows them."""
    return "".join(
        render_to_string("computers/timeline/_entry.html", {"entry": entry})
        for entry in _between(computer_pk, after, last)
    )


def _between(computer_pk: int, after: int, last: int) -> list[Shown]:
    """The entries with these numbers."""
    rows = TimelineEvent.objects.filter(computer_id=computer_pk, number__gt=after, number__lte=last)
    return _shown(list(rows.order_by("number")))


async def export(computer: Computer) -> AsyncGenerator[bytes, None]:
    """Every entry there is now, oldest first, one JSON object to a line."""
    last, after = await newest_number(computer.pk), 0
    while piece := await _piece(computer.pk, after, last):
        yield b"".join(map(_line, piece))
        after = piece[-1].number


@unit
def newest_number(computer_pk: int) -> int:
    """The newest number of the computer, 0 if nothing happened yet."""
    return _last(computer_pk)


def _last(computer_pk: int) -> int:
    newest = TimelineEvent.objects.filter(computer_id=computer_pk).order_by("-number").first()
    return newest.number if newest else 0


@unit
def _piece(computer_pk: int, after: int, last: int) -> list[TimelineEvent]:
    rows = TimelineEvent.objects.filter(computer_id=computer_pk, number__gt=after, number__lte=last)
    return list(rows.order_by("number")[:EXPORT_PIECE])


def _line(event: TimelineEvent) -> bytes:
    told: dict[str, Any] = {
        "number": event.number,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "by": event.actor_name or None,
        "sentence": event.sentence,
        "outcome": event.outcome or None,
        "milliseconds": event.milliseconds,
        "request": event.request,
        "result": event.result,
        "request_id": event.request_id or None,
        "step": event.step,
    }
    return orjson.dumps(told) + b"\n"


def _people(computer_pk: int, newest: int) -> list[tuple[int, str]]:
    lately = TimelineEvent.objects.filter(computer_id=computer_pk, number__gt=newest - PEOPLE_WITHIN)
    rows = lately.exclude(actor_id_copy=None)
    # Somebody who was renamed is one person still: the last name counts.
    named = rows.order_by().values_list("actor_id_copy", "actor_name").distinct()[:PEOPLE_LIMIT]
    return sorted({id: name for id, name in named if id is not None}.items(), key=lambda person: person[1])


def _shown(events: list[TimelineEvent]) -> list[Shown]:
    return [Shown(event) for event in events]


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _number(fields: dict[str, str], name: str) -> int | None:
    text = fields.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= NUMBER_LIMIT):
        raise BadQuestion(f"“{name}” is the number of an entry.")
    return int(text)
