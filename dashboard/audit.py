"""The audit log's only writer.

Every verb leaves two rows joined by an action id: `requested`, committed before the outside world is touched, and its
outcome. So a crash in between leaves a `requested` without an end, which is the truth; once nobody can write its end
any more, a service writes that it is unknown.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from dashboard.chain import GENESIS, Head, Link, links
from dashboard.database import atomic_unit, unit
from dashboard.models import AuditChain, AuditEvent, Outcome, Sweep
from dashboard.permissions import Action, Actor

logger = logging.getLogger(__name__)

#: How the service that ends the unfinished is called, and how many it ends at once.
SWEEP, SWEEP_MOST = "audit", 200
#: What the end of an unfinished one has of its beginning.
COPIED = (
    *("team_id", "action_id", "action", "actor_id_copy", "actor_name", "actor_address"),
    *("target_id", "target_name"),
)
#: Rows that are chained in one transaction, and that are forgotten in one: whoever writes waits for it.
CHAIN_MOST, PRUNE_MOST = 200, 500
#: Fills the three columns of rows that have no place yet. One statement for all of them: while a lock is held that
#: every writer waits for, nothing is to go to and fro between Python and the database. Their keys are said twice, since
#: both databases would rather read everything that waits than look up so many rows.
CHAIN_ROWS = """
UPDATE {table} SET chain_seq = found.column2, previous_hash = found.column3, hash = found.column4
FROM (VALUES {values}) AS found
WHERE {table}.id = found.column1 AND {table}.chain_seq IS NULL AND {table}.id IN ({keys})
"""
#: Longest text that one detail may keep, in characters; URLs are cut here.
DETAIL_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted on: its team, our id for it, and its name at that moment."""

    team_id: int
    id: str
    name: str


@asynccontextmanager
async def recorded(
    actor: Actor | None,
    action: Action,
    target: Target,
    *,
    admission: Callable[[], None] | None = None,
    **detail: Any,
) -> AsyncIterator[dict[str, Any]]:
    """Record `action` around the block. What the block puts into the yielded dict joins the outcome row.

    Leaving normally means succeeded; an exception means failed, or unknown when it says that the other side may have
    acted (`outcome_unknown`, and cancellation). `actor` is None for what Lightdeck does by itself. Never pass typed
    text or a key.

    `admission` is asked in the unit that writes the first row, just before it: if it raises, nothing is recorded and
    the block is never entered.
    """
    action_id = secrets.token_hex(16)
    await _append(actor, action, target, action_id, Outcome.REQUESTED, detail, admission)
    found: dict[str, Any] = {}
    outcome = Outcome.UNKNOWN
    try:
        yield found
        outcome = Outcome.SUCCEEDED
    except Exception as error:
        outcome = Outcome.UNKNOWN if getattr(error, "outcome_unknown", False) else Outcome.FAILED
        found.setdefault("error", str(error))
        raise
    finally:
        # Shielded: a closed page cancels the verb, and the log must still say how it ended.
        await asyncio.shield(_append(actor, action, target, action_id, outcome, found))


@unit
def _append(
    actor: Actor | None,
    action: Action,
    target: Target,
    action_id: str,
    outcome: Outcome,
    detail: dict[str, Any],
    admission: Callable[[], None] | None = None,
) -> None:
    if admission is not None:
        admission()
    _write(actor, action, target, action_id, outcome, detail)


def _write(
    actor: Actor | None,
    action: Action,
    target: Target,
    action_id: str,
    outcome: Outcome,
    detail: dict[str, Any],
) -> None:
    AuditEvent(
        team_id=target.team_id,
        action_id=action_id,
        action=action.value,
        outcome=outcome,
        actor_id_copy=actor.user.pk if actor else None,
        actor_name=actor.name if actor else "Lightdeck",
        actor_address=actor.address if actor else "",
        target_id=target.id,
        target_name=target.name[:200],
        detail={
            key: value[:DETAIL_LIMIT] if isinstance(value, str) else value for key, value in detail.items()
        },
    ).save()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """`requested` rows whose end nobody will write, and what is needed to write it once only."""

    rows: list[AuditEvent]
    turn: int
    reached: int

    @property
    def is_full(self) -> bool:
        """Whether there may be more."""
        return len(self.rows) == SWEEP_MOST


@unit
def unfinished(quick: timedelta, slow: timedelta, slow_actions: frozenset[Action]) -> Unfinished:
    """Those that began longer ago than `quick`, the `slow_actions` longer ago than `slow`, and have no outcome yet."""
    now = timezone.now()
    sweep, _ = Sweep.objects.get_or_create(name=SWEEP)
    old = Q(at__lt=now - quick) & (~Q(action__in=slow_actions) | Q(at__lt=now - slow))
    ended = AuditEvent.objects.filter(action_id=OuterRef("action_id")).exclude(outcome=Outcome.REQUESTED)
    asked = AuditEvent.objects.filter(old, pk__gt=sweep.reached, outcome=Outcome.REQUESTED)
    rows = list(asked.filter(~Exists(ended)).order_by("pk")[:SWEEP_MOST])
    past = AuditEvent.objects.filter(pk__gt=sweep.reached, at__lt=now - slow).order_by("-pk").first()
    reached = past.pk if past is not None and len(rows) < SWEEP_MOST else sweep.reached
    return Unfinished(rows, sweep.turn, reached)


@atomic_unit
def end_unfinished(found: Unfinished, why: str) -> bool:
    """Write that their outcome is unknown, and `why`. Of several processes that found the same, one does: whether this
    one."""
    turn = Sweep.objects.filter(name=SWEEP, turn=found.turn)
    if not turn.update(turn=F("turn") + 1, reached=found.reached):
        return False
    asked = [row.action_id for row in found.rows]
    late = AuditEvent.objects.filter(action_id__in=asked).exclude(outcome=Outcome.REQUESTED)
    ended = set(late.values_list("action_id", flat=True))
    for row in found.rows:
        if row.action_id not in ended:
            _end(row, why)
    return True


def _end(row: AuditEvent, why: str) -> None:
    same = {name: getattr(row, name) for name in COPIED}
    AuditEvent(**same, outcome=Outcome.UNKNOWN, detail={"error": why}).save()


# --- the chain ------------------------------------------------------------------------------------------------


class Forked(Exception):
    """Another process chained these rows, or took the place meanwhile; nothing was written."""


@unit
def chain_some() -> int:
    """Join the oldest rows that have no place yet to their teams' chains; how many this process joined.

    They are asked for by their having no place and not by their number: a row that is committed late, behind later
    numbers, is found like any other. What is hashed is what the database gives back, which is what a verifier will see.
    """
    rows, joined = list(AuditEvent.objects.filter(chain_seq=None).order_by("pk")[:CHAIN_MOST]), 0
    for team_id in sorted({row.team_id for row in rows}):
        chain, _ = AuditChain.objects.get_or_create(
            team_id=team_id, defaults={"hash": GENESIS, "pruned_hash": GENESIS}
        )
        head = Head(chain.hash, chain.count)
        found = links(head, [row for row in rows if row.team_id == team_id])
        try:
            _join(team_id, head, found)
            joined += len(found)
        except Forked:
            logger.debug("Another process moved the audit chain of team %s.", team_id)
    return joined


@transaction.atomic
def _join(team_id: int, head: Head, found: list[Link]) -> None:
    turn = AuditChain.objects.filter(team_id=team_id, count=head.count, hash=head.hash)
    if not turn.update(count=found[-1].seq, hash=found[-1].hash):
        raise Forked
    values = ", ".join(["(%s, %s, %s, %s)"] * len(found))
    keys = ", ".join(["%s"] * len(found))
    statement = CHAIN_ROWS.format(values=values, keys=keys, table=AuditEvent._meta.db_table)
    told = [value for each in found for value in (each.pk, each.seq, each.previous, each.hash)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*told, *(each.pk for each in found)])
        if cursor.rowcount != len(found):
            raise Forked


@atomic_unit
def prune(team_id: int, days: int) -> int:
    """Forget some of the team's oldest rows, those older than `days`, and leave the anchor; how many. From the front,
    without holes; what has no place in the chain yet stays. The log says that it was done, in the same transaction."""
    chain = AuditChain.objects.filter(team_id=team_id).first()
    if chain is None:
        return 0
    limit = timezone.now() - timedelta(days=days)
    rows = AuditEvent.objects.filter(team_id=team_id, chain_seq__gt=chain.pruned_count).order_by("chain_seq")
    old = list(takewhile(lambda row: row.at < limit, rows[:PRUNE_MOST]))
    if not old:
        return 0
    count, hash = old[-1].chain_seq or 0, old[-1].hash
    turn = AuditChain.objects.filter(team_id=team_id, pruned_count=chain.pruned_count)
    if not turn.update(pruned_count=count, pruned_hash=hash):
        return 0
    AuditEvent.objects.filter(team_id=team_id, chain_seq__lte=count).delete()
    target = Target(team_id, "audit", "audit log")
    told = {"count": count, "hash": hash, "days": days}
    _write(None, Action.PRUNE_AUDIT, target, secrets.token_hex(16), Outcome.SUCCEEDED, told)
    return len(old)
