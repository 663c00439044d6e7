"""One of everything that a team has, and browsers in which people are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Task, Template
from computers.models import Computer, Connection, Kind, Macro, TimelineEvent
from dashboard.models import Invitation, Membership, Team, User
from tests.computers.views.conftest import window

__all__ = ["window"]

Ids = dict[str, Any]
STEPS = '[{"type":"wait","ms":5}]'


def everything_of(team: Team, connection: Connection, computer: Computer, name: str) -> Ids:
    """The ids of one of each, all called `name`."""
    task = Task.objects.create(
        connection=connection, computer=computer, instruction=name, wish={"instruction": name}
    )
    macro = Macro.objects.create(team=team, name=name, steps=STEPS)
    Template.objects.create(team=team, name=name, fields={"instruction": name})
    TimelineEvent.objects.create(
        computer=computer, number=1, kind=Kind.ACTION, sentence=name, actor_name=name, request={name: name}
    )
    member = User.objects.create_user(f"member-of-{team.slug}", first_name=name[:30])
    Membership.objects.create(user=member, team=team, role="viewer")
    soon = timezone.now() + timedelta(days=1)
    invitation = Invitation.objects.create(team=team, token_hash=f"x{team.pk}", expires_at=soon)
    return {
        "computer": computer.public_id,
        "connection": connection.pk,
        "task": task.public_id,
        "macro": macro.pk,
        "member": member.pk,
        "invitation": invitation.pk,
    }


@pytest.fixture
def ours(team: Team, connection: Connection, computer: Computer) -> Ids:
    """One of each of the team Home."""
    return everything_of(team, connection, computer, "Ours-7531")


@pytest.fixture
def theirs(charlie: User) -> Ids:
    """One of each of Charlie's team."""
    team = charlie.teams.get()
    connection = Connection.objects.create(
        team=team, name="Theirs", base_url="http://127.0.0.1:9", api_key="sk_theirs", kinds=["browser"]
    )
    computer = Computer.objects.create(
        connection=connection, upstream_id="comp_theirs", name="theirs-1", status="running"
    )
    return everything_of(team, connection, computer, "Theirs-7531")
