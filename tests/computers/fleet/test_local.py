"""The same against the real local server: opened here, opened elsewhere, ended here, ended elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.actions import machines
from computers.actions.machines import NewComputer
from computers.fleet import Fleet
from computers.models import Computer, Connection
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers import conftest
from tests.computers.conftest import every_computer, fresh, fresh_connection
from tests.local_lightcone.harness import LocalServer


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    running = LocalServer(tmp_path_factory.mktemp("local")).wait()
    yield running
    assert running.end() == 0


@pytest.fixture
def here(local: LocalServer, connection: Connection, settings: Settings) -> Connection:
    """The team's connection to it."""
    settings.PRIVATE_UPSTREAMS = [local.url]
    connection.base_url, connection.api_key = local.url, local.key
    connection.save()
    return connection


@pytest.fixture
async def fleet(here: Connection, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fleet]:
    monkeypatch.setattr(conftest, "SOON_SECONDS", 20.0)
    running = Fleet()
    await running.start()
    yield running
    await running.stop()


async def soon(check: Callable[[list[Computer]], Any]) -> None:
    async def holds() -> bool:
        return bool(check(await every_computer()))

    await conftest.soon(holds)


async def test_a_computer_opened_here_is_listed_as_ours_and_ends(
    as_bob: Actor, here: Connection, fleet: Fleet
) -> None:
    wish = NewComputer("browser", "checkout-1", 800, 600, "about:blank", 5, 2)
    computer = await machines.create(as_bob, here, wish)
    assert computer.notice == "" and computer.cdp_path and computer.expires_at and computer.idle_expires_at
    await soon(lambda rows: [row.status for row in rows] == ["RUNNING"])
    await machines.terminate(as_bob, computer)
    assert (await fresh(computer)).gone_reason == "terminated by Bob"


async def test_one_opened_and_ended_elsewhere_comes_and_goes_by_itself(
    here: Connection, fleet: Fleet, local: LocalServer
) -> None:
    with local.sdk() as sdk:
        id = str((await unit(sdk.computers.create)()).id)
        await soon(lambda rows: [row.upstream_id for row in rows if not row.is_gone] == [id])
        await unit(sdk.computers.delete)(id)
        await soon(
            lambda rows: (
                [row.gone_reason for row in rows if row.upstream_id == id] == ["ended by the service"]
            )
        )


async def test_one_that_reaches_its_lifetime_says_so(
    here: Connection, fleet: Fleet, local: LocalServer
) -> None:
    with local.sdk() as sdk:
        id = (await unit(sdk.computers.create)(max_lifetime_seconds=3)).id
    await soon(
        lambda rows: [row.gone_reason for row in rows if row.upstream_id == id] == ["lifetime reached"]
    )


async def test_a_wrong_key_is_a_sentence(here: Connection, as_bob: Actor) -> None:
    here.api_key = "sk_wrong"
    await unit(here.save)()
    fleet = Fleet()
    await fleet.start()

    async def troubled() -> bool:
        return "does not accept this connection's key" in (await fresh_connection(here)).trouble

    await conftest.soon(troubled)
    await fleet.stop()
