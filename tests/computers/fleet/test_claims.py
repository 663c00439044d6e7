"""Which process lists which connection."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from computers.fleet import Fleet, claims, service
from computers.models import Connection
from computers.upstream.client import UNREADABLE_KEY
from dashboard.database import unit
from tests.computers.conftest import fresh_connection, soon
from tests.computers.fleet.conftest import LISTED
from tests.computers.stub import Answer, Upstream


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SCAN_EVERY", 0.05)
    monkeypatch.setattr("computers.fleet.poller.INTERVAL", 0.05)


async def test_one_process_has_it(connection: Connection) -> None:
    assert list(await claims.claim("first")) == [connection.pk]
    assert await claims.claim("second") == {}
    assert list(await claims.claim("first")) == [connection.pk]


async def test_a_dead_processs_claim_is_taken_over(connection: Connection) -> None:
    await claims.claim("first")
    long_ago = timezone.now() - timedelta(seconds=1)
    await unit(Connection.objects.update)(polled_until=long_ago)
    assert list(await claims.claim("second")) == [connection.pk]
    assert await claims.claim("first") == {}


async def test_a_released_claim_is_free_at_once(connection: Connection) -> None:
    await claims.claim("first")
    await claims.release("first")
    assert list(await claims.claim("second")) == [connection.pk]


async def test_a_key_that_cannot_be_read_troubles_only_its_own_connection(
    connection: Connection, alice: Any
) -> None:
    def spoil() -> None:
        Connection.objects.create(
            team=connection.team, name="Other", base_url="http://127.0.0.1:9", api_key="sk_x"
        )
        with database.cursor() as cursor:
            cursor.execute(
                "UPDATE computers_connection SET api_key = 'spoiled' WHERE name = %s", [connection.name]
            )

    await unit(spoil)()
    [other] = await claims.claim("first")
    assert other != connection.pk
    trouble = await unit(Connection.objects.values_list("trouble", flat=True).get)(pk=connection.pk)
    assert trouble == UNREADABLE_KEY


async def test_two_fleets_list_it_once(connection: Connection, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    fleets = [Fleet(), Fleet()]
    for fleet in fleets:
        await fleet.start()
    try:
        await soon(lambda: len(upstream.requests) > 3)
        assert sorted(len(fleet._pollers) for fleet in fleets) == [0, 1]
    finally:
        for fleet in fleets:
            await fleet.stop()
    assert (await fresh_connection(connection)).polled_by == ""


async def test_the_other_one_takes_over_when_it_stops(connection: Connection, upstream: Upstream) -> None:
    upstream.lists()
    first, second = Fleet(), Fleet()
    await first.start()
    await soon(lambda: first._pollers)
    await second.start()
    await first.stop()
    await soon(lambda: second._pollers)
    await second.stop()


async def test_a_new_key_is_used_within_a_moment(connection: Connection, upstream: Upstream) -> None:
    upstream.says("GET", "/computers", Answer(401))
    fleet = Fleet()
    await fleet.start()
    try:
        await soon(lambda: upstream.requests)
        connection.api_key = "sk_new"
        await unit(connection.save)()
        await soon(lambda: upstream.requests[-1].headers["Authorization"] == "Bearer sk_new")
    finally:
        await fleet.stop()


async def test_a_new_connection_is_listed_and_a_removed_one_no_more(
    connection: Connection, upstream: Upstream
) -> None:
    fleet = Fleet()
    await fleet.start()
    try:
        await soon(lambda: len(fleet._pollers) == 1)
        fields = {"team_id": connection.team_id, "name": "New", "base_url": upstream.url, "api_key": "sk_x"}
        await unit(Connection.objects.create)(**fields)
        await soon(lambda: len(fleet._pollers) == 2)
        await unit(Connection.objects.all().delete)()
        await soon(lambda: not fleet._pollers)
    finally:
        await fleet.stop()
