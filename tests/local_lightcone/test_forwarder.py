from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from tzafon import Lightcone
from websockets.asyncio.server import ServerConnection, serve

from local_lightcone.chromium.reach import Ports, Refused, check

from .harness import LocalServer, devtools


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.1.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
    ],
)
def test_metadata_and_link_local_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused):
        check(ip_address(address), 80, Ports(frozenset()))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.1.2.3"]
)
def test_our_ports_are_refused_on_this_machine_only(address: str) -> None:
    ports = Ports(frozenset({8000}))
    with pytest.raises(Refused):
        check(ip_address(address), 8000, ports)
    check(ip_address(address), 8001, ports)
    check(ip_address("93.184.216.34"), 8000, ports)


def test_a_refused_navigation_says_why(sdk: Lightcone, computer: str, forbidden_site: str) -> None:
    answer = sdk.computers.navigate(computer, url=forbidden_site)
    assert answer.status == "EXECUTION_ERROR"
    assert "belongs to Lightdeck" in str(answer.error_message)
    assert "belongs to Lightdeck" in str((sdk.computers.html(computer).result or {})["html_content"])


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "0xa9fea9fe", "2852039166"])
def test_the_metadata_service_is_refused_however_it_is_written(
    sdk: Lightcone, computer: str, host: str
) -> None:
    answer = sdk.computers.navigate(computer, url=f"http://{host}/latest/meta-data/")
    assert answer.status == "EXECUTION_ERROR"
    assert "link-local or metadata" in str(answer.error_message)


def test_the_servers_own_ports_are_refused(server: LocalServer, sdk: Lightcone, computer: str) -> None:
    listening = server.listening_ports()
    assert urlsplit(server.url).port in listening
    assert len(listening) >= 3  # the API, a forwarder, a DevTools port
    for port in listening:
        for host in ("127.0.0.1", "localhost"):
            answer = sdk.computers.navigate(computer, url=f"http://{host}:{port}/json/version")
            assert "belongs to Lightdeck" in str(answer.error_message), port


async def test_bodies_of_any_size_pass(server: LocalServer, computer: str) -> None:
    async with devtools(server, computer) as client:
        assert await client.evaluate("fetch('/big').then(r => r.text()).then(t => t.length)") == 3_000_000
        echo = "fetch('/', {method: 'POST', body: 'abc'.repeat(100000)}).then(r => r.text())"
        assert await client.evaluate(f"{echo}.then(t => t.slice(0, 6) + t.length)") == "cbacba300000"
        many = "Promise.all([...Array(30)].map(() => fetch('/').then(r => r.status)))"
        assert await client.evaluate(many) == [200] * 30


async def test_websockets_pass_through_a_tunnel(server: LocalServer, computer: str) -> None:
    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    talk = """new Promise((good, bad) => {
      const socket = new WebSocket("ws://127.0.0.1:%s/");
      socket.onopen = () => socket.send("hello"); socket.onmessage = e => good(e.data);
      socket.onerror = () => good("refused");
    })"""
    async with serve(echo, "127.0.0.1", 0) as other, devtools(server, computer) as client:
        assert await client.evaluate(talk % other.sockets[0].getsockname()[1]) == "hello"
        assert await client.evaluate(talk % urlsplit(server.url).port) == "refused"
