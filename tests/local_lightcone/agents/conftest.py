"""A computer that the tasks of many tests share, until one of them fails and may have left its task there."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from tzafon import Lightcone, NotFoundError

from ..harness import LocalServer

_spoiled = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    if call.excinfo is not None:
        item.session.stash[_spoiled] = True
    return (yield)


class Kept:
    """The shared computer's id, once there is one."""

    id: str | None = None


@pytest.fixture(scope="session")
def kept(server: LocalServer) -> Iterator[Kept]:
    holder = Kept()
    yield holder
    if holder.id:
        with server.sdk() as sdk:
            sdk.computers.delete(holder.id)


@pytest.fixture
def computer(request: pytest.FixtureRequest, kept: Kept, sdk: Lightcone, site: str) -> str:
    """No task works on it; it shows a plain page."""
    if request.session.stash.get(_spoiled, False) and kept.id:
        with contextlib.suppress(NotFoundError):
            sdk.computers.delete(kept.id)
        kept.id = None
    request.session.stash[_spoiled] = False
    if kept.id is None:
        kept.id = sdk.computers.create(inactivity_timeout_seconds=3600).id
    assert kept.id
    assert sdk.computers.navigate(kept.id, url=f"{site}/").status == "SUCCESS"
    return kept.id


@pytest.fixture
def key() -> str:
    """An idempotency key of the test's own."""
    return uuid.uuid4().hex
