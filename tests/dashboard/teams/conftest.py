"""Browsers without a window, an admin beside the cast, and codes of an authenticator app."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client

from dashboard.models import Membership, Team, User
from dashboard.permissions import Role
from tests.computers.views.conftest import window
from tests.conftest import PASSWORD

__all__ = ["window"]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

SignIn = Callable[..., Client]


@pytest.fixture
def ada(team: Team) -> User:
    """An admin."""
    user = User.objects.create_user("ada", "ada@lightdeck.example", PASSWORD, first_name="Ada")
    Membership.objects.create(user=user, team=team, role=Role.ADMIN)
    return user


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in("bob")`: a browser that came through the sign-in form; with `code` through the second factor too."""

    def come(name: str, password: str = PASSWORD, code: str = "") -> Client:
        browser = Client()
        browser.post("/accounts/login/", {"login": name, "password": password})
        if code:
            browser.post("/accounts/second-factor/authenticate/", {"code": code})
        return browser

    return come


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def with_app(user: User) -> None:
    """They have an authenticator app."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(SECRET)})


def code(secret: str = SECRET) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
