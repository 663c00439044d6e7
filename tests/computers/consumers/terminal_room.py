"""People at their terminals of one computer."""

from __future__ import annotations

from typing import Any

from computers import records
from computers.models import Computer
from dashboard import live
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.permissions import Role
from tests.computers.consumers.conftest import Room
from tests.support.commands import line
from tests.support.sockets import sign_in
from tests.support.terminals import consumer_terminal

DONE = line("exit", code=0)


@unit
def streams(computer: Computer, on: bool) -> None:
    computer.connection.streams_commands = on
    computer.connection.save()


async def enter(room: Room, user: User, *, streamed: bool = True) -> Any:
    """`async with await enter(room, bob) as terminal:`"""
    await streams(room.computer, streamed)
    return consumer_terminal(room.computer.public_id, await sign_in(user))


@unit
def become(user: User, role: Role | None) -> None:
    """News of it are published, as the team's page would."""
    membership = Membership.objects.get(user=user)
    if role is None:
        membership.delete()
    else:
        membership.role = role
        membership.save()
    live.publish_on_commit(live.user_group(user.pk), live.AUTHORITY)


async def gone(computer: Computer) -> None:
    await records.mark_gone(computer.connection_id, computer.upstream_id)
