"""The middlewares run where the request runs, and are Django's own all the same."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import AsyncClient, Client
from django.utils.module_loading import import_string

from dashboard.models import User

ORDER = [
    SecurityMiddleware,
    CSPMiddleware,
    XFrameOptionsMiddleware,
    SessionMiddleware,
    CommonMiddleware,
    CsrfViewMiddleware,
    AuthenticationMiddleware,
    MessageMiddleware,
]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent through a thread of the request's own."""
    sent: list[str] = []
    before = SyncToAsync.__call__

    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(getattr(self.func, "__qualname__", ""))
        return await before(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", call)
    return sent


def test_each_of_djangos_middlewares_is_there_in_its_place() -> None:
    used = [import_string(name) for name in settings.MIDDLEWARE if name.startswith("dashboard.middleware.")]
    assert len(used) == len(ORDER)
    assert all(issubclass(mine, theirs) for mine, theirs in zip(used, ORDER, strict=True))


@pytest.mark.django_db(transaction=True)
async def test_a_page_needs_no_thread_of_its_own(alice: User, hops: list[str]) -> None:
    client = AsyncClient()
    await client.aforce_login(alice, BACKEND)
    hops.clear()
    answer = await client.get("/computers/new/")
    assert answer.status_code == 200
    assert [hop for hop in hops if "process_" in hop] == []
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
async def test_a_form_without_its_token_is_refused_where_the_request_runs(alice: User) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(alice, BACKEND)
    answer = await client.post("/computers/new/", {"name": "x"})
    assert answer.status_code == 403


@pytest.mark.django_db(transaction=True)
async def test_a_session_that_changed_is_written_and_one_that_ended_is_deleted(alice: User) -> None:
    client = AsyncClient()
    alice.set_password("a quiet password")
    await alice.asave()
    answer = await client.post("/accounts/login/", {"login": "alice", "password": "a quiet password"})
    assert answer.status_code == 302
    assert await Session.objects.filter(pk=client.cookies[settings.SESSION_COOKIE_NAME].value).aexists()
    answer = await client.post("/accounts/logout/")
    assert answer.status_code == 302
    assert not await Session.objects.aexists()


@pytest.mark.django_db
def test_they_work_under_a_synchronous_server_too(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, BACKEND)
    assert client.get("/computers/new/")["X-Frame-Options"] == "DENY"
    assert client.post("/computers/new/", {"name": "x"}).status_code == 403
