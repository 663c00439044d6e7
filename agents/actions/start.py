"""Giving work to an agent. The verb leaves a row with its key; the recorder starts it, and audits that it did."""

from __future__ import annotations

from agents import record
from agents.models import Task
from agents.wish import TaskWish
from computers import leases
from computers.actions import control
from computers.actions.allowed import ended, permit
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, Connection
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: Tasks of one start: as many computers as a person can choose and mean.
AT_ONCE = 50


async def start(
    actor: Actor, connection: Connection, wish: TaskWish, computers: list[Computer] | None = None
) -> list[Task]:
    """One task on each of `computers`, or one on a computer of its own. `Refused` names the first
    that cannot, before any is started; only somebody who was quicker than the start is noticed later."""
    await permit(actor, Action.START_TASK, connection.team_id)
    wish = wish.checked()
    if computers is not None and not 0 < len(computers) <= AT_ONCE:
        raise Invalid(f"Choose 1 to {AT_ONCE} computers.", "computers")
    for computer in computers or []:
        await _free(actor, connection, computer)
    rows = [_row(actor, connection, wish, each) for each in (computers or [None])]  # type: ignore[list-item]
    made = []
    for row in rows:
        try:
            made.append(await record.make(row))
        except record.Driven:
            raise Refused("Somebody was quicker and is driving one of the computers.", "held") from None
        except record.Busy as busy:
            raise Refused(
                f"Somebody was quicker: an agent is at work there already: {busy}", "agent_running"
            ) from None
    return made


async def _free(actor: Actor, connection: Connection, computer: Computer) -> None:
    if computer.connection_id != connection.pk:
        raise Invalid(f"{computer.label} belongs to another connection.", "computers")
    if computer.is_gone:
        raise ended(computer)
    standing = await leases.standing(computer.pk)
    if standing.state:
        raise control.busy(actor, standing)
    if not standing.free:
        raise driven(actor, standing, computer.label)
    if (running := await running_on(computer.pk)) is not None:
        raise Refused(f"An agent is at work on {computer.label} already: {running.label}", "agent_running")


def driven(actor: Actor, standing: leases.Standing, label: str) -> Refused:
    """The refusal where a person drives: an agent and a person never do at once, not even the one who sends it."""
    if standing.holder_id == actor.user.pk:
        return Refused(f"You are driving {label}: release control first.", "held")
    return Refused(f"{standing.holder} is driving {label}.", "held")


@unit
def running_on(computer_pk: int) -> Task | None:
    """The task that works there now, as far as it is known; a paused one counts."""
    return Task.objects.unfinished().filter(computer_id=computer_pk).order_by("-pk").first()


def _row(actor: Actor, connection: Connection, wish: TaskWish, computer: Computer | None) -> Task:
    return Task(
        connection=connection,
        computer=computer,
        started_by=actor.user,
        started_by_name=actor.name[:150],
        started_from=actor.address[:64],
        instruction=wish.instruction,
        wish=wish.as_body(computer.upstream_id if computer else ""),
    )
