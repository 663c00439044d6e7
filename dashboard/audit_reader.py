"""Reads the audit log in pieces of bounded size: an action's rows together, newest first for a page, oldest first for
an export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from dashboard.audit import Target, recorded
from dashboard.database import unit
from dashboard.models import AuditEvent, Outcome, Team, User
from dashboard.permissions import Action, Actor

#: Actions of one page, and of one piece of an export.
PAGE, EXPORT_PIECE = 50, 250
#: What a spreadsheet takes for the beginning of a formula; a cell that begins so is put behind an apostrophe.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    *("number", "at", "team", "team_id", "action_id", "action", "outcome", "actor_id", "actor_name"),
    *("actor_address", "target_id", "target_name", "detail", "chain_seq", "previous_hash", "hash"),
)
OUTCOMES = {
    Outcome.REQUESTED: "under way",
    Outcome.SUCCEEDED: "succeeded",
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "outcome unknown",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which actions. `target` is an id or a part of a name, `search` a part of anything that a row tells."""

    person: str = ""
    action: str = ""
    target: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""

    def told(self) -> dict[str, Any]:
        """The question for the log itself. What was searched for may be the very secret that should not be there."""
        asked: dict[str, Any] = {
            "person": self.person,
            "action": self.action,
            "target": self.target,
            "outcome": self.outcome,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "searched": bool(self.search),
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """One action: its rows, the first of them first."""

    rows: list[AuditEvent]

    @property
    def first(self) -> AuditEvent:
        return self.rows[0]

    @property
    def outcome(self) -> str:
        """How far it got."""
        return self.rows[-1].outcome

    @property
    def outcome_words(self) -> str:
        return OUTCOMES[Outcome(self.outcome)]

    @property
    def words(self) -> str:
        """The action, for people."""
        return worded(self.first.action)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first; `more` is what to ask for next, 0 where there is nothing."""

    lines: list[Line]
    more: int


def worded(action: str) -> str:
    """ "computer: double click"."""
    return action.replace(".", ": ", 1).replace("_", " ")


@unit
def teams_of(user: User) -> list[Team]:
    """The teams whose log this person may read, now."""
    return user.teams_for(Action.READ_AUDIT)


@unit
def people_of(teams: list[Team]) -> list[str]:
    """The names that are offered; a person who has left is found by typing theirs."""
    users = User.objects.filter(memberships__team__in=teams).distinct()
    return sorted({user.display_name for user in users}, key=str.casefold)


@unit
def page(teams: list[Team], question: Question, before: int = 0) -> Page:
    """The newest actions that fit, or those before a number."""
    rows = _firsts(teams, question)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return Page(_lines(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else 0)


async def export(
    actor: Actor, teams: list[Team], question: Question, form: str
) -> AsyncGenerator[bytes, None]:
    """Every row of every action that fits, oldest first, as `form`: csv or jsonl. It stands in the log of each team
    before the first of it is sent, and afterwards how many rows there were."""
    written, last = 0, await _newest()
    write, after = WRITERS[form], 0
    async with AsyncExitStack() as stack:
        asked: dict[str, Any] = {"format": form, "filters": question.told()}
        targets = [Target(team.pk, "audit", "audit log") for team in teams]
        ends = [
            await stack.enter_async_context(recorded(actor, Action.EXPORT_AUDIT, target, **asked))
            for target in targets
        ]
        try:
            yield write([COLUMNS]) if form == "csv" else b""
            while lines := await _piece(teams, question, after, last):
                after = lines[-1].first.pk
                rows = [row for line in lines for row in line.rows]
                written += len(rows)
                yield write([_told(row) for row in rows])
        finally:
            for end in ends:
                end["rows"] = written


@unit
def _newest() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@unit
def _piece(teams: list[Team], question: Question, after: int, last: int) -> list[Line]:
    rows = _firsts(teams, question).filter(pk__gt=after, pk__lte=last)
    return _lines(list(rows.order_by("pk")[:EXPORT_PIECE]))


def _firsts(teams: list[Team], question: Question) -> QuerySet[AuditEvent]:
    """The first row of each action that fits: names and times are its; outcome and details may be another row's."""
    same = AuditEvent.objects.filter(action_id=OuterRef("action_id"))
    rows = AuditEvent.objects.filter(~Exists(same.filter(pk__lt=OuterRef("pk"))), team__in=teams)
    if question.person:
        rows = rows.filter(actor_name__icontains=question.person)
    if question.action:
        # "computer." is all that can be done with one.
        exact = not question.action.endswith(".")
        rows = rows.filter(**{"action" if exact else "action__startswith": question.action})
    if question.target:
        rows = rows.filter(Q(target_id=question.target) | Q(target_name__icontains=question.target))
    if question.since:
        rows = rows.filter(at__gte=question.since)
    if question.until:
        rows = rows.filter(at__lt=question.until)
    if question.outcome == Outcome.REQUESTED:
        rows = rows.filter(~Exists(same.exclude(outcome=Outcome.REQUESTED)))
    elif question.outcome:
        rows = rows.filter(Exists(same.filter(outcome=question.outcome)))
    if question.search:
        rows = rows.filter(Exists(_searched(same, question.search)))
    return rows


def _searched(rows: QuerySet[AuditEvent], words: str) -> QuerySet[AuditEvent]:
    # SQLite keeps JSON as it was written, with escapes; PostgreSQL gives it back without.
    escaped = json.dumps(words)[1:-1]
    fits = Q(detail_text__icontains=words) | Q(detail_text__icontains=escaped)
    for name in ("action", "actor_name", "actor_address", "target_id", "target_name", "action_id"):
        fits |= Q(**{f"{name}__icontains": words})
    return rows.annotate(detail_text=Cast("detail", TextField())).filter(fits)


def _lines(firsts: list[AuditEvent]) -> list[Line]:
    """With all the rows of each action."""
    ids = [row.action_id for row in firsts]
    together: dict[str, list[AuditEvent]] = {}
    for row in AuditEvent.objects.filter(action_id__in=ids).select_related("team").order_by("pk"):
        together.setdefault(row.action_id, []).append(row)
    # Retention may have taken it meanwhile.
    return [Line(together[id]) for id in ids if id in together]


def _told(row: AuditEvent) -> tuple[Any, ...]:
    """A row in the order of COLUMNS."""
    return (
        *(row.pk, row.at.isoformat(timespec="microseconds"), row.team.slug, row.team_id, row.action_id),
        *(row.action, row.outcome, row.actor_id_copy, row.actor_name, row.actor_address, row.target_id),
        *(row.target_name, row.detail, row.chain_seq, row.previous_hash, row.hash),
    )


def _as_csv(rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[cell(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8", "replace")


def cell(value: Any) -> str:
    """A value for a spreadsheet, which must take none of it for a formula."""
    if value is None:
        return ""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, dict) else str(value)
    # Some of them leave out what they cannot show, and look at what comes then.
    begins = text.lstrip(" \x00\u200b\ufeff").startswith(FORMULA) or text.startswith(FORMULA)
    return f"'{text}" if begins else text


def _as_json_lines(rows: list[tuple[Any, ...]]) -> bytes:
    return b"".join(orjson.dumps(dict(zip(COLUMNS, row, strict=True))) + b"\n" for row in rows)


WRITERS: dict[str, Callable[[list[tuple[Any, ...]]], bytes]] = {"csv": _as_csv, "jsonl": _as_json_lines}
