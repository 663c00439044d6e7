"""The same on a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_django.fixtures import Settings

from computers.actions import browse, control, machines
from computers.actions.machines import NewComputer
from computers.models import Computer, Connection
from computers.relay.hub import HUB
from computers.upstream.errors import ActionFailed
from dashboard.permissions import Actor
from tests.local_lightcone.harness import LocalServer
from tests.local_lightcone.site import serving


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    running = LocalServer(tmp_path_factory.mktemp("local")).wait()
    yield running
    assert running.end() == 0


@pytest.fixture
def here(local: LocalServer, connection: Connection, settings: Settings) -> Connection:
    settings.PRIVATE_UPSTREAMS = [local.url]
    connection.base_url, connection.api_key = local.url, local.key
    connection.save()
    return connection


@pytest.fixture
async def driven(here: Connection, as_bob: Actor) -> AsyncIterator[Computer]:
    """A computer that Bob opened and drives."""
    computer = await machines.create(as_bob, here, NewComputer("browser"))
    await control.take(as_bob, computer)
    yield computer
    await HUB.stop()
    await machines.terminate(as_bob, computer)


async def test_the_driver_goes_places_and_back(driven: Computer, as_bob: Actor) -> None:
    with serving() as site:
        await browse.navigate(as_bob, driven, f"{site}/")
        await browse.navigate(as_bob, driven, "about:blank")
        await browse.back(as_bob, driven)
        await browse.forward(as_bob, driven)
        await browse.reload(as_bob, driven)
    with pytest.raises(ActionFailed, match="no page to go forward"):
        await browse.forward(as_bob, driven)


async def test_a_page_that_does_not_open_says_why(driven: Computer, as_bob: Actor) -> None:
    with pytest.raises(ActionFailed, match="The page could not be opened: "):
        await browse.navigate(as_bob, driven, "https://no-such-name.invalid")
