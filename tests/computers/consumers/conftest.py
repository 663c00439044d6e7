"""Open walls, and screens of a computer whose browser is a script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from pytest_django.fixtures import Settings

from agents.wall import WallConsumer
from computers import timeline
from computers.models import Computer, Connection
from computers.relay import hub
from computers.relay import link as link_module
from dashboard.database import unit
from dashboard.models import User
from tests.support.fake_browser import FakeBrowser
from tests.support.fake_upstream import ID, FakeUpstream, fake_upstream
from tests.support.screens import Screen, consumer_screen
from tests.support.sockets import OpenSocket, opened, sign_in
from tests.support.stack import Stack
from tests.support.stage import Page, Stage


def wall(session_key: str, query: str = "") -> AbstractAsyncContextManager[OpenSocket]:
    """The wall's socket, as the browser with that session opens it."""
    return opened(WallConsumer.as_asgi(), f"/ws/fleet/{query}", session_key)


class Room:
    """One computer that people look at."""

    def __init__(self, computer: Computer, service: FakeUpstream) -> None:
        self.computer, self.service = computer, service

    @property
    def browser(self) -> FakeBrowser:
        return self.service.browser

    async def enter(self, user: User, client: str = "") -> AbstractAsyncContextManager[Screen]:
        """`async with await room.enter(bob) as screen:` a screen of that person's."""
        return consumer_screen(self.computer.public_id, await sign_in(user), client)


@pytest.fixture
async def room(
    connection: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Room]:
    """A computer of the team, on a scripted upstream."""
    monkeypatch.setattr(link_module, "BACKOFF_FIRST", 0.05)
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        yield Room(await _computer(connection, service.url), service)
        await hub.HUB.stop()


@unit
def _computer(connection: Connection, url: str) -> Computer:
    connection.base_url = url
    connection.save()
    return Computer.objects.create(
        connection=connection,
        upstream_id=ID,
        name="checkout-1",
        cdp_path=f"/computers/{ID}/cdp",
        status="running",
    )


@pytest.fixture(scope="session")
def stage(stack: Stack) -> Iterator[Stage]:
    """The running product with one real computer."""
    found = Stage(stack)
    yield found
    found.end_all()


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    """The real computer's page, as it was at first."""
    async with stage.page() as page:
        yield page


@pytest.fixture
async def driver(stage: Stage, page: Page) -> AsyncIterator[Screen]:
    """Alice's screen of it, with control taken."""
    async with stage.screen() as screen:
        await screen.shown()
        await screen.take_control()
        yield screen
        assert screen.errors == []


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[timeline.Entry]:
    """What was noted in the timeline."""
    noted: list[timeline.Entry] = []
    monkeypatch.setattr(timeline, "note", lambda _pk, _id, entry: noted.append(entry))
    return noted
