"""Somebody joins a team while their wall is open: it connects anew, and finds the team's computers."""

from __future__ import annotations

from computers.models import Computer
from dashboard.database import unit
from dashboard.models import Membership, Team, User
from dashboard.permissions import Role
from dashboard.sockets import Close
from tests.support.sockets import sign_in

from .conftest import wall


async def test_who_joins_a_team_connects_anew(vera: User, computer: Computer) -> None:
    session = await sign_in(vera)
    async with wall(session) as socket:
        await socket.next_of("versions")
        await _join(vera)
        assert await socket.code() == Close.AGAIN
    async with wall(session) as socket:
        assert f"computer:{computer.public_id}" in (await socket.next_of("versions"))["versions"]


@unit
def _join(user: User) -> None:
    other = Team.objects.create(name="Others", slug="others")
    Membership.objects.create(user=user, team=other, role=Role.VIEWER)
