"""Our rows of computers, written from what upstream says. What a page shows counts `version` up and is told live.

Nothing here judges a list: a computer ends only when `mark_gone` is called for it, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from computers import timeline
from computers.models import Computer, Kind
from computers.wire.upstream import ComputerFacts
from dashboard import live
from dashboard.database import atomic_unit, unit
from dashboard.permissions import Actor

#: What the news about a computer's row is called; its payload is {id, version, team}.
NEWS = "computer"
#: Told to a computer's watchers once its row says that it ended.
GONE_NEWS = "gone"
#: Limits closer together than this are the same, seconds: the idle limit moves with every action, and pages count down.
LIMIT_JITTER = 3.0
#: A gone computer that is listed again this long after its end did not end, seconds. Lists lag behind a termination.
REVIVE_AFTER = 15.0
#: How far upstream's clock and ours may differ when a computer's end is explained, seconds.
CLOCK_SLACK = 5.0

#: The columns' sizes, characters (`Computer`).
ID_LENGTH, KIND_LENGTH, STATUS_LENGTH, PATH_LENGTH, REASON_LENGTH = 128, 16, 32, 300, 200
TAB_LENGTH = 64

LIFETIME_REACHED = "lifetime reached"
IDLE_LIMIT_REACHED = "idle limit reached"
ENDED_UPSTREAM = "ended by the service"
TERMINATED_BY = "terminated by "


@unit
def follow(connection_id: int, listed: list[ComputerFacts], asked_at: datetime) -> list[str]:
    """Bring the connection's rows up to a listing asked for at `asked_at`; returns the live ids it did not name."""
    named = {facts.id: facts for facts in listed if fits(facts)}
    concerned = Q(gone_at=None) | Q(upstream_id__in=named)
    known = {row.upstream_id: row for row in Computer.objects.filter(concerned, connection_id=connection_id)}
    for facts in named.values():
        row = known.get(facts.id)
        if row is None:
            with transaction.atomic():
                _adopt(connection_id, facts)
        elif changes := differences(row, facts, asked_at):
            _change(Computer.objects.filter(pk=row.pk, version=row.version), row.pk, **changes)
    return [row.upstream_id for row in known.values() if row.gone_at is None and row.upstream_id not in named]


@atomic_unit
def adopt(connection_id: int, facts: ComputerFacts, public_id: str, **ours: Any) -> Computer:
    """The row of a computer we opened; `ours` is what upstream does not tell. A listing may have been quicker: then the
    row keeps the public id it was already shown under."""
    return _adopt(connection_id, facts, {"public_id": public_id, **ours}, ours)


@unit
def mark_gone(connection_id: int, upstream_id: str) -> bool:
    """Upstream answered 404: note the end and, from the limits and the time, its likely reason. Whether it was news."""
    row = Computer.objects.filter(connection_id=connection_id, upstream_id=upstream_id, gone_at=None).first()
    if row is None:
        return False
    gone_at, reason = explain_end(row, timezone.now())
    # Whoever is terminating it said so before upstream was asked.
    reason = row.gone_reason or reason
    still_live = Computer.objects.filter(pk=row.pk, gone_at=None)
    was_news = _change(still_live, row.pk, gone_at=gone_at, gone_reason=reason)
    # Whoever terminated it has an entry of their own.
    if was_news and not reason.startswith(TERMINATED_BY):
        entry = timeline.Entry(
            Kind.MACHINE, f"ended: {reason}", at=gone_at, key=f"gone {gone_at.isoformat()}"
        )
        timeline.note(row.pk, row.public_id, entry)
    return was_news


@unit
def note_terminating(computer_id: int, actor: Actor) -> None:
    """`actor` is about to terminate it: whoever misses it first knows why. Without an end it is only a note."""
    reason = f"{TERMINATED_BY}{actor.name}"[:REASON_LENGTH]
    Computer.objects.filter(pk=computer_id, gone_at=None).update(gone_reason=reason)


@unit
def note_not_terminated(computer_id: int) -> None:
    """Upstream refused: it goes on."""
    Computer.objects.filter(pk=computer_id, gone_at=None).update(gone_reason="")


@unit
def mark_terminated(computer: Computer, actor: Actor) -> bool:
    """`actor` terminated it. Says so even if the listing missed it first; of two people, the first one counts."""
    ended_so = Q(gone_reason__startswith=TERMINATED_BY, gone_at__isnull=False)
    rows = Computer.objects.filter(pk=computer.pk).exclude(ended_so)
    reason = f"{TERMINATED_BY}{actor.name}"[:REASON_LENGTH]
    return _change(rows, computer.pk, gone_at=timezone.now(), gone_reason=reason)


@unit
def note_main_tab(computer_id: int, tab: str) -> None:
    """The tab that is shown from now on, for whichever process shows the computer next."""
    if tab == tab[:TAB_LENGTH]:
        Computer.objects.filter(pk=computer_id).update(main_tab=tab)


@unit
def refresh(computer_id: int, facts: ComputerFacts) -> None:
    """What a computer says of itself right after something was done to it."""
    row = Computer.objects.get(pk=computer_id)
    if row.gone_at is None and (changes := differences(row, facts, timezone.now())):
        _change(Computer.objects.filter(pk=computer_id, version=row.version), computer_id, **changes)


@unit
def note_size(computer_id: int, width: int, height: int, scale: float) -> None:
    """Its screen has this size now, CSS pixels."""
    _change(Computer.objects.filter(pk=computer_id), computer_id, width=width, height=height, scale=scale)


@unit
def note_hold(computer_id: int, user_id: int | None, until: datetime | None) -> None:
    """Somebody keeps it alive until then, or (None) nobody does any more."""
    _change(
        Computer.objects.filter(pk=computer_id), computer_id, held_open_by_id=user_id, held_open_until=until
    )


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's task on a computer: in which state, and since when it waits for a person, and for what. An empty
    state: that task is on it no longer."""

    task: str
    label: str = ""
    state: str = ""
    needs: str = ""
    needs_since: datetime | None = None


def note_agent(computer_id: int, agent: Agent) -> None:
    """Synchronous: called in the transaction that says so of the task."""
    rows = Computer.objects.filter(pk=computer_id)
    if not agent.state:
        rows, agent = rows.filter(agent_task=agent.task), Agent("")
    known = {
        "agent_task": agent.task,
        "agent_label": agent.label,
        "agent_state": agent.state,
        "agent_needs": agent.needs,
        "agent_needs_since": agent.needs_since,
    }
    _change(rows.exclude(**known), computer_id, **known)


def lock(computer_id: int) -> None:
    """Nobody starts a task or takes control there before the caller's transaction is over."""
    Computer.objects.select_for_update().filter(pk=computer_id).first()


@unit
def touch(computer_id: int) -> None:
    """Something a page shows changed beside the row itself, such as who drives."""
    _change(Computer.objects.filter(pk=computer_id), computer_id)


def fits(facts: ComputerFacts) -> bool:
    """Whether its id can be kept, and said in an address."""
    return facts.id == _word(facts.id, ID_LENGTH) and bool(facts.id.strip("."))


def differences(row: Computer, facts: ComputerFacts, asked_at: datetime) -> dict[str, Any]:
    """What `facts` changes in `row`, jitter left out. An empty fact changes nothing: some answers lack it."""
    changes: dict[str, Any] = {}
    for field, value in (
        ("kind", _word(facts.kind, KIND_LENGTH)),
        ("status", _word(facts.status, STATUS_LENGTH)),
        ("cdp_path", _path(facts)),
        ("started_at", facts.created_at),
        ("environment_id", _word(facts.environment_id, ID_LENGTH)),
        ("persistent", facts.persistent),
    ):
        if value and value != getattr(row, field):
            changes[field] = value
    for field, limit in (("expires_at", facts.expires_at), ("idle_expires_at", facts.idle_expires_at)):
        if limit is not None and _moved(getattr(row, field), limit):
            changes[field] = limit
    if row.gone_at is None:
        return changes
    if asked_at - row.gone_at > timedelta(seconds=REVIVE_AFTER):
        return {**changes, "gone_at": None, "gone_reason": ""}
    return {}


def explain_end(row: Computer, now: datetime) -> tuple[datetime, str]:
    """When and why a computer that is no longer there has probably ended: at the first limit passed, else just now."""
    limits = [(row.expires_at, LIFETIME_REACHED), (row.idle_expires_at, IDLE_LIMIT_REACHED)]
    passed = [
        (at, why) for at, why in limits if at is not None and at <= now + timedelta(seconds=CLOCK_SLACK)
    ]
    at, why = min(passed, default=(now, ENDED_UPSTREAM))
    return min(at, now), why


def _moved(before: datetime | None, after: datetime) -> bool:
    return before is None or abs((after - before).total_seconds()) > LIMIT_JITTER


def _path(facts: ComputerFacts) -> str:
    return facts.cdp_path if facts.cdp_path == _word(facts.cdp_path, PATH_LENGTH) else ""


def _word(text: str, length: int) -> str:
    """What of upstream's text fits a column: a longer one, or a NUL, would fail the write of everything else."""
    return text.replace("\0", "")[:length]


def _adopt(
    connection_id: int,
    facts: ComputerFacts,
    new: dict[str, Any] | None = None,
    ours: dict[str, Any] | None = None,
) -> Computer:
    """`ours` is written in any case, `new` only into a new row."""
    seen = {
        "kind": _word(facts.kind, KIND_LENGTH) or "browser",
        "status": _word(facts.status, STATUS_LENGTH),
        "started_at": facts.created_at or timezone.now(),
        "expires_at": facts.expires_at,
        "idle_expires_at": facts.idle_expires_at,
        "cdp_path": _path(facts),
        "environment_id": _word(facts.environment_id, ID_LENGTH),
        "persistent": bool(facts.persistent),
        **(new or {}),
    }
    row, _ = Computer.objects.update_or_create(
        connection_id=connection_id, upstream_id=facts.id, defaults=ours or {}, create_defaults=seen
    )
    _change(Computer.objects.filter(pk=row.pk), row.pk)
    return Computer.objects.select_related("connection__team").get(pk=row.pk)


def _change(rows: Any, pk: int, **changes: Any) -> bool:
    """Apply `changes` to the one row, if the condition in `rows` still holds, and tell the team and its watchers."""
    if not rows.update(version=F("version") + 1, **changes):
        return False
    id, version, team = Computer.objects.values_list("public_id", "version", "connection__team_id").get(pk=pk)
    for group in (live.team_group(team), live.computer_group(id)):
        live.publish_on_commit(group, NEWS, id=id, version=version, team=team)
    if changes.get("gone_at"):
        live.publish_on_commit(live.computer_group(id), GONE_NEWS)
    return True
