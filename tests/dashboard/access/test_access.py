"""The audit log's addresses × nobody, a stranger and every role; and /accounts/, where everything is one's own."""

from __future__ import annotations

import pytest
from django.test import Client

from dashboard.models import Membership, Team, User
from dashboard.permissions import Role
from dashboard.urls import urlpatterns as every
from tests.computers.views.conftest import Windows
from tests.support.addresses import ACCOUNTS, patterns

urlpatterns = [each for each in every if str(getattr(each, "name", "")).startswith("audit")]

#: (address name, method) → status for nobody, a stranger (who reads their own), viewer, operator, admin, owner.
MATRIX = {
    ("audit", "get"): (302, 200, 403, 403, 200, 200),
    ("audit_export", "get"): (302, 200, 403, 403, 200, 200),
}
PLACES = {"audit": "/audit/", "audit_export": "/audit/export/csv/"}
#: What somebody may see who has not signed in: how to, and what became of it.
PUBLIC = {
    *("account_login", "account_signup", "account_inactive", "openid_connect_login"),
    *("openid_connect_callback", "socialaccount_login_cancelled"),
}


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_each_role_gets_what_the_matrix_says(
    window: Windows, team: Team, alice: User, bob: User, vera: User, charlie: User, name: str, method: str
) -> None:
    ada = User.objects.create_user("ada")
    Membership.objects.create(user=ada, team=team, role=Role.ADMIN)
    browsers = [Client(), *map(window, (charlie, vera, bob, ada, alice))]
    assert tuple(getattr(each, method)(PLACES[name]).status_code for each in browsers) == MATRIX[name, method]


def test_below_accounts_everything_but_signing_in_is_for_people(transactional_db: None) -> None:
    seen = set()
    for route, pattern in patterns():
        if not route.startswith(ACCOUNTS):
            continue
        address = "/" + route.replace("<int:pk>", "1").replace("<str:provider_id>", "nobodys")
        assert "<" not in address, f"{route} takes something that this test does not know"
        for method in ("get", "post"):
            answer = getattr(Client(), method)(address)
            led_away = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            if pattern.name in PUBLIC:
                seen.add(pattern.name)
                assert answer.status_code < 500
            else:
                assert led_away or answer.status_code == 405, (route, method, answer.status_code)
    assert seen == PUBLIC
