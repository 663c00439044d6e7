"""The API key goes to upstream's own host, and nowhere else."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from computers.relay.cdp_link import CdpLink
from computers.upstream.client import Access
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site, site_of
from tests.support.fake_upstream import ID, FakeUpstream, fake_upstream


async def test_upstream_gets_the_key_with_the_socket(cdp: Site) -> None:
    await soon(lambda: cdp.service.asked("/devtools"))
    assert cdp.service.asked("/devtools")[0].headers["authorization"] == "Bearer sk_secret"


async def test_another_host_does_not(cdp: Site, settings: Settings) -> None:
    async with fake_upstream() as other:
        settings.PRIVATE_UPSTREAMS = [cdp.service.url, other.url]
        cdp.service.offers_devtools(f"ws://127.0.0.1:{other.port}/devtools")
        watcher = cdp.watch()
        await soon(lambda: watcher.payloads)
        assert "authorization" not in other.asked("/devtools")[0].headers


async def test_a_private_address_that_is_not_listed_is_not_connected_to(cdp: Site) -> None:
    async with fake_upstream() as other:
        cdp.service.offers_devtools(f"ws://127.0.0.1:{other.port}/devtools")
        watcher = cdp.watch()
        await soon(lambda: watcher.state == "reconnecting" and "private" in watcher.states[-1][1])
        assert other.requests == []


async def test_the_key_is_in_no_address(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert all(b"sk_secret" not in request.head.split(b"\r\n")[0] for request in cdp.service.requests)


async def test_another_host_that_the_endpoint_names_does_not(
    service: FakeUpstream, settings: Settings
) -> None:
    async with fake_upstream() as other:
        settings.PRIVATE_UPSTREAMS = [service.url, other.url]
        site = site_of(service, CdpLink, cdp_path=f"{other.url}/computers/{ID}/cdp")
        await soon(lambda: other.asked("/devtools"))
        await site.link.close()
        assert not any("authorization" in request.headers for request in other.requests)


@pytest.mark.parametrize(
    ("base", "url", "gets_it"),
    [
        ("https://api.example", "https://api.example/x", True),
        ("https://api.example", "wss://api.example/x", True),
        ("https://api.example", "ws://api.example/x", False),
        ("https://api.example", "http://api.example/x", False),
        ("https://api.example", "https://evil.example/x", False),
        ("https://api.example", "https://api.example.evil.example/x", False),
        ("https://api.example", "https://api.example:8443/x", False),
        ("http://127.0.0.1:8100", "ws://127.0.0.1:8100/x", True),
        ("http://127.0.0.1:8100", "ws://127.0.0.1:8101/x", False),
    ],
)
def test_the_key_keeps_to_its_host_and_to_its_cover(base: str, url: str, gets_it: bool) -> None:
    assert ("Authorization" in Access(base, "sk_secret").headers_for(url)) is gets_it
