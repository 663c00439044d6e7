"""Bob at a computer whose service is made of scripts."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from computers import leases
from computers.models import Computer, Connection, TimelineEvent
from computers.timeline import WRITER
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.computers.odd.calls import COMPUTER
from tests.computers.odd.shapes import MARKUP, OK, Shape
from tests.support.fake_upstream import ID, FakeUpstream, answer, fake_upstream

TAB = "bobs-tab"
HEADERS = {"HX-Request": "true", "X-Lightdeck-Client": TAB}
#: Our own deadline, where an answer never comes, seconds.
DEADLINE = 0.1
#: What an answer may be read to, bytes.
LIMIT = 100_000


@dataclass
class Desk:
    """Bob drives a computer of a service made of scripts."""

    bob: User
    client: AsyncClient
    computer: Computer
    service: FakeUpstream
    _row: int = 0
    _entry: int = 0

    async def post(self, page: str, fields: dict[str, Any]) -> Any:
        return await self.client.post(page, fields, headers=HEADERS)

    def answers(self, path: str, shape: Shape) -> None:
        """From now on; what was asked before is forgotten."""
        self.service.requests.clear()
        self.service.scripts[path] = shape.script

    def asked_once(self, method: str, path: str, shape: Shape) -> bool:
        """Whether upstream was asked once and no more, since it answers so. (A deadline may be too short for once.)"""
        count = sum((each.method, each.path) == (method, path) for each in self.service.requests)
        return count == 1 or (shape.deadline and count == 0)

    async def audited(self) -> list[AuditEvent]:
        """The rows since the last look."""
        rows = await _audit(self._row)
        self._row = rows[-1].pk if rows else self._row
        return rows

    async def noted(self) -> list[TimelineEvent]:
        """The computer's entries since the last look."""
        await WRITER.flush()
        entries = await _entries(self.computer, self._entry)
        self._entry = entries[-1].number if entries else self._entry
        return entries


@contextmanager
def patience(shape: Shape, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where no answer comes, our own deadline comes soon."""
    with monkeypatch.context() as shortened:
        if shape.deadline:
            for module in ("client", "commands"):
                shortened.setattr(f"computers.upstream.{module}.LONGEST_CALL", DEADLINE)
        yield


def quiet(records: list[logging.LogRecord]) -> bool:
    """No traceback and no trouble of our own. (Django itself notes each page that was answered with 502.)"""
    return not any(
        each.exc_info or (each.levelno >= logging.ERROR and each.name != "django.request") for each in records
    )


def clean(shown: str) -> bool:
    """Nothing of our inside, of a gateway's page or of the key."""
    return not any(odd in shown for odd in ("Traceback", MARKUP, "sk_test", "\x00", "Error("))


def honest(fate: str, why: str, shown: str) -> bool:
    """What failed is told with the reason that the audit log has."""
    return fate == OK or (5 < len(why) < 700 and why in shown)


@unit
def _audit(after: int) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(pk__gt=after).order_by("pk"))


@unit
def _entries(computer: Computer, after: int) -> list[TimelineEvent]:
    return list(TimelineEvent.objects.filter(computer=computer, number__gt=after).order_by("number"))


@unit
def _driven(computer: Computer, connection: Connection, url: str) -> Computer:
    connection.base_url = url
    connection.save()
    Computer.objects.filter(pk=computer.pk).update(upstream_id=ID)
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


@pytest.fixture
async def desk(
    bob: User,
    computer: Computer,
    connection: Connection,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Desk]:
    for module in ("client", "commands"):
        monkeypatch.setattr(f"computers.upstream.{module}.BODY_LIMIT", LIMIT)
    monkeypatch.setattr("computers.actions.tabs.NEW_TAB_WAIT", 0.01)
    monkeypatch.setattr("computers.actions.tabs.NEW_TAB_POLL", 0.01)
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        service.scripts[f"/computers/{ID}/status"] = answer(body=COMPUTER)
        computer = await _driven(computer, connection, service.url)
        await leases.take(computer, Actor(bob, TAB))
        client = AsyncClient()
        await client.aforce_login(bob, "allauth.account.auth_backends.AuthenticationBackend")
        yield Desk(bob, client, computer, service)
