"""Which process reads which computer's events, and which of them are our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db.models import Q
from django.utils import timezone

from computers import leases
from computers.connections import access_of
from computers.models import Computer, Connection, Kind, TimelineEvent
from computers.timeline.ours import OURS_SECONDS, is_remembered
from computers.upstream.client import Access
from dashboard.database import unit
from dashboard.models import Outcome

#: A claim that is not renewed runs out after this long, seconds.
CLAIM_SECONDS = 12.0
#: Streams of one process: one more computer is read by another process, or not at all.
STREAMS_LIMIT = 100
#: A batch names the calls of its steps in its result; so many entries back it is looked for.
RECENT = 30
#: A call of ours that was refused and one that the service tells of as failed are the same if they began so close to
#: each other, seconds.
REFUSED_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A computer whose events this process reads."""

    pk: int
    public_id: str
    upstream_id: str
    access: Access


@unit
def claim(process: str) -> dict[int, Heard]:
    """Renew what is ours and claim what is free, each by a conditional UPDATE; what is ours now."""
    now = timezone.now()
    wanted = Computer.objects.filter(gone_at=None, connection__reads_events=True)
    mine = Q(events_by=process) | Q(events_until__lt=now)
    # Ours first, so that a process at its limit keeps what it has.
    free = wanted.filter(mine).values_list("pk", "events_by").order_by("pk")
    pks = [pk for pk, by in sorted(free, key=lambda row: row[1] != process)][:STREAMS_LIMIT]
    Computer.objects.filter(mine, pk__in=pks).update(
        events_by=process, events_until=now + timedelta(seconds=CLAIM_SECONDS)
    )
    rows = wanted.filter(events_by=process, pk__in=pks).values_list(
        "pk", "public_id", "upstream_id", "connection_id"
    )
    access = {id: _access(id) for id in {row[3] for row in rows}}
    return {
        pk: Heard(pk, public_id, upstream_id, known)
        for pk, public_id, upstream_id, connection_id in rows
        if (known := access[connection_id]) is not None
    }


def _access(connection_id: int) -> Access | None:
    """None for a key that cannot be read; the wall says so."""
    row = Connection.objects.filter(pk=connection_id).first()
    access = access_of(row) if row is not None else None
    return access if access is not None and access.key else None


@unit
def release(process: str) -> None:
    """Give up every claim."""
    Computer.objects.filter(events_by=process).update(events_by="", events_until=timezone.now())


@unit
def agent_at(computer_pk: int) -> str:
    """What the task of ours that is at work there is called now; empty: none is."""
    at_work = Computer.objects.filter(pk=computer_pk, agent_state=leases.AT_WORK)
    return str(at_work.values_list("agent_label", flat=True).first() or "")


@unit
def is_own(
    computer_pk: int, request_id: str, fields: dict[str, Any], began: datetime, *, failed: bool = False
) -> bool:
    """Whether the call was ours: an entry has its id, or a batch names it, or a command of ours says the same. One that
    was refused is told no id, so there the moment decides."""
    entries = TimelineEvent.objects.filter(computer_id=computer_pk).exclude(kind=Kind.UPSTREAM)
    if request_id and (
        entries.filter(request_id=request_id).exists() or is_remembered(computer_pk, request_id)
    ):
        return True
    recent = entries.filter(at__gte=began - timedelta(seconds=OURS_SECONDS)).order_by("-number")
    if command := fields.get("command"):
        commands = recent.filter(kind=Kind.COMMAND).values_list("request", flat=True)[:RECENT]
        return any(_same(command, str((request or {}).get("command", ""))) for request in commands)
    if not request_id:
        return False
    at_that_moment = (began - timedelta(seconds=REFUSED_WITHIN), began + timedelta(seconds=REFUSED_WITHIN))
    refused = entries.filter(kind__in=(Kind.ACTION, Kind.TAB), outcome=Outcome.FAILED, request_id="")
    if failed and refused.filter(at__range=at_that_moment).exists():
        return True
    results = recent.exclude(result=None).values_list("result", flat=True)[:RECENT]
    return any(request_id.encode() in orjson.dumps(result) for result in results)


def _same(told: str, noted: str) -> bool:
    """Both may be cut, and what is sent may be more than what was written: a change of directory asks where it is."""
    noted = noted.rstrip("…")
    return bool(noted) and (told.startswith(noted) or noted.startswith(told))
