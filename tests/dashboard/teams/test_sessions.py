"""Where one is signed in: listed, ended, and ended by a new password."""

from __future__ import annotations

import re

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from computers.consumers.fleet import FleetConsumer
from dashboard.database import unit
from dashboard.models import User
from dashboard.views.account import described
from tests.conftest import PASSWORD
from tests.dashboard.teams.conftest import SignIn, is_signed_in
from tests.support import sockets

NEW = "another quiet password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def change_password(browser: Client) -> int:
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    return browser.post("/accounts/password/change/", fields).status_code


def test_each_is_listed_with_what_and_where_from(sign_in: SignIn, bob: User) -> None:
    browser = sign_in("bob")
    other = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    other.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    page = browser.get("/accounts/").content.decode()
    assert "Firefox on Linux" in page and "192.0.2.7" in page and "(this browser)" in page
    assert page.count("Sign out there") == 1


def test_one_is_ended_from_another(sign_in: SignIn, bob: User) -> None:
    browser, other = sign_in("bob"), sign_in("bob")
    pk = UserSession.objects.get(session_key=other.session.session_key).pk
    assert browser.post(f"/accounts/sessions/{pk}/end/").status_code == 302
    assert other.get("/").status_code == 302 and browser.get("/").status_code == 200


def test_all_others_are_ended_at_once(sign_in: SignIn, bob: User, alice: User) -> None:
    browser, *others = (sign_in("bob") for _ in range(4))
    alices = sign_in("alice")
    browser.post("/accounts/sessions/end-others/")
    assert [each.get("/").status_code for each in others] == [302, 302, 302]
    assert browser.get("/").status_code == alices.get("/").status_code == 200


def test_nobody_ends_somebody_elses(sign_in: SignIn, alice: User, bob: User) -> None:
    alices, bobs = sign_in("alice"), sign_in("bob")
    pk = UserSession.objects.get(user=alice).pk
    assert bobs.post(f"/accounts/sessions/{pk}/end/").status_code == 404
    assert bobs.post(f"/accounts/sessions/{2**64}/end/").status_code == 404
    assert alices.get("/").status_code == 200


def test_a_new_password_ends_every_other_session_stolen_ones_too(sign_in: SignIn, bob: User) -> None:
    browser, other = sign_in("bob"), sign_in("bob")
    stolen = Client()
    stolen.cookies["lightdeck_session"] = str(browser.session.session_key)
    assert stolen.get("/").status_code == 200
    assert change_password(browser) == 302
    assert browser.get("/").status_code == 200, "who changed it stays"
    assert (stolen.get("/").status_code, other.get("/").status_code) == (302, 302)
    assert not is_signed_in(sign_in("bob")) and is_signed_in(sign_in("bob", NEW))


def test_a_new_password_needs_the_old_one(sign_in: SignIn, bob: User) -> None:
    browser = sign_in("bob")
    fields = {"oldpassword": "guessed", "password1": NEW, "password2": NEW}
    answer = browser.post("/accounts/password/change/", fields)
    assert answer.status_code == 200 and re.search(r"errorlist", answer.content.decode())
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


async def test_sockets_of_an_ended_session_and_of_an_old_password_are_cut(sign_in: SignIn, bob: User) -> None:
    browser, other = await unit(lambda: (sign_in("bob"), sign_in("bob")))()
    key, kept = await unit(lambda: (str(other.session.session_key), str(browser.session.session_key)))()
    async with (
        sockets.opened(FleetConsumer.as_asgi(), "/ws/fleet/", key) as socket,
        sockets.opened(FleetConsumer.as_asgi(), "/ws/fleet/", kept) as own,
    ):
        for each in (socket, own):
            await each.next_of("versions")
        pk = await unit(lambda: UserSession.objects.get(session_key=key).pk)()
        await unit(lambda: browser.post(f"/accounts/sessions/{pk}/end/"))()
        assert await socket.code(1.0) == 4001
        assert await own.silent()
        await unit(change_password)(browser)
        assert await own.code(1.0) == 4001, "its cookie is a new one now"


def test_a_session_that_is_gone_is_not_listed(sign_in: SignIn, bob: User) -> None:
    browser, other = sign_in("bob"), sign_in("bob")
    Session.objects.filter(session_key=other.session.session_key).delete()
    assert b"Sign out there" not in browser.get("/accounts/").content


def test_what_a_browser_says_of_itself_is_text() -> None:
    assert described("<script>") == "Another program"
    assert described(FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0")) == "Firefox on Windows"
