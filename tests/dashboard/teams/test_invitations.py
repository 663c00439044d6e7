"""A link makes one member, once, for a while; whoever has an old one has nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections as databases
from django.test import Client
from django.utils import timezone

from dashboard.models import AuditEvent, Invitation, Membership, Team, User
from tests.computers.views.conftest import Windows

ACCOUNT = {
    "username": "dora",
    "name": "Dora",
    "email": "dora@lightdeck.example",
    "password": "quite unlikely words",
}


def link(browser: Client, **asked: str) -> str:
    """A new invitation's path."""
    answer = browser.post("/team/home/invitations/", {"role": "operator", "days": "7", **asked})
    found = re.search(r'value="http://testserver(/invitations/[^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def come(path: str, browser: Client | None = None) -> Client:
    """A browser that has followed the link."""
    browser = browser or Client()
    assert browser.get(path)["Location"] == "/invitation/"
    return browser


def test_a_stranger_signs_up_through_it_and_is_in(window: Windows, alice: User, team: Team) -> None:
    path = link(window(alice))
    browser = come(path)
    assert b"Join Home" in browser.get("/invitation/").content
    assert browser.post("/invitation/", ACCOUNT)["Location"] == "/"
    dora = User.objects.get(username="dora")
    assert dora.role_in(team.pk) == "operator" and dora.check_password(ACCOUNT["password"])
    assert browser.get("/").status_code == 200
    assert b"(this browser)" in browser.get("/accounts/").content
    told = AuditEvent.objects.filter(action="member.join").latest("pk")
    assert (told.actor_name, told.outcome) == ("Dora", "succeeded")
    assert path.split("/")[2] not in "".join(str(row.detail) for row in AuditEvent.objects.all())


def test_only_its_hash_is_kept_and_it_is_shown_once(window: Windows, alice: User) -> None:
    browser = window(alice)
    token = link(browser).split("/")[2]
    assert len(token) >= 40 and not Invitation.objects.filter(token_hash__contains=token).exists()
    assert token not in browser.get("/team/home/").content.decode()


def test_somebody_with_an_account_joins_with_it(
    window: Windows, alice: User, charlie: User, team: Team
) -> None:
    browser = come(link(window(alice), role="viewer"), window(charlie))
    assert b"Join as Charlie" in browser.get("/invitation/").content
    assert browser.post("/invitation/")["Location"] == "/"
    assert charlie.role_in(team.pk) == "viewer" and charlie.teams.count() == 2


def test_used_revoked_and_expired_ones_are_worth_nothing(window: Windows, alice: User, charlie: User) -> None:
    owner = window(alice)
    used, revoked, expired = link(owner), link(owner), link(owner)
    early = [come(path) for path in (used, revoked, expired)]
    come(used, stranger := window(charlie))
    stranger.post("/invitation/")
    owner.post(f"/team/home/invitations/{Invitation.objects.order_by('pk')[1].pk}/revocation/")
    Invitation.objects.filter(pk=Invitation.objects.order_by("pk")[2].pk).update(expires_at=timezone.now())
    for path, browser in zip((used, revoked, expired), early, strict=True):
        assert Client().get(path).status_code == 410
        assert browser.get("/invitation/").status_code == 410
        assert browser.post("/invitation/", ACCOUNT).status_code == 410
    assert not User.objects.filter(username="dora").exists()


def test_of_many_who_use_one_link_at_once_one_gets_in(window: Windows, alice: User, team: Team) -> None:
    path = link(window(alice))
    browsers = [come(path) for _ in range(4)]

    def sign_up(number: int) -> int:
        try:
            wish = {**ACCOUNT, "username": f"dora{number}", "email": f"dora{number}@lightdeck.example"}
            return browsers[number].post("/invitation/", wish).status_code
        finally:
            databases.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(sign_up, range(4)))
    assert found[0] == 302 and set(found[1:]) <= {409, 410}
    assert User.objects.filter(username__startswith="dora").count() == 1
    assert team.memberships.count() == 2


def test_one_for_an_address_is_for_nobody_else(
    window: Windows, alice: User, charlie: User, team: Team
) -> None:
    browser = come(link(window(alice), email="Dora@Lightdeck.example"), window(charlie))
    answer = browser.post("/invitation/")
    assert answer.status_code == 409 and b"for another address" in answer.content
    stranger = come(link(window(alice), email="eve@lightdeck.example"))
    stranger.post("/invitation/", ACCOUNT)
    assert User.objects.get(username="dora").email == "eve@lightdeck.example"


def test_a_member_uses_none_up(window: Windows, alice: User, bob: User) -> None:
    browser = come(link(window(alice), role="admin"), window(bob))
    answer = browser.post("/invitation/")
    assert answer.status_code == 409 and b"You are in Home already" in answer.content
    assert Invitation.objects.open().count() == 1 and Membership.objects.get(user=bob).role == "operator"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": ""}, "This field cannot be blank"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": "ALICE"}, "That name is taken"),
        ({"email": "nonsense"}, "Enter a valid email"),
        ({"email": "ALICE@lightdeck.example"}, "There is an account with this address"),
        ({"password": "short"}, "too short"),
        ({"password": "password123"}, "too common"),
        ({"password": "dora@lightdeck"}, "too similar"),
    ],
)
def test_a_wrong_account_is_not_made_and_uses_nothing_up(
    window: Windows, alice: User, changes: dict[str, Any], said: str
) -> None:
    browser = come(link(window(alice)))
    answer = browser.post("/invitation/", {**ACCOUNT, **changes})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert ACCOUNT["password"] not in answer.content.decode()
    assert Invitation.objects.open().count() == 1 and User.objects.count() == 1


def test_what_cannot_be_offered_is_said(window: Windows, alice: User, ada: User) -> None:
    browser = window(ada)
    for asked, said in (
        ({"role": "owner"}, b"Only an owner invites an owner"),
        ({"role": "god"}, b"Choose a role"),
        ({"days": "3650"}, b"Choose how long"),
        ({"email": "nonsense"}, b"not an email address"),
    ):
        answer = browser.post("/team/home/invitations/", {"role": "viewer", "days": "7", **asked})
        assert answer.status_code in (409, 422) and said in answer.content
    assert not Invitation.objects.exists()
    assert link(window(alice), role="owner")


def test_guessing_is_limited(transactional_db: None) -> None:
    browser = Client()
    found = [browser.get(f"/invitations/guess-{number}/").status_code for number in range(40)]
    assert found[0] == 410 and found[-1] == 429


def test_old_ones_are_not_listed(window: Windows, alice: User) -> None:
    browser = window(alice)
    link(browser)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert b"No invitation is open" in browser.get("/team/home/").content
