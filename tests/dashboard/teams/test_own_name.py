"""The name that others see is one's own to change."""

from __future__ import annotations

import pytest

from dashboard.models import User
from tests.dashboard.teams.conftest import SignIn


def test_it_is_changed_and_taken_back(sign_in: SignIn, bob: User) -> None:
    browser = sign_in("bob")
    assert browser.post("/accounts/name/", {"name": "  Bob   the Builder "}).status_code == 302
    bob.refresh_from_db()
    assert (bob.display_name, bob.username) == ("Bob the Builder", "bob")
    page = browser.get("/accounts/").content.decode()
    assert 'value="Bob the Builder"' in page and "Your name was changed." in page
    browser.post("/accounts/name/", {"name": ""})
    bob.refresh_from_db()
    assert bob.display_name == "bob"


@pytest.mark.parametrize("name", ["a" * 151, "B\u202eob", "B\u200bob", "B\0b"])
def test_one_that_nobody_can_read_is_refused(sign_in: SignIn, bob: User, name: str) -> None:
    answer = sign_in("bob").post("/accounts/name/", {"name": name})
    assert answer.status_code == 422 and "has-errors" in answer.content.decode()
    before = bob.display_name
    bob.refresh_from_db()
    assert bob.display_name == before


def test_it_is_nobody_elses(sign_in: SignIn, alice: User, bob: User) -> None:
    sign_in("bob").post("/accounts/name/", {"name": "Alice", "user": alice.pk, "username": "alice"})
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.username, bob.username, bob.first_name) == ("alice", "bob", "Alice")
