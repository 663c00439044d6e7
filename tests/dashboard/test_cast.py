"""The cast stands as the other tests expect it."""

from computers.models import Computer
from dashboard.models import User
from dashboard.permissions import Role


def test_each_of_the_cast_has_the_role_of_the_house(
    alice: User, bob: User, vera: User, charlie: User
) -> None:
    team = alice.teams.get()
    roles = [user.role_in(team.pk) for user in (alice, bob, vera, charlie)]
    assert roles == [Role.OWNER, Role.OPERATOR, Role.VIEWER, None]


def test_a_stranger_sees_none_of_the_teams_computers(computer: Computer, charlie: User, vera: User) -> None:
    assert list(Computer.objects.visible_to(vera)) == [computer]
    assert not Computer.objects.visible_to(charlie).exists()
