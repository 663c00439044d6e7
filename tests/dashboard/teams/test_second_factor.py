"""A second factor: asked for at sign-in, required by a team that says so, its secrets encrypted."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from computers.consumers.fleet import FleetConsumer
from computers.models import Computer
from dashboard.database import unit
from dashboard.models import AuditEvent, Membership, Team, User
from tests.computers.views.conftest import HTMX, Windows
from tests.conftest import PASSWORD
from tests.dashboard.teams.conftest import SignIn, code, is_signed_in, with_app
from tests.support import sockets

SETUP = "/accounts/second-factor/"


def set_up(browser: Client) -> None:
    """As a person does it: confirm the password, scan the secret, type the code."""
    page = browser.get(f"{SETUP}totp/activate/", follow=True)
    if b"Confirm that it is you" in page.content:
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = browser.get(f"{SETUP}totp/activate/")
    secret = re.search(r'id="secret"[^>]*value="(\w+)"', page.content.decode())
    assert secret
    answer = browser.post(f"{SETUP}totp/activate/", {"code": code(secret[1])})
    assert answer.status_code == 302


def test_it_is_set_up_with_an_app_and_then_asked_for(sign_in: SignIn, bob: User) -> None:
    browser = sign_in("bob")
    set_up(browser)
    assert bob.has_second_factor()
    codes = browser.get(f"{SETUP}recovery-codes/").content.decode()
    assert len(re.findall(r"\b\d{8}\b", codes)) == 10
    again = sign_in("bob")
    assert not is_signed_in(again), "a password alone is not enough any more"
    assert b"Second factor" in again.get(f"{SETUP}authenticate/").content


def test_a_code_signs_in_once_and_a_wrong_one_never(sign_in: SignIn, bob: User) -> None:
    with_app(bob)
    now = code()
    assert not is_signed_in(sign_in("bob", code="000000" if now != "000000" else "111111"))
    assert is_signed_in(sign_in("bob", code=now))
    assert not is_signed_in(sign_in("bob", code=now)), "a code that was seen over a shoulder"


def test_guessing_codes_is_stopped(bob: User) -> None:
    with_app(bob)
    browser = Client()
    browser.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    for number in range(6):
        browser.post(f"{SETUP}authenticate/", {"code": f"{number:06}"})
    browser.post(f"{SETUP}authenticate/", {"code": code()})
    assert not is_signed_in(browser)


def test_a_recovery_code_signs_in_once(sign_in: SignIn, bob: User) -> None:
    browser = sign_in("bob")
    set_up(browser)
    first = re.findall(r"\b\d{8}\b", browser.get(f"{SETUP}recovery-codes/").content.decode())[0]
    assert is_signed_in(sign_in("bob", code=first))
    assert not is_signed_in(sign_in("bob", code=first))


def test_its_secrets_are_encrypted_and_rotate(sign_in: SignIn, bob: User, settings: Settings) -> None:
    set_up(sign_in("bob"))
    stored = Authenticator.objects.get(user=bob, type="totp").data["secret"]
    assert stored.startswith("gAAAA")
    fresh = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [fresh, *settings.FIELD_ENCRYPTION_KEYS]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [fresh]
    codes = Authenticator.objects.get(user=bob, type="recovery_codes").wrap().get_unused_codes()
    assert (
        len(codes) == 10
        and Authenticator.objects.get(user=bob, type="totp").wrap().validate_code("x") is False
    )


@pytest.fixture
def strict(team: Team) -> Team:
    """The team requires one."""
    Team.objects.update(requires_second_factor=True)
    return team


def test_whoever_has_none_is_led_to_set_one_up_before_anything_opens(
    sign_in: SignIn, bob: User, strict: Team, computer: Computer
) -> None:
    browser = sign_in("bob")
    for address in ("/", "/tasks/", "/macros/", "/team/home/", f"/computers/{computer.public_id}/"):
        assert browser.get(address)["Location"] == SETUP, address
    answer = browser.post(f"/computers/{computer.public_id}/navigation/", {"url": "x"}, headers=HTMX)
    assert answer["HX-Redirect"] == SETUP
    page = browser.get(SETUP).content.decode()
    assert "<strong>Home</strong> requires a second factor" in page
    set_up(browser)
    assert browser.get("/").status_code == 200


def test_whoever_does_not_want_one_may_leave(sign_in: SignIn, bob: User, strict: Team) -> None:
    browser = sign_in("bob")
    assert browser.post(f"/team/home/members/{bob.pk}/removal/").status_code == 302
    assert browser.get("/").status_code == 200 and not Membership.objects.filter(user=bob).exists()


def test_a_role_is_worth_nothing_without_it(bob: User, strict: Team) -> None:
    assert bob.role_in(strict.pk) is None
    with_app(bob)
    assert bob.role_in(strict.pk) == "operator"


def test_the_last_one_cannot_be_taken_away_while_a_team_requires_it(
    sign_in: SignIn, bob: User, strict: Team
) -> None:
    browser = sign_in("bob")
    set_up(browser)
    page = browser.get(f"{SETUP}totp/deactivate/")
    assert b"A team of yours requires a second factor" in page.content
    browser.post(f"{SETUP}totp/deactivate/")
    assert bob.has_second_factor()


def test_an_owner_without_one_does_not_shut_themselves_out(window: Windows, alice: User, bob: User) -> None:
    asked = {"name": "Home", "second_factor": "on"}
    answer = window(alice).post("/team/home/settings/", asked)
    assert answer.status_code == 409 and b"Set up a second factor of your own first" in answer.content
    with_app(alice)
    assert window(alice).post("/team/home/settings/", asked).status_code == 302
    assert Team.objects.get().requires_second_factor


async def test_open_sockets_of_those_without_one_are_cut(window: Windows, alice: User, bob: User) -> None:
    await unit(with_app)(alice)
    session = await sockets.sign_in(bob)
    path = "/ws/fleet/"
    async with sockets.opened(FleetConsumer.as_asgi(), path, session) as socket:
        await socket.next_of("versions")
        asked = {"name": "Home", "second_factor": "on"}
        await unit(lambda: window(alice).post("/team/home/settings/", asked))()
        assert await socket.code(1.0) == 4005
    async with sockets.opened(FleetConsumer.as_asgi(), path, session) as socket:
        assert await socket.code() == 4005
    await unit(with_app)(bob)
    async with sockets.opened(FleetConsumer.as_asgi(), path, session) as socket:
        await socket.next_of("versions")


def test_who_has_lost_everything_is_helped_by_whoever_runs_the_installation(
    sign_in: SignIn, bob: User
) -> None:
    set_up(sign_in("bob"))
    call_command("forget_second_factor", "bob", stdout=StringIO())
    assert is_signed_in(sign_in("bob")) and not Authenticator.objects.exists()
    told = AuditEvent.objects.latest("pk")
    assert (told.actor_name, told.action, told.target_name) == ("Lightdeck", "member.manage", "Home")
    with pytest.raises(CommandError, match="no such account"):
        call_command("forget_second_factor", "nobody")


def test_allauths_own_pages_have_the_whole_header(sign_in: SignIn, alice: User, bob: User) -> None:
    for name, shown in (("alice", True), ("bob", False)):
        for address in ("/accounts/", SETUP, "/accounts/password/change/"):
            assert (b">Audit</a>" in sign_in(name).get(address).content) is shown, address
