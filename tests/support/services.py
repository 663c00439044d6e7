"""PostgreSQL and Redis, where TEST_DATABASE_URL and TEST_REDIS_URL name some that answer."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

ANSWER_SECONDS = 3


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a new database, dropped afterwards."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if not given:
        pytest.skip("TEST_DATABASE_URL is not set")
    parts = urlsplit(given)
    name = f"lightdeck_test_{secrets.token_hex(6)}"
    try:
        server = psycopg.connect(
            urlunsplit(parts._replace(path="/postgres")), autocommit=True, connect_timeout=ANSWER_SECONDS
        )
    except psycopg.OperationalError as error:
        pytest.skip(f"TEST_DATABASE_URL does not answer: {error}")
    with server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def redis() -> str:
    """The URL of a Redis that answers."""
    given = os.environ.get("TEST_REDIS_URL", "")
    if not given:
        pytest.skip("TEST_REDIS_URL is not set")
    client = Redis.from_url(given, socket_connect_timeout=ANSWER_SECONDS)
    try:
        client.ping()
    except RedisError as error:
        pytest.skip(f"TEST_REDIS_URL does not answer: {error}")
    finally:
        client.close()
    return given
