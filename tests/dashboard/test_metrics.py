"""/metrics: for whoever has the token, in Prometheus's own format."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError
from django.test import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from computers import leases
from computers.models import Computer, Connection
from computers.relay.hub import HUB
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from dashboard.views import metrics

TOKEN = "a token of the metrics"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)


async def scraped(client: AsyncClient) -> dict[tuple[str, str], float]:
    """(name, the value of its one label) → figure."""
    headers = {"authorization": f"Bearer {TOKEN}", "host": "10.2.3.4:8000"}
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, next(iter(sample.labels.values()), "")): sample.value for sample in samples}


async def test_without_a_token_there_is_no_such_page(async_client: AsyncClient) -> None:
    answer = await async_client.get("/metrics", headers={"authorization": "Bearer "})
    assert answer.status_code == 404


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"])
async def test_another_token_is_refused(async_client: AsyncClient, given: str) -> None:
    answer = await async_client.get("/metrics", headers={"authorization": given})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.usefixtures("token")
async def test_it_counts_what_is_there(
    async_client: AsyncClient,
    make_computer: Callable[..., Computer],
    connection: Connection,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What a test before looked at stays linked for a moment.
    monkeypatch.setattr(HUB, "_links", {})
    first = await unit(make_computer)(status="running")
    await unit(make_computer)(status='odd "word"\n')
    await unit(make_computer)(status="ended", gone_at="2026-01-01T00:00:00Z")
    await unit(Connection.objects.filter(pk=connection.pk).update)(trouble="It does not answer.")
    await leases.take(first, Actor(bob, "tab"))
    found = await scraped(async_client)
    assert found["lightdeck_computers", "running"] == found["lightdeck_computers", 'odd "word"\n'] == 1
    assert ("lightdeck_computers", "ended") not in found
    assert found["lightdeck_driven", ""] == found["lightdeck_connections_troubled", ""] == 1
    assert found["lightdeck_links", ""] == found["lightdeck_viewers", ""] == 0
    assert found["lightdeck_database_up", ""] == 1
    assert found["process_resident_memory_bytes", ""] > 1_000_000


@pytest.mark.usefixtures("token", "transactional_db")
async def test_a_database_that_is_away_is_a_figure_too(
    async_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise DatabaseError("gone")

    monkeypatch.setattr(metrics, "_held", broken)
    found = await scraped(async_client)
    assert found["lightdeck_database_up", ""] == 0 and ("lightdeck_links", "") in found
