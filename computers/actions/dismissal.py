"""Somebody who may drive in a team no more: whatever they drive there is free at once, not after a silence."""

from __future__ import annotations

from computers.actions import control
from computers.models import ControlLease
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor


async def dismiss(user: User, team_id: int, why: str) -> None:
    """Release what they hold of the team's computers, from whichever tab."""
    for lease in await _held(user.pk, team_id):
        await control.release(Actor(user, lease.client), lease.computer, why)


@unit
def _held(user_id: int, team_id: int) -> list[ControlLease]:
    rows = ControlLease.objects.filter(holder_id=user_id, computer__connection__team_id=team_id)
    return list(rows.select_related("holder", "computer__connection__team"))
