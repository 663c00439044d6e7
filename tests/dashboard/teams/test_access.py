"""Every address of a team and of an account × nobody, a stranger and every role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from computers.models import Connection
from dashboard.models import Invitation, Team, User
from dashboard.views.team.urls import urlpatterns
from tests.computers.views.conftest import Windows

#: Nobody, a stranger, a viewer, an operator, an admin, the owner. 302: done, or sent to sign in.
MATRIX = {
    ("teams", "get"): (302, 302, 302, 302, 302, 302),
    ("new", "get"): (302, 200, 403, 403, 403, 200),
    ("new", "post"): (302, 422, 403, 403, 403, 422),
    ("page", "get"): (302, 404, 200, 200, 200, 200),
    ("settings", "post"): (302, 404, 403, 403, 403, 422),
    ("member_role", "post"): (302, 404, 403, 403, 422, 422),
    ("member_removal", "get"): (302, 404, 403, 403, 200, 200),
    ("member_removal", "post"): (302, 404, 403, 403, 302, 302),
    ("invitation_new", "post"): (302, 404, 403, 403, 409, 409),
    ("invitation_revocation", "post"): (302, 404, 403, 403, 302, 302),
    ("invitation_link", "get"): (410, 410, 410, 410, 410, 410),
    ("invitation", "get"): (410, 410, 410, 410, 410, 410),
    ("invitation", "post"): (410, 410, 410, 410, 410, 410),
}
PLACES = {
    "teams": "/team/",
    "new": "/team/new/",
    "page": "/team/home/",
    "settings": "/team/home/settings/",
    "member_role": "/team/home/members/{member}/role/",
    "member_removal": "/team/home/members/{member}/removal/",
    "invitation_new": "/team/home/invitations/",
    "invitation_revocation": "/team/home/invitations/{invitation}/revocation/",
    "invitation_link": "/invitations/no-such-token/",
    "invitation": "/invitation/",
}
#: The same for everything of an admin that is at another place, with an admin and the owner.
CONNECTIONS = {
    ("new/", "get"): (302, 404, 403, 403, 200, 200),
    ("new/", "post"): (302, 404, 403, 403, 422, 422),
    ("{connection}/", "get"): (302, 404, 403, 403, 200, 200),
    ("{connection}/", "post"): (302, 404, 403, 403, 422, 422),
    ("{connection}/test/", "post"): (302, 404, 403, 403, 302, 302),
    ("{connection}/removal/", "get"): (302, 404, 403, 403, 200, 200),
    ("{connection}/removal/", "post"): (302, 404, 403, 403, 422, 422),
}


@pytest.fixture
def member(team: Team) -> User:
    """Somebody to change."""
    user = User.objects.create_user("dora", "dora@lightdeck.example", first_name="Dora")
    user.memberships.create(team=team, role="operator")
    return user


@pytest.fixture
def people(window: Windows, charlie: User, vera: User, bob: User, ada: User, alice: User) -> list[Client]:
    return [Client(), *map(window, (charlie, vera, bob, ada, alice))]


def statuses(people: list[Client], method: str, address: str) -> list[int]:
    return [getattr(browser, method)(address).status_code for browser in people]


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PLACES) == {name for name, _ in MATRIX}


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_each_role_gets_what_the_matrix_says(
    people: list[Client], team: Team, member: User, name: str, method: str
) -> None:
    soon = timezone.now() + timedelta(days=1)
    made = Invitation.objects.create(team=team, token_hash="x", expires_at=soon)
    address = PLACES[name].format(member=member.pk, invitation=made.pk)
    if (name, method) == ("member_removal", "post"):
        # Whoever comes last finds nobody to remove: the owner alone, then the admin with a member of her own.
        found = statuses(people[:5], method, address)
        member.memberships.create(team=team, role="operator")
        assert (*found, *statuses(people[5:], method, address)) == MATRIX[name, method]
    else:
        assert tuple(statuses(people, method, address)) == MATRIX[name, method]


@pytest.mark.parametrize(("rest", "method"), CONNECTIONS)
def test_connections_are_an_admins(
    people: list[Client], connection: Connection, rest: str, method: str
) -> None:
    address = f"/team/home/connections/{rest.format(connection=connection.pk)}"
    assert tuple(statuses(people, method, address)) == CONNECTIONS[rest, method]


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/",
        "/accounts/password/change/",
        "/accounts/password/set/",
        "/accounts/reauthenticate/",
        "/accounts/second-factor/",
        "/accounts/second-factor/totp/activate/",
        "/accounts/second-factor/totp/deactivate/",
        "/accounts/second-factor/webauthn/",
        "/accounts/second-factor/webauthn/add/",
        "/accounts/second-factor/recovery-codes/",
        "/accounts/second-factor/recovery-codes/generate/",
        "/accounts/second-factor/recovery-codes/download/",
        "/accounts/second-factor/authenticate/",
        "/accounts/second-factor/reauthenticate/",
    ],
)
def test_an_account_is_ones_own(transactional_db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", ["/accounts/sessions/1/end/", "/accounts/sessions/end-others/"])
def test_ending_sessions_is_for_people(transactional_db: None, address: str) -> None:
    assert Client().post(address)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "address", ["/team/home/settings/", "/team/home/invitations/", "/accounts/sessions/end-others/"]
)
def test_a_form_without_its_token_does_nothing(alice: User, address: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(address, {"name": "Taken over", "role": "viewer", "days": "7"}).status_code == 403
    assert Team.objects.get().name == "Home" and not Invitation.objects.exists()


def test_ids_of_another_team_are_not_found(
    window: Windows, team: Team, alice: User, bob: User, charlie: User
) -> None:
    soon = timezone.now() + timedelta(days=1)
    made = Invitation.objects.create(team=team, token_hash="x", expires_at=soon)
    browser = window(charlie)
    for address in (
        f"/team/elsewhere/members/{bob.pk}/role/",
        f"/team/elsewhere/members/{bob.pk}/removal/",
        f"/team/elsewhere/invitations/{made.pk}/revocation/",
        f"/team/elsewhere/members/{2**64}/removal/",
        f"/team/elsewhere/invitations/{2**64}/revocation/",
    ):
        assert browser.post(address, {"role": "viewer"}).status_code == 404, address
    made.refresh_from_db()
    assert made.revoked_at is None and bob.role_in(team.pk) == "operator"
