"""What every verb is wrapped in: the audit log's two rows, and the timeline's entry."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from django.utils import timezone

from computers import timeline
from computers.models import Computer, Kind
from dashboard.audit import recorded
from dashboard.models import Outcome
from dashboard.permissions import Action, Actor


@asynccontextmanager
async def acted(
    actor: Actor | None,
    action: Action,
    computer: Computer,
    sentence: str,
    *,
    kind: Kind = Kind.ACTION,
    request: dict[str, Any] | None = None,
    step: dict[str, Any] | None = None,
    typed: str = "",
    admission: Callable[[], None] | None = None,
    **detail: Any,
) -> AsyncIterator[dict[str, Any]]:
    """`recorded`, and an entry with the outcome when the block is left.

    What the block puts into the yielded dict joins the audit's outcome row, except `result` (JSON for the entry) and
    `request_id` (upstream's own), which go to the timeline, and `sentence`, which replaces the entry's. `request` is
    what was asked for, without typed text; `detail` goes to the audit's first row. Whoever `admission`
    refuses leaves no row and no entry.
    """
    at, started, outcome = timezone.now(), time.monotonic(), Outcome.UNKNOWN
    admitted = False
    told: dict[str, Any] = {"result": None, "request_id": "", "sentence": sentence}
    try:
        async with recorded(actor, action, computer.as_target(), admission=admission, **detail) as found:
            admitted = True
            try:
                yield found
                outcome = Outcome.SUCCEEDED
            except Exception as error:
                outcome = Outcome.UNKNOWN if getattr(error, "outcome_unknown", False) else Outcome.FAILED
                found.setdefault("result", {"error": str(error)})
                raise
            finally:
                told.update({key: found.pop(key) for key in tuple(told) if key in found})
    finally:
        entry = timeline.Entry(
            kind=kind,
            sentence=told["sentence"],
            actor=actor,
            at=at,
            outcome=outcome,
            milliseconds=int((time.monotonic() - started) * 1000),
            request=request,
            result=told["result"],
            request_id=told["request_id"],
            step=step,
            typed=typed,
        )
        if admitted:
            timeline.note(computer.pk, computer.public_id, entry)
