"""The two probes."""

from __future__ import annotations

import pytest
from channels.layers import InMemoryChannelLayer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import AsyncClient

from dashboard.views import health


async def test_healthz_answers_any_host_without_the_database(async_client: AsyncClient) -> None:
    answer = await async_client.get("/healthz", headers={"host": "10.2.3.4:8000"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


async def test_readyz_looks_at_database_and_messages(
    async_client: AsyncClient, transactional_db: None
) -> None:
    answer = await async_client.get("/readyz", headers={"host": "10.2.3.4:8000"})
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "messages": "ok"}


async def test_readyz_says_that_the_database_does_not_answer(
    async_client: AsyncClient, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(type(connection), "cursor", broken, raising=False)
    monkeypatch.setattr(health, "MigrationExecutor", broken)
    monkeypatch.setattr(health, "_migrated", False)
    answer = await async_client.get("/readyz")
    monkeypatch.undo()
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"


async def test_readyz_says_that_migrations_are_missing(
    async_client: AsyncClient, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["0002_next"])
    answer = await async_client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations are missing"


async def test_readyz_says_that_the_message_layer_does_not_answer(
    async_client: AsyncClient, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: object) -> None:
        raise ConnectionError("no Redis")

    monkeypatch.setattr(InMemoryChannelLayer, "group_add", broken)
    answer = await async_client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "messages": "does not answer"}
