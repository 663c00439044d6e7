"""From a connection's row to the calls it allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from computers.models import Connection
from computers.upstream.client import Access, Client
from dashboard.database import unit


def access_of(connection: Connection) -> Access:
    """Where the connection points and its key. Needs the row with its key."""
    return Access(connection.base_url, connection.api_key)


@asynccontextmanager
async def client_of(connection: Connection) -> AsyncIterator[Client]:
    """A client for one verb. What calls all the time keeps one of its own open."""
    client = Client(access_of(connection))
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def client_by(pk: int) -> AsyncIterator[Client]:
    """The same for a row that was read without its key, as pages do."""
    async with client_of(await _with_key(pk)) as client:
        yield client


@unit
def _with_key(pk: int) -> Connection:
    return Connection.objects.get(pk=pk)
