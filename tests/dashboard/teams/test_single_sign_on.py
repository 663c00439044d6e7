"""Single sign-on, with a provider that really signs its tokens: who comes in by it, and who does not."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django.fixtures import Settings

from dashboard.models import AuditEvent, Invitation, Team, User
from tests.computers.views.conftest import Windows
from tests.conftest import PASSWORD
from tests.dashboard.teams.conftest import SignIn, is_signed_in, with_app
from tests.dashboard.teams.test_invitations import come, link
from tests.support.oidc import Provider

LOGIN = "/accounts/sso/login/"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    made = Provider()
    settings.OIDC_ISSUER, settings.SOCIALACCOUNT_PROVIDERS = made.issuer, made.settings()
    yield made
    made.close()


def leave(browser: Client, **fields: str) -> str:
    """Press the button; where the browser is led to."""
    page = browser.post(LOGIN, fields)
    assert page.status_code == 200, page
    found = re.search(r'href="(http[^"]+/authorize[^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1])


def through(browser: Client, provider: Provider, **fields: str) -> str:
    """There and back again; where the browser is led to at last, and what that page says."""
    back = provider.authorize(leave(browser, **fields))
    answer = browser.get(back.replace("http://testserver", ""), follow=True)
    return str(answer.content.decode())


def tied(user: User, provider: Provider, sub: str = "dora-1") -> None:
    SocialAccount.objects.create(user=user, provider="sso", uid=sub)


def test_without_a_provider_there_is_none(transactional_db: None) -> None:
    assert b"Single sign-on" not in Client().get("/accounts/login/").content
    assert Client().post(LOGIN).status_code == 404
    assert Client().get(f"{LOGIN}callback/").status_code == 404


def test_a_stranger_stays_one(provider: Provider, team: Team) -> None:
    browser = Client()
    assert b"Single sign-on" in browser.get("/accounts/login/").content
    assert "There is no open sign-up" in through(browser, provider)
    assert not is_signed_in(browser) and not User.objects.exists()


def test_who_holds_an_invitation_signs_up_by_it_once(
    window: Windows, alice: User, team: Team, provider: Provider
) -> None:
    provider.claims |= {"email": "dora@corp.example", "email_verified": True}
    path = link(window(alice))
    browser, late = come(path), come(path)
    through(browser, provider)
    dora = User.objects.get(username="dora")
    assert (dora.role_in(team.pk), dora.email, dora.display_name) == (
        "operator",
        "dora@corp.example",
        "Dora Dee",
    )
    assert is_signed_in(browser) and not dora.has_usable_password()
    assert AuditEvent.objects.filter(action="member.join", actor_name="Dora Dee").count() == 2
    provider.claims |= {"sub": "eve-1", "preferred_username": "eve"}
    through(late, provider)
    assert not is_signed_in(late) and not User.objects.filter(username="eve").exists()


def test_one_for_an_address_is_for_that_proved_address(
    window: Windows, alice: User, provider: Provider
) -> None:
    path = link(window(alice), email="dora@corp.example")
    for proved, address in ((False, "dora@corp.example"), (True, "eve@corp.example")):
        provider.claims |= {"email": address, "email_verified": proved}
        browser = come(path)
        assert "for another address" in through(browser, provider) or not is_signed_in(browser)
    assert User.objects.count() == 1 and Invitation.objects.open().count() == 1
    provider.claims |= {"email": "Dora@corp.example", "email_verified": True}
    through(browser := come(path), provider)
    assert is_signed_in(browser)


def test_a_shared_address_ties_nothing(window: Windows, alice: User, team: Team, provider: Provider) -> None:
    provider.claims |= {"email": "alice@lightdeck.example", "email_verified": True}
    browser = Client()
    through(browser, provider)
    assert not is_signed_in(browser)
    through(invited := come(link(window(alice))), provider)
    assert User.objects.get(username="dora").email == "" and alice.role_in(team.pk) == "owner"
    assert invited.session["_auth_user_id"] != str(alice.pk)


def test_an_account_is_tied_by_its_person_and_then_signs_in(
    sign_in: SignIn, bob: User, provider: Provider
) -> None:
    browser = sign_in("bob")
    assert "Not linked" in browser.get("/accounts/").content.decode()
    through(browser, provider, process="connect")
    page = browser.post("/accounts/reauthenticate/", {"password": PASSWORD}, follow=True)
    assert b"Linked: it signs you in" in page.content
    other = Client()
    through(other, provider)
    assert other.session["_auth_user_id"] == str(bob.pk)
    browser.post("/accounts/sso/unlinking/")
    assert not SocialAccount.objects.exists()
    through(another := Client(), provider)
    assert not is_signed_in(another)


def test_tying_needs_the_password_of_a_moment_ago(window: Windows, bob: User, provider: Provider) -> None:
    browser = window(bob)  # signed in without having just said the password
    assert "Confirm that it is you" in through(browser, provider, process="connect")
    assert not SocialAccount.objects.exists()
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert SocialAccount.objects.get().user == bob
    assert browser.get(LOGIN, {"process": "connect"}).status_code == 405


def test_a_second_factor_is_asked_for_all_the_same(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    with_app(bob)
    browser = Client()
    assert "Second factor" in through(browser, provider)
    assert not is_signed_in(browser)


def test_a_closed_account_stays_closed(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = Client()
    assert "This account is closed" in through(browser, provider)
    assert not is_signed_in(browser)


def test_an_answer_that_was_not_asked_for_here_is_refused(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    back = provider.authorize(leave(Client())).replace("http://testserver", "")
    thief = Client()
    answer = thief.get(back, follow=True)
    assert answer.status_code == 401 and not is_signed_in(thief)


def test_an_answer_works_once(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    browser = Client()
    back = provider.authorize(leave(browser)).replace("http://testserver", "")
    browser.get(back)
    browser.post("/accounts/logout/")
    assert browser.get(back).status_code == 401 and not is_signed_in(browser)


@pytest.mark.parametrize("claim", [{"iss": "https://evil.example"}, {"aud": "somebody else"}, {"exp": 1}])
def test_a_token_that_is_not_for_us_is_refused(
    bob: User, provider: Provider, claim: dict[str, object]
) -> None:
    tied(bob, provider)
    provider.token = claim
    browser = Client()
    assert "Single sign-on failed" in through(browser, provider)
    assert not is_signed_in(browser)


def test_a_provider_that_is_away_gets_a_calm_page(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    browser = Client()
    going = leave(browser)
    provider.broken = "/token"
    answer = browser.get(provider.authorize(going).replace("http://testserver", ""))
    assert b"Single sign-on failed" in answer.content
    provider.close()
    answer = browser.post(LOGIN)
    assert answer.status_code == 502 and b"does not answer as it should" in answer.content


def test_no_page_elsewhere_is_gone_to_afterwards(bob: User, provider: Provider) -> None:
    tied(bob, provider)
    browser = Client()
    back = provider.authorize(leave(browser, next="https://evil.example/"))
    assert browser.get(back.replace("http://testserver", ""))["Location"] == "/"


def test_its_form_needs_its_token(provider: Provider, transactional_db: None) -> None:
    assert Client(enforce_csrf_checks=True).post(LOGIN).status_code == 403
