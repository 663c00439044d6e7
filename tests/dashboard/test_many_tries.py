"""Ten thousand tries to sign in, of which two hundred are made here: nothing in the limits counts further than ten, so
the others are like the last ones. What is checked: past the limits no password is even looked at, from however many
addresses the tries come; a right one among them does not get in; and other people still do. What is not: a flood that
only costs requests, which is the proxy's to stop."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from dashboard.models import User
from tests.conftest import PASSWORD

TRIES = 200


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was looked at."""
    found: list[str] = []
    verify = MD5PasswordHasher.verify

    def noted(self: MD5PasswordHasher, password: str, encoded: str) -> bool:
        found.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", noted)
    return found


def test_almost_none_of_them_is_a_guess(alice: User, bob: User, checked: list[str]) -> None:
    for number in range(TRIES):
        browser = Client(REMOTE_ADDR=f"203.0.113.{number % 50}")
        guess = PASSWORD if number == TRIES - 1 else f"guess {number}"
        browser.post("/accounts/login/", {"login": "alice", "password": guess})
        assert "_auth_user_id" not in browser.session
    assert len(checked) == 5, "five in five minutes for one account"
    # From one address the form itself closes.
    one = Client(REMOTE_ADDR="198.51.100.1")
    found = [one.post("/accounts/login/", {"login": f"x{n}", "password": "x"}).status_code for n in range(40)]
    assert found[0] == 200 and set(found[31:]) == {429}
    other = Client(REMOTE_ADDR="198.51.100.2")
    other.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert "_auth_user_id" in other.session, "nobody else is shut out"
