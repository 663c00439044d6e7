"""The cast as actors, an upstream that is made of answers, and what happened so far."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.models import Computer, Connection
from computers.relay.hub import HUB
from dashboard import live
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor

from .stub import Upstream

#: A busy machine may keep a test waiting for seconds; what never happens fails all the same.
SOON_SECONDS = 15.0


async def soon(check: Callable[[], Any]) -> None:
    """Wait until `check` holds; it may be a coroutine function."""
    async with asyncio.timeout(SOON_SECONDS):
        while True:
            found = check()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.01)


@unit
def fresh(computer: Computer) -> Computer:
    """The row as it is now."""
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


@unit
def every_computer() -> list[Computer]:
    return list(Computer.objects.select_related("connection__team").order_by("pk"))


@unit
def fresh_connection(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


@unit
def audit() -> list[tuple[str, str, str]]:
    """The log, oldest first: who, what, how far."""
    return [(row.actor_name, row.action, row.outcome) for row in AuditEvent.objects.order_by("pk")]


@unit
def last_audit() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


@pytest.fixture
def upstream(connection: Connection, settings: Settings) -> Iterator[Upstream]:
    """The team's connection points at it."""
    stub = Upstream()
    settings.PRIVATE_UPSTREAMS = [stub.url]
    connection.base_url = stub.url
    connection.save()
    yield stub
    stub.close()


@pytest.fixture
def as_alice(alice: User) -> Actor:
    return Actor(alice, "alices-tab", "192.0.2.1")


@pytest.fixture
def as_bob(bob: User) -> Actor:
    return Actor(bob, "bobs-tab", "192.0.2.2")


@pytest.fixture
def as_vera(vera: User) -> Actor:
    return Actor(vera, "veras-tab")


@pytest.fixture
def as_charlie(charlie: User) -> Actor:
    return Actor(charlie, "charlies-tab")


@dataclass
class FakeLink:
    """Takes the place of the relay's link: remembers what it was told, and fails with `trouble` if there is any."""

    told: list[Any] = field(default_factory=list)
    trouble: Exception | None = None

    async def navigate(self, url: str) -> None:
        self._hear(("navigate", url))

    async def history(self, step: str) -> None:
        self._hear(("history", step))

    async def release_held(self, held: dict[str, Any]) -> None:
        self._hear(("release", held))

    def _hear(self, what: Any) -> None:
        self.told.append(what)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> FakeLink:
    fake = FakeLink()

    @asynccontextmanager
    async def linked(_computer: Computer) -> AsyncIterator[FakeLink]:
        yield fake

    monkeypatch.setattr(HUB, "linked", linked)
    return fake


@pytest.fixture
def hearing() -> Callable[..., AbstractAsyncContextManager[list[live.News]]]:
    """`async with hearing(group, …) as news:` collects what is published there meanwhile."""

    @asynccontextmanager
    async def hear(*groups: str) -> AsyncIterator[list[live.News]]:
        heard: list[live.News] = []

        async def collect(all_news: AsyncIterator[live.News]) -> None:
            async for news in all_news:
                heard.append(news)

        async with live.listen(groups) as all_news:
            task = asyncio.create_task(collect(all_news))
            yield heard
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return hear
