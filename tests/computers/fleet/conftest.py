"""A poller whose rounds a test calls one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from computers.connections import access_of
from computers.fleet.poller import Poller
from computers.models import Connection
from tests.computers.stub import Upstream

LISTED: dict[str, Any] = {
    "id": "comp_1",
    "kind": "browser",
    "status": "RUNNING",
    "created_at": "2026-05-24T12:52:45Z",
    "expires_at": "2099-05-24T13:52:45Z",
    "idle_expires_at": "2099-05-24T13:07:45Z",
    "endpoints": {"cdp": "/computers/comp_1/cdp"},
}


@pytest.fixture
async def poller(connection: Connection, upstream: Upstream) -> AsyncIterator[Poller]:
    made = Poller(connection.pk, access_of(connection))
    yield made
    await made._client.aclose()
