"""The first owner, the first team, and the connection that `make run` was started with."""

from __future__ import annotations

import secrets

from django.db import transaction

from computers.models import Connection
from dashboard import env
from dashboard.models import Membership, Team, User
from dashboard.permissions import Role
from dashboard.supervisor.plan import Upstream

OWNER_NAME = "owner"
TEAM_NAME = "Home"
PASSWORD_BYTES = 12


@transaction.atomic
def ensure_owner() -> str:
    """Make an owner and a team unless there is an owner; returns what to tell the person, once."""
    if Membership.objects.filter(role=Role.OWNER).exists():
        return ""
    name = env.owner_name() or OWNER_NAME
    given = env.owner_password()
    password = given or secrets.token_urlsafe(PASSWORD_BYTES)
    user, _ = User.objects.get_or_create(username=name, defaults={"email": env.owner_email()})
    user.set_password(password)
    user.save()
    team, _ = Team.objects.get_or_create(slug=TEAM_NAME.lower(), defaults={"name": TEAM_NAME})
    Membership.objects.update_or_create(user=user, team=team, defaults={"role": Role.OWNER})
    if given:
        return f"The first owner is {name}, with the password you set."
    return f"The first owner is {name}, password {password} (shown only this once)."


@transaction.atomic
def ensure_connection(upstream: Upstream) -> None:
    """Point the first team's connection of that name at `upstream`, writing only what changed."""
    team = Team.objects.order_by("pk")[0]
    connection = Connection.objects.filter(team=team, name=upstream.name).first() or Connection(
        team=team,
        name=upstream.name,
        streams_commands=upstream.streams_safely,
        reads_events=upstream.streams_safely,
        attaches_tasks=upstream.streams_safely,
    )
    wanted = {"base_url": upstream.base_url, "api_key": upstream.api_key, "kinds": list(upstream.kinds)}
    if connection.pk and all(getattr(connection, field) == value for field, value in wanted.items()):
        return
    for field, value in wanted.items():
        setattr(connection, field, value)
    connection.save()
