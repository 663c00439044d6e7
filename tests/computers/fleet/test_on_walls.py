"""What changes upstream is on every open wall a moment later, by itself and as it was said."""

from __future__ import annotations

from typing import Any

import pytest

from computers.fleet import Fleet
from computers.fleet.poller import INTERVAL, JITTER
from computers.models import Connection
from dashboard.models import User
from tests.computers.consumers.conftest import wall
from tests.computers.fleet.conftest import LISTED
from tests.computers.stub import Upstream
from tests.support.sockets import OpenSocket, sign_in


async def shown(socket: OpenSocket, words: str) -> str:
    """The row that says so, once it comes."""
    while words not in (html := (await socket.next_of("fact"))["html"]):
        pass
    return str(html)


async def test_a_computer_comes_changes_and_goes_on_every_open_wall(
    connection: Connection, upstream: Upstream, vera: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.fleet.poller.INTERVAL", 0.05)
    upstream.lists()
    fleet = Fleet()
    await fleet.start()
    try:
        async with wall(await sign_in(vera)) as first, wall(await sign_in(bob)) as second:
            walls = (first, second)
            for socket in walls:
                await socket.next_of("versions")
            upstream.lists(LISTED)
            assert all(["running" in await shown(socket, "comp_1") for socket in walls])
            odd: Any = {**LISTED, "status": "HIBERNATING (cold)"}
            upstream.lists(odd)
            for socket in walls:
                row = await shown(socket, "HIBERNATING")
                assert "HIBERNATING (cold)</span>" in row and "state-hibernating-cold" in row
            upstream.lists()
            assert all(["is-gone" in await shown(socket, "ended") for socket in walls])
    finally:
        await fleet.stop()


def test_the_longest_wait_between_two_listings_leaves_time_to_show_what_they_say() -> None:
    assert INTERVAL * (1 + JITTER) < 1.75
