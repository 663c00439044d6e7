"""Who is in a team, and with which role: never without an owner, never above oneself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections as databases

from computers.models import Computer, ControlLease
from dashboard.models import AuditEvent, Invitation, Membership, Team, User
from dashboard.permissions import Role
from tests.computers.views.conftest import Windows

NASTY = '<script>alert("x")</script>'


def role_of(user: User) -> str:
    return Membership.objects.values_list("role", flat=True).get(user=user, team__slug="home")


def place(user: User, what: str) -> str:
    return f"/team/home/members/{user.pk}/{what}/"


def test_an_admin_gives_roles_up_to_their_own(window: Windows, ada: User, bob: User, alice: User) -> None:
    browser = window(ada)
    for role in ("viewer", "admin", "operator"):
        assert browser.post(place(bob, "role"), {"role": role}).status_code == 302
        assert role_of(bob) == role
    answer = browser.post(place(bob, "role"), {"role": "owner"})
    assert answer.status_code == 409 and b"Only an owner makes" in answer.content
    assert browser.post(place(alice, "role"), {"role": "viewer"}).status_code == 409
    assert browser.post(place(alice, "removal")).status_code == 409
    assert (role_of(bob), role_of(alice)) == ("operator", "owner")
    told = AuditEvent.objects.filter(action="member.manage", outcome="succeeded").earliest("pk")
    assert (told.actor_name, told.target_name) == ("Ada", "Home")


def test_an_admin_cannot_make_themselves_an_owner(window: Windows, ada: User, alice: User) -> None:
    assert window(ada).post(place(ada, "role"), {"role": "owner"}).status_code == 409
    assert role_of(ada) == "admin"


def test_the_last_owner_can_neither_go_nor_step_down(window: Windows, alice: User, ada: User) -> None:
    browser = window(alice)
    for what in ("removal", "role"):
        answer = browser.post(place(alice, what), {"role": "viewer"})
        assert answer.status_code == 409 and b"Alice is the last owner" in answer.content
    assert browser.post(place(ada, "role"), {"role": "owner"}).status_code == 302
    assert browser.post(place(alice, "removal")).status_code == 302
    assert not Membership.objects.filter(user=alice).exists() and role_of(ada) == "owner"


def test_an_owner_whose_account_is_closed_does_not_count(window: Windows, alice: User, ada: User) -> None:
    Membership.objects.filter(user=ada).update(role=Role.OWNER)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert window(alice).post(place(alice, "removal")).status_code == 409


def test_of_two_owners_who_remove_each_other_one_stays(window: Windows, alice: User, ada: User) -> None:
    Membership.objects.filter(user=ada).update(role=Role.OWNER)

    def remove(pair: tuple[User, User]) -> int:
        try:
            return window(pair[0]).post(place(pair[1], "removal")).status_code
        finally:
            databases.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, [(alice, ada), (ada, alice)]))
    assert Membership.objects.filter(team__slug="home", role=Role.OWNER).count() == 1


def test_anybody_may_leave(window: Windows, alice: User, vera: User) -> None:
    assert b"Leave Home?" in window(vera).get(place(vera, "removal")).content
    assert window(vera).post(place(vera, "removal")).status_code == 302
    assert not Membership.objects.filter(user=vera).exists()
    assert AuditEvent.objects.latest("pk").action == "member.leave"


@pytest.mark.parametrize("how", ["removal", "role"])
def test_who_may_drive_no_more_frees_what_they_drive_and_their_links(
    window: Windows, alice: User, bob: User, computer: Computer, team: Team, how: str
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", epoch=3)
    window(bob).post("/team/home/invitations/", {"role": "admin", "days": "7"})
    assert window(alice).post(place(bob, how), {"role": "viewer"}).status_code == 302
    lease = ControlLease.objects.get()
    assert (lease.holder, lease.epoch) == (None, 4)
    assert not Invitation.objects.open().exists(), "a link made before would be a way back in"


def test_names_are_text_wherever_they_stand(window: Windows, alice: User, bob: User, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(name=NASTY)
    User.objects.filter(pk=bob.pk).update(first_name=NASTY)
    browser = window(alice)
    for address in ("/team/home/", place(bob, "removal"), place(alice, "removal"), "/accounts/"):
        assert b"<script>alert" not in browser.get(address).content
    made = browser.post("/team/home/invitations/", {"role": "viewer", "days": "1"}).content
    assert b"<script>alert" not in made
    assert b"<script>alert" not in browser.post(place(bob, "role"), {"role": "viewer"}, follow=True).content


def test_a_team_is_made_by_whoever_owns_one(window: Windows, alice: User, bob: User) -> None:
    browser = window(alice)
    assert browser.post("/team/new/", {"name": "Night shift"})["Location"] == "/team/night-shift/"
    assert browser.post("/team/new/", {"name": "Night shift"})["Location"].startswith("/team/night-shift-")
    assert browser.post("/team/new/", {"name": "new"})["Location"].startswith("/team/new-")
    assert browser.post("/team/new/", {"name": "北京"})["Location"].startswith("/team/team")
    for name in ("", " ", "x" * 81, "a\nb"):
        assert browser.post("/team/new/", {"name": name}).status_code == 422
    assert b"Night shift" in browser.get("/team/").content
    assert window(bob).post("/team/new/", {"name": "Mine"}).status_code == 403
    assert Membership.objects.filter(user=alice, role=Role.OWNER).count() == 5


def test_an_owner_renames_it_and_its_address_stays(window: Windows, alice: User) -> None:
    assert window(alice).post("/team/home/settings/", {"name": "Harbour"}).status_code == 302
    assert Team.objects.get(slug="home").name == "Harbour"
    answer = window(alice).post("/team/home/settings/", {"name": " "})
    assert answer.status_code == 422 and b"Give the team a name" in answer.content
