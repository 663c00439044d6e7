"""The short way out, over a websocket that only remembers."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.direct import EXTENSION
from dashboard.outlet import WAITING_BYTES_LIMIT, DirectOutlet, outlet_for


class Websocket:
    """As much of our own websocket class as the outlet uses."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.on_writable: Any = None
        self.writable_now, self.open, self.waiting_bytes = True, True, 0

    def write_text(self, text: str) -> bool:
        self.sent.append(text)
        return self.open

    def write_bytes(self, *parts: bytes) -> bool:
        self.sent.append(b"".join(parts))
        return self.open


class Site:
    def __init__(self) -> None:
        self.socket, self.breaks, self.readies = Websocket(), 0, 0
        scope = {"type": "websocket", "extensions": {EXTENSION: self.socket}}
        self.outlet = outlet_for(scope, None, on_broken=self._on_broken)  # type: ignore[arg-type]
        self.outlet.on_ready = self._on_ready

    def _on_broken(self) -> None:
        self.breaks += 1

    def _on_ready(self) -> None:
        self.readies += 1


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_server_that_offers_it_is_written_to_directly(site: Site) -> None:
    assert isinstance(site.outlet, DirectOutlet)
    site.outlet.write_text("a")
    site.outlet.write_bytes(b"b", b"c")
    assert site.socket.sent == ["a", b"bc"]


def test_it_is_ready_while_the_transport_is(site: Site) -> None:
    assert site.outlet.ready
    site.socket.writable_now = False
    assert not site.outlet.ready


def test_it_says_when_the_transport_drained(site: Site) -> None:
    site.socket.on_writable()
    assert site.readies == 1


def test_a_closing_connection_breaks_it_once(site: Site) -> None:
    site.socket.open = False
    site.outlet.write_text("a")
    site.outlet.write_bytes(b"b")
    assert site.breaks == 1 and not site.outlet.ready and site.socket.sent == ["a"]


def test_too_much_that_waits_breaks_it(site: Site) -> None:
    site.socket.waiting_bytes = WAITING_BYTES_LIMIT + 1
    site.outlet.write_text("a")
    assert site.breaks == 1
    site.socket.on_writable()
    assert site.readies == 0


async def test_closed_it_writes_nothing_and_hears_nothing(site: Site) -> None:
    await site.outlet.close()
    site.outlet.write_text("a")
    assert site.socket.sent == [] and site.socket.on_writable is None and site.breaks == 0
