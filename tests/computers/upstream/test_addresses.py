"""Where the dashboard's own calls may go, decided on the address that is connected to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.upstream import errors
from computers.upstream.addresses import allowed_addresses, connected_socket
from computers.upstream.client import Access, Client
from tests.support.certificates import made_certificate

#: Names and spellings of addresses that are nobody's but ours.
PRIVATE = (
    *("127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254", "0.0.0.0"),
    *("127.1", "2130706433", "0x7f000001", "017700000001", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
    *("::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1", "::"),
)


@pytest.mark.parametrize("host", PRIVATE)
async def test_private_and_loopback_are_refused_however_they_are_spelt(host: str) -> None:
    with pytest.raises(errors.Unreachable, match=r"LIGHTDECK_PRIVATE_UPSTREAMS|cannot be resolved"):
        await allowed_addresses(host, 443)


async def test_a_public_one_passes_and_a_listed_private_one_with_its_port_only(settings: Settings) -> None:
    assert await allowed_addresses("1.1.1.1", 443) == ["1.1.1.1"]
    settings.PRIVATE_UPSTREAMS = ["http://127.0.0.1:8100"]
    assert await allowed_addresses("127.0.0.1", 8100) == ["127.0.0.1"]
    with pytest.raises(errors.Unreachable):
        await allowed_addresses("127.0.0.1", 8101)


async def test_a_name_is_judged_by_what_it_resolves_to_now(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[list[str]] = [["1.1.1.1", "10.0.0.1"], ["10.0.0.1"]]

    async def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, 443)) for address in answers.pop(0)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    assert await allowed_addresses("rebinding.example", 443) == ["1.1.1.1"]
    with pytest.raises(errors.Unreachable, match="private or local"):
        await allowed_addresses("rebinding.example", 443)


async def test_sockets_and_calls_are_held_to_it(settings: Settings) -> None:
    settings.PRIVATE_UPSTREAMS = []
    with pytest.raises(errors.Unreachable, match="private or local"):
        await connected_socket("ws://127.0.0.1:9/devtools", 1.0)
    client = Client(Access("http://127.0.0.1:9", "sk_x"))
    with pytest.raises(errors.Unreachable, match="private or local"):
        await client.list()
    await client.aclose()


async def test_each_way_of_not_connecting_has_its_own_words(settings: Settings, tmp_path: Path) -> None:
    certificate = made_certificate(tmp_path)

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 What\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    secure = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=certificate.server_side())
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    said = []
    for port in (*ports, 9):
        url = f"https://127.0.0.1:{port}"
        settings.PRIVATE_UPSTREAMS = [url]
        client = Client(Access(url, "sk_x"))
        with pytest.raises(errors.Unreachable) as failure:
            await client.list()
        said.append(str(failure.value))
        await client.aclose()
    for server in (plain, secure):
        server.close()
    assert "does not speak TLS" in said[0]
    assert "certificate is not trusted: self-signed certificate" in said[1].replace(
        "self signed", "self-signed"
    )
    assert said[2] == "The Lightcone service cannot be reached."
