"""The editor's page: what its form carries from one press to the next, and where its steps come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from computers.macros import recordings, rows, store
from computers.macros.recordings import Span, Taken
from computers.macros.rows import Row
from computers.macros.steps import BUTTONS, LABEL_LIMIT, MOST_STEPS, TYPES
from computers.macros.store import Opened
from computers.models import Computer, find_computer
from dashboard.htmx import is_htmx
from dashboard.models import Team, User
from dashboard.permissions import Action

#: Longest name that a form gives back, characters: longer than any that is saved, so that the refusal shows it.
NAME_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Entries of one computer's timeline: a recording, or those that were chosen."""

    computer: Computer
    user_pk: int
    span: Span | None
    numbers: tuple[int, ...]

    @property
    def team(self) -> Team:
        """Whose macro it becomes."""
        return self.computer.connection.team

    async def taken(self) -> Taken:
        """Their steps, and what was typed."""
        return await recordings.taken(self.computer.pk, self.user_pk, self.span, self.numbers)

    async def forget_texts(self) -> None:
        """What was typed is in the macro now, or not wanted."""
        await recordings.forget_texts(self.computer.pk, self.user_pk, self.span, self.numbers)


async def source_of(user: User, fields: Any) -> Source | None:
    """From an address or a form; 404 for a computer that is not the person's."""
    public_id = fields.get("computer", "")
    if not public_id:
        return None
    try:
        computer = await find_computer(user, public_id, Action.MANAGE_MACROS)
    except Computer.DoesNotExist:
        raise Http404 from None
    first, last = _number(fields.get("from", "")), _number(fields.get("to", ""))
    span = Span(first, last) if first and last else None
    numbers = [number for said in fields.getlist("numbers")[:MOST_STEPS] if (number := _number(said))]
    return Source(computer, user.pk, span, tuple(numbers))


@dataclass(slots=True)
class EditorPage:
    """One answer of the editor."""

    request: HttpRequest
    user_pk: int
    macro: Opened | None = None
    source: Source | None = None
    teams: Sequence[Team] = ()
    team: Team | None = None
    trouble: str = ""
    _fields: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._fields = self.request.POST

    def field(self, name: str) -> str:
        """What the form said."""
        return str(self._fields.get(name, ""))

    def rows(self) -> list[Row]:
        """The form's steps."""
        return rows.of_post(self._fields, self.user_pk)

    def opened(self, found: Sequence[Row], left_out: Sequence[str]) -> HttpResponse:
        """The page as it begins."""
        note = (
            f"A macro cannot repeat these, so they were left out: {', '.join(left_out)}." if left_out else ""
        )
        return self._render(found, self.macro.name if self.macro else "", note=note, trouble=self.trouble)

    def again(self, found: Sequence[Row], *, status: int = 200, **context: Any) -> HttpResponse:
        """The form after a press."""
        return self._render(found, self.field("name")[:NAME_SHOWN], status=status, **context)

    def _render(self, found: Sequence[Row], name: str, status: int = 200, **context: Any) -> HttpResponse:
        stamp = store.stamp(self.macro.changed_at) if self.macro else ""
        context |= {
            "macro": self.macro,
            "source": self.source,
            "teams": self.teams if len(self.teams) > 1 else (),
            "team": self.team,
            "name": name,
            # What the person saw first stays what they saw.
            "seen": self.field("seen") or stamp,
            "rows": [_shown(row, place, self.user_pk) for place, row in enumerate(found)],
            "types": TYPES.values(),
            "new_type": self.field("new_type"),
            "most": MOST_STEPS,
            "name_limit": store.NAME_LIMIT,
            "label_limit": LABEL_LIMIT,
            "buttons": BUTTONS,
        }
        page = "computers/macros/_editor.html" if is_htmx(self.request) else "computers/macros/editor.html"
        response = render(self.request, page, context, status=status)
        response["Cache-Control"] = "no-store"
        return response


def _shown(row: Row, place: int, user_pk: int) -> dict[str, Any]:
    """A row as the template wants it."""
    fields = [
        {
            "name": each.name,
            "label": each.label,
            "value": row.values.get(each.name, ""),
            "numeric": each.numeric,
            "error": row.errors.get(each.name, ""),
        }
        for each in TYPES[row.type].fields
    ]
    return {
        "place": place,
        "row": row,
        "word": TYPES[row.type].word,
        "fields": fields,
        "sealed": rows.seal(row.text, user_pk) if row.type == "type" and not row.shown else "",
        "length": len(row.text),
        "error": row.errors.get("type", ""),
    }


def _number(said: str) -> int:
    whole = said.isascii() and said.isdigit() and len(said) <= 18
    return int(said) if whole else 0
