"""What must be true before a verb acts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from computers import leases
from computers.actions.refusal import Refused
from computers.models import Computer
from dashboard.database import unit
from dashboard.permissions import RULES, Action, Actor, Needs, Role, require


@unit
def permit(actor: Actor, action: Action, team_id: int) -> Role:
    """The actor's role, read now; `PermissionDenied` if it does not allow `action`."""
    return require(actor.user, action, team_id)


@unit
def admit(actor: Actor, action: Action, computer: Computer) -> None:
    """Permission, then the lease where `action` needs it, on a computer that is still there; `PermissionDenied` or
    `Refused`. Before whatever a verb does besides its call."""
    _admit(actor, action, computer)


def admission(actor: Actor, action: Action, computer: Computer) -> Callable[[], None]:
    """The same, for a verb that is nothing but its call: asked in the unit that writes the audit's first row."""
    return partial(_admit, actor, action, computer)


def _admit(actor: Actor, action: Action, computer: Computer) -> None:
    require(actor.user, action, computer.connection.team_id)
    if computer.is_gone:
        raise ended(computer)
    if RULES[action].needs is Needs.LEASE and not leases.drives(computer.pk, actor):
        raise not_driving(actor, leases.stands(computer.pk))


def ended(computer: Computer) -> Refused:
    """The refusal for a computer that upstream no longer has."""
    reason = f": {computer.gone_reason}" if computer.gone_reason else ""
    return Refused(f"{computer.label} has ended{reason}.", "gone")


def not_driving(actor: Actor, standing: leases.Standing) -> Refused:
    """The refusal for somebody who does not hold the lease, naming who does."""
    if standing.free:
        return Refused("Take control first: nobody is driving this computer.", "not_driving")
    if standing.holder_id == actor.user.pk:
        return Refused(
            "You are driving this computer from another tab. Take control here first.", "other_tab"
        )
    return Refused(f"{standing.holder} is driving this computer.", "held")
