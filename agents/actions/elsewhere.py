"""A task that others started, through the API or another tool: known by its id, if a person has it.

The service lists no tasks and names none beside a computer, so without an id nothing can be paused; with it everything
but the steps is there.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from agents import record
from agents.actions import start, steering
from agents.models import Task
from agents.record import GAP, Noted
from computers import leases
from computers.actions import control
from computers.actions.allowed import ended, permit
from computers.actions.refusal import Invalid, Refused
from computers.connections import client_of
from computers.models import Computer, Kind, TimelineEvent
from computers.upstream import errors
from computers.wire.tasks import ID_LIMIT, TaskStatus
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: What others did is worth telling for so long, seconds.
LATELY = 60.0
UNSEEN = "It was started elsewhere: its steps cannot be seen here, only its status."


async def adopt(actor: Actor, computer: Computer, upstream_id: str) -> Task:
    """A row for the task with that id, from now on known to work there; the one there is already, if any. `Invalid`
    for an id that the service does not know."""
    await permit(actor, Action.ADOPT_TASK, computer.connection.team_id)
    upstream_id = upstream_id.strip()
    if not upstream_id or len(upstream_id) > ID_LIMIT or not upstream_id.isprintable():
        raise Invalid("Enter the id that its service gave the task.", "task_id")
    if computer.is_gone:
        raise ended(computer)
    if (known := await _known(computer.connection_id, upstream_id)) is not None:
        return known
    standing = await leases.standing(computer.pk)
    if standing.state:
        raise control.busy(actor, standing)
    if not standing.free:
        raise start.driven(actor, standing, computer.label)
    async with recorded(actor, Action.ADOPT_TASK, computer.as_target(), task=upstream_id):
        status = await _status(computer, upstream_id)
        task = Task(
            connection=computer.connection,
            computer=computer,
            upstream_id=upstream_id,
            upstream_word=status.word,
            state=status.state or "running",
            sent_at=timezone.now(),
            instruction=f"Started elsewhere: {upstream_id}",
            elsewhere=True,
        )
        try:
            await record.make(task)
        except (record.Driven, record.Busy) as why:
            raise Refused(f"Somebody was quicker here: {why}", "held") from None
        await record.note(task.pk, Noted(GAP, UNSEEN, True), gaps=1)
    found = await _known(computer.connection_id, upstream_id)
    assert found is not None
    return found


@unit
def others_lately(computer_pk: int) -> TimelineEvent | None:
    """The last thing that nobody of ours did there, if that is not long ago."""
    since = timezone.now() - timedelta(seconds=LATELY)
    rows = TimelineEvent.objects.filter(
        computer_id=computer_pk, kind=Kind.UPSTREAM, actor_name="", at__gte=since
    )
    return rows.order_by("-number").first()


async def _status(computer: Computer, upstream_id: str) -> TaskStatus:
    async with client_of(await steering.with_key(computer.connection_id)) as client:
        try:
            status = await client.task(upstream_id)
        except errors.Gone:
            raise Invalid(
                "The service of this computer does not know a task with this id.", "task_id"
            ) from None
    if status.is_over:
        raise Refused(f"That task is over: {status.word}. You can take control.", "over")
    if status.computer_id and status.computer_id != computer.upstream_id:
        raise Invalid("That task works on another computer.", "task_id")
    return status


@unit
def _known(connection_id: int, upstream_id: str) -> Task | None:
    rows = Task.objects.select_related("connection__team", "computer").defer("connection__api_key")
    return rows.filter(connection_id=connection_id, upstream_id=upstream_id).first()
