"""How a connection is used: what has been seen to do harm somewhere is switched on by an admin only."""

from __future__ import annotations

from typing import Any

from computers.actions.allowed import permit
from computers.models import Connection
from dashboard.audit import Target, recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: The switches of a connection, by their column.
SWITCHES = ("streams_commands", "reads_events", "streams_tasks", "attaches_tasks")


def standing(connection: Connection) -> dict[str, bool]:
    """How they stand."""
    return {name: getattr(connection, name) for name in SWITCHES}


async def switch(actor: Actor, connection: Connection, **wanted: bool) -> None:
    """Set switches of `connection`; one that is not named stays."""
    await permit(actor, Action.MANAGE_CONNECTIONS, connection.team_id)
    assert wanted.keys() <= set(SWITCHES)
    target = Target(connection.team_id, f"connection:{connection.pk}", connection.name)
    told: dict[str, Any] = dict(wanted)
    async with recorded(actor, Action.MANAGE_CONNECTIONS, target, **told):
        await _write(connection.pk, wanted)
    for name, on in wanted.items():
        setattr(connection, name, on)


@unit
def _write(pk: int, wanted: dict[str, bool]) -> None:
    Connection.objects.filter(pk=pk).update(**wanted)
