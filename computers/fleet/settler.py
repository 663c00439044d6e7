"""The service that tells the end of calls whose process died: nobody else can, and no more is known than that they
were made."""

from __future__ import annotations

from datetime import timedelta

from computers import records, timeline
from computers.models import Computer, Kind
from computers.upstream.client import LONGEST_CALL
from dashboard import audit
from dashboard.background import Sweeper
from dashboard.database import unit
from dashboard.models import AuditEvent, Outcome
from dashboard.permissions import Action

#: Between two looks, seconds.
LOOK_EVERY = 60.0
#: No call but the slow ones is under way for longer: its own deadline, a picture fetched, what is pressed released.
QUICK = timedelta(minutes=10)
#: A command may run for an hour, and a batch's pictures are fetched one after the other.
SLOW = timedelta(seconds=LONGEST_CALL) + QUICK
SLOW_ACTIONS = frozenset({Action.EXEC, Action.DEBUG, Action.BATCH, Action.RUN_MACRO})

WHY = "the process that made this call ended before its answer came"
KINDS = {
    "tab": Kind.TAB,
    "control": Kind.CONTROL,
    Action.EXEC: Kind.COMMAND,
    Action.DEBUG: Kind.COMMAND,
    Action.TERMINATE: Kind.MACHINE,
    Action.KEEP_ALIVE: Kind.MACHINE,
    Action.HOLD_OPEN: Kind.MACHINE,
}


class Settler(Sweeper):
    """Run any number of these: each end is written once."""

    every = LOOK_EVERY

    async def sweep(self) -> None:
        """Settle all whose time is over. The timeline comes first: its entries have keys, so whoever dies between the
        two is repeated and nothing is told twice."""
        more = True
        while more:
            found = await audit.unfinished(QUICK, SLOW, SLOW_ACTIONS)
            for row in found.rows:
                await _tell(row)
            await timeline.WRITER.flush()
            more = await audit.end_unfinished(found, f"{WHY[0].upper()}{WHY[1:]}.") and found.is_full


async def _tell(row: AuditEvent) -> None:
    computer = await _computer(row)
    if computer is None:
        return
    if row.action == Action.TERMINATE:
        # It lives: whatever ends it later, it was not this.
        await records.note_not_terminated(computer.pk)
    group, _, word = row.action.partition(".")
    entry = timeline.Entry(
        KINDS.get(row.action, KINDS.get(group, Kind.ACTION)),
        f"{word.replace('_', ' ')}: {WHY}",
        at=row.at,
        outcome=Outcome.UNKNOWN,
        request=row.detail or None,
        key=f"unfinished {row.action_id}",
        named=(row.actor_id_copy, row.actor_name if row.actor_id_copy else ""),
    )
    timeline.note(computer.pk, computer.public_id, entry)


@unit
def _computer(row: AuditEvent) -> Computer | None:
    return Computer.objects.filter(public_id=row.target_id, connection__team_id=row.team_id).first()
