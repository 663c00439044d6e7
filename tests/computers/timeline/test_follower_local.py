"""The same against the real local server: another client acts, and so do we."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from computers import leases
from computers.actions import browse, keys, machines, pressed, tabs
from computers.actions.machines import NewComputer
from computers.models import Connection, Kind, TimelineEvent
from computers.relay.hub import HUB
from computers.timeline.follower import Follower
from computers.upstream.errors import Refused
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers import conftest
from tests.computers.conftest import fresh, soon
from tests.local_lightcone.harness import LocalServer

SECRET = "correct horse battery staple"


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    running = LocalServer(tmp_path_factory.mktemp("local")).wait()
    yield running
    assert running.end() == 0


@pytest.fixture
def here(local: LocalServer, connection: Connection, settings: Settings) -> Connection:
    settings.PRIVATE_UPSTREAMS = [local.url]
    connection.base_url, connection.api_key, connection.reads_events = local.url, local.key, True
    connection.save()
    return connection


async def test_another_clients_actions_are_told_and_ours_are_not(
    as_bob: Actor, here: Connection, local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "SOON_SECONDS", 60.0)
    running = Follower()
    computer = await machines.create(as_bob, here, NewComputer("browser", "shared", 800, 600, "", 5, 2))

    @unit
    def told() -> list[str]:
        rows = TimelineEvent.objects.filter(computer=computer, kind=Kind.UPSTREAM)
        return [row.sentence for row in rows.order_by("number")]

    @unit
    def stored() -> str:
        return str(list(TimelineEvent.objects.values()))

    await running.start()
    try:
        await soon(lambda: bool(running._listeners))
        await leases.take(computer, as_bob)
        with local.sdk() as sdk:
            # Until the stream is open nobody is told: ask until something is.
            async def heard() -> bool:
                await unit(sdk.computers.click)(computer.upstream_id, x=10, y=20)
                return "somebody else: clicked (10, 20)" in await told()

            await soon(heard)
            await browse.navigate(as_bob, computer, f"{local.url}/")
            await keys.key_down(as_bob, computer, "shift")
            assert await pressed.let_go(computer)
            with pytest.raises(Refused):
                await keys.hotkey(as_bob, computer, f"ctrl+{SECRET.split()[0]}")
            # A listing leaves no entry of ours, and is not somebody else's either.
            await tabs.listing(as_bob, await fresh(computer))
            await unit(sdk.computers.type)(computer.upstream_id, text=SECRET)
            typed = f"somebody else: typed {len(SECRET)} characters"

            async def typing_told() -> bool:
                return typed in await told()

            await soon(typing_told)
        assert set(await told()) == {"somebody else: clicked (10, 20)", typed}
        assert SECRET not in await stored() and SECRET.split()[0] not in await stored()
    finally:
        await running.stop()
        await HUB.stop()
        await machines.terminate(as_bob, computer)
