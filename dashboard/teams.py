"""A team found through the person who asks."""

from __future__ import annotations

from dashboard.database import unit
from dashboard.models import Team, User
from dashboard.permissions import Action, Role, allowed


@unit
def find_team(user: User, slug: str, action: Action) -> tuple[Team, Role]:
    """The team and the person's role there: `DoesNotExist` for a stranger, `PermissionDenied` for a role that may
    not."""
    team = Team.objects.get(slug=slug, memberships__user=user)
    role = user.role_in(team.pk)
    return team, allowed(role, action)


@unit
def own_team(user: User, slug: str) -> Team:
    """A team that the person is in, whatever they may do there now: for leaving it."""
    return Team.objects.get(slug=slug, memberships__user=user)
