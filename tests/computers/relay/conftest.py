"""A fake upstream, and a link to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pytest_django.fixtures import Settings

from computers.relay import link as module
from computers.relay.cdp_link import CdpLink
from computers.relay.link import Link, Machine
from computers.relay.stream_link import StreamLink
from computers.upstream.client import Access
from tests.computers.conftest import soon
from tests.computers.relay.watchers import Watcher
from tests.support.fake_upstream import ID, FakeUpstream, fake_upstream

__all__ = ["soon"]


@pytest.fixture
async def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeUpstream]:
    """The scripted upstream. Back-off is short: the tests of back-off say their own."""
    monkeypatch.setattr(module, "BACKOFF_FIRST", 0.05)
    monkeypatch.setattr(module, "BACKOFF_MOST", 0.2)
    async with fake_upstream() as running:
        settings.PRIVATE_UPSTREAMS = [running.url]
        yield running


@dataclass
class Site:
    """A link and what it told its owner."""

    service: FakeUpstream
    link: Link
    unused: list[Link] = field(default_factory=list)
    over: list[Link] = field(default_factory=list)

    def watch(self, wanted: str = "main") -> Watcher:
        watcher = Watcher(wanted)
        watcher.viewer.pace(120)
        self.link.watch(watcher)
        return watcher


def site_of(
    service: FakeUpstream, kind: type[Link], cdp_path: str = f"/computers/{ID}/cdp", main_tab: str = ""
) -> Site:
    unused, over = list[Link](), list[Link]()
    access = Access(service.url, "sk_secret")
    machine = Machine("public", 1, 1, ID, cdp_path, main_tab, access)
    return Site(service, kind(machine, unused.append, over.append), unused, over)


@pytest.fixture
async def cdp(service: FakeUpstream) -> AsyncIterator[Site]:
    """A link over DevTools."""
    site = site_of(service, CdpLink)
    yield site
    await site.link.close()


@pytest.fixture
async def sse(service: FakeUpstream) -> AsyncIterator[Site]:
    """A link without DevTools."""
    site = site_of(service, StreamLink)
    yield site
    await site.link.close()
