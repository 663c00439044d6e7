"""Ten thousand tries to sign in, each of them made: from thousands of addresses for one account and for fifty, and from
one address. Past the limits no password is even looked at, whatever Host and spelling they come with; a right one among
them does not get in; a refused one asks the database nothing, draws no page and leaves nothing behind, so all of them
take one core some fifteen seconds; and whoever else signs in, or is signed in, notices nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client

from dashboard.models import AuditEvent, User
from tests.conftest import PASSWORD

#: Tries for one account from an address each, for many accounts likewise, and from one address.
AT_ONE, AT_MANY, FROM_ONE = 5000, 3000, 2000
ACCOUNTS = 50
#: What is looked at in five minutes for one account, and in one minute from one address.
EACH, EACH_ADDRESS = 5, 10
SPELLINGS = ("alice", "Alice", "ALICE", " alice ", "ａlice")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def checked(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was looked at. (A hash is also made for a name that nobody has.)"""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        found.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return found


@pytest.fixture
def asked(transactional_db: None) -> Iterator[list[str]]:
    """What was asked of the database."""
    found: list[str] = []

    def noted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(noted):
        yield found


class Flood:
    """Somebody who tries, and what came of it."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.answers: Counter[int] = Counter()
        self.drawn = 0
        self._browser = Client()

    def __call__(self, login: str, password: str, address: str, host: str = "testserver") -> None:
        body = urlencode({"login": login, "password": password})
        before = len(self.asked)
        answer = self._browser.post(
            "/accounts/login/", body, content_type=FORM, REMOTE_ADDR=address, HTTP_HOST=host
        )
        assert settings.SESSION_COOKIE_NAME not in answer.cookies, f"in as {login} with {password}"
        if answer.status_code == 429:
            assert self.asked[before:] == [], "a refused try asks the database"
            self.drawn += bool(answer.templates)
        self.answers[answer.status_code] += 1


def sign_in(login: str, address: str) -> Client:
    person = Client(REMOTE_ADDR=address)
    person.post("/accounts/login/", {"login": login, "password": PASSWORD})
    return person


def _held() -> dict[str, bytes]:
    """Everything that the cache of one process holds."""
    return caches["default"]._cache  # type: ignore[attr-defined, no-any-return]


def test_almost_none_of_them_is_a_guess(checked: list[str], asked: list[str]) -> None:
    inside = sign_in("alice", "192.0.2.1")
    names = [f"person-{number}" for number in range(ACCOUNTS)]
    password = make_password(PASSWORD)
    User.objects.bulk_create(User(username=name, password=password) for name in names)
    sessions, rows = Session.objects.count(), AuditEvent.objects.count()
    flood = Flood(asked)

    checked.clear()
    for number in range(AT_ONE):
        guess = PASSWORD if number >= EACH and number % 3 == 0 else f"guess {number}"
        flood(
            SPELLINGS[number % len(SPELLINGS)],
            guess,
            f"10.{number >> 8}.{number & 255}.1",
            f"testserver:{1 + number}",
        )
    assert checked == [f"guess {number}" for number in range(EACH)]
    assert sign_in("bob", "192.0.2.2").session["_auth_user_id"], "nobody else is shut out"
    assert inside.get("/accounts/").status_code == 200, "whoever is in stays in"

    checked.clear()
    for number in range(AT_MANY):
        name = names[number % ACCOUNTS]
        guess = PASSWORD if number >= ACCOUNTS * EACH else f"guess {number}"
        flood(name, guess, f"203.0.{number % 113}.{number % 131}")
    assert len(checked) == ACCOUNTS * EACH and PASSWORD not in checked

    checked.clear()
    begun = time.monotonic()
    for number in range(FROM_ONE):
        flood(f"nobody-{number}" if number < EACH_ADDRESS else "bob", PASSWORD, "198.51.100.1")
    assert len(checked) <= EACH_ADDRESS * (1 + (time.monotonic() - begun) // 60)

    held = _held()
    assert len(held) <= 3 * (flood.answers[200] + 3), "a refused try leaves a count behind"
    assert sum(flood.answers.values()) == AT_ONE + AT_MANY + FROM_ONE
    assert set(flood.answers) == {200, 429} and flood.drawn <= 1, "a refused try draws a page"
    assert flood.answers[200] <= EACH + ACCOUNTS * EACH + EACH_ADDRESS
    assert sign_in("bob", "192.0.2.3").session["_auth_user_id"]
    assert Session.objects.count() == sessions + 2 and AuditEvent.objects.count() == rows


def test_a_flood_makes_the_cache_neither_forget_an_account_nor_grow_for_ever(checked: list[str]) -> None:
    """Each address and each name that is new leaves a count there; a hundred thousand are made without their tries."""
    most = settings.MEMORY_CACHE_ENTRIES
    held = _held()
    for number in range(most // 2):
        cache.set(f"before-{number}", True, 300)
    flood = Flood([])
    for number in range(EACH):
        flood("alice", "wrong", f"10.0.0.{number}")
    for number in range(most // 2):
        cache.set(f"after-{number}", True, 300)
    flood("alice", PASSWORD, "10.0.1.1")
    assert flood.answers == {200: EACH, 429: 1}
    assert most // 2 < len(held) <= most, "it was full, and threw out what was oldest"
