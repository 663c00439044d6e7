"""The two ways from the forwarder to a server: straight, or through a proxy of the user's."""

import asyncio
import socket
import ssl
from ipaddress import ip_address
from typing import Protocol

from .proxies import Proxy
from .reach import Ports, Streams, Unreachable, Untrusted, addresses_of, check, dial_checked

HANDSHAKE_SECONDS = 30.0
PROXY_FAILED = "net::ERR_PROXY_CONNECTION_FAILED"
BROKEN = (OSError, EOFError, asyncio.LimitOverrunError, TimeoutError, ValueError, IndexError)

SOCKS_REFUSALS = {
    3: "net::ERR_ADDRESS_UNREACHABLE",
    4: "net::ERR_SOCKS_CONNECTION_HOST_UNREACHABLE",
    5: "net::ERR_CONNECTION_REFUSED",
}


class Route(Protocol):
    extra: bytes | None
    """What a plain request carries for the proxy that it is sent to by its whole address. None: it goes to
    its own server."""

    async def open(self, host: str, port: int, *, tunnel: bool) -> Streams: ...


class Direct:
    extra: bytes | None = None

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def open(self, host: str, port: int, *, tunnel: bool) -> Streams:
        return await dial_checked(host, port, self._ports)


class Through:
    """By a proxy, which looks names up itself.

    A proxy on this machine or beside it stands where we stand, so names are looked up and checked here as
    well; of one elsewhere only what is plainly an address of ours or a forbidden one is refused.
    """

    def __init__(self, proxy: Proxy, ports: Ports) -> None:
        self._proxy, self._ports = proxy, ports
        self._near = True
        self._tls = ssl.create_default_context() if proxy.scheme == "https" else None
        self.extra = None if proxy.is_socks else proxy.authorization()

    async def check(self) -> None:
        """`Refused` or `Unreachable` if this proxy can never be used; it is not dialled yet."""
        addresses = await addresses_of(self._proxy.host, self._proxy.port)
        if not addresses:
            raise Unreachable(
                f"The proxy's name {self._proxy.host} has no address.", "net::ERR_NAME_NOT_RESOLVED"
            )
        for address in addresses:
            check(address, self._proxy.port, self._ports)
        self._near = any(not address.is_global for address in addresses)

    async def open(self, host: str, port: int, *, tunnel: bool) -> Streams:
        for address in await addresses_of(
            host, port, flags=0 if self._is_ours(host) else socket.AI_NUMERICHOST
        ):
            check(address, port, self._ports)
        try:
            streams = await dial_checked(self._proxy.host, self._proxy.port, self._ports, self._tls)
        except Untrusted:
            raise
        except Unreachable:
            raise Unreachable("The proxy cannot be reached.", PROXY_FAILED) from None
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                if self._proxy.is_socks:
                    await self._socks(streams, host, port)
                elif tunnel:
                    await self._connect(streams, host, port)
            return streams
        except BROKEN:
            streams[1].close()
            raise Unreachable("The proxy broke off.", PROXY_FAILED) from None
        except BaseException:
            streams[1].close()
            raise

    def _is_ours(self, host: str) -> bool:
        return self._near or host == "localhost" or host.endswith(".localhost")

    async def _connect(self, streams: Streams, host: str, port: int) -> None:
        reader, writer = streams
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n".encode("ascii"))
        writer.write((self.extra or b"") + b"\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1][:3])
        if status == 407:
            raise wrong_credentials()
        if not 200 <= status < 300:
            raise Unreachable(f"The proxy answered {status}.", "net::ERR_TUNNEL_CONNECTION_FAILED")

    async def _socks(self, streams: Streams, host: str, port: int) -> None:
        """RFC 1928, with the user's name and password of RFC 1929."""
        reader, writer = streams
        credentials = self._proxy.credentials
        writer.write(b"\x05\x02\x00\x02" if credentials else b"\x05\x01\x00")
        version, method = await reader.readexactly(2)
        if version != 5:
            raise ValueError
        if method == 2 and credentials:
            writer.write(b"\x01" + b"".join(map(_counted, credentials)))
            if (await reader.readexactly(2))[1]:
                raise wrong_credentials()
        elif method:
            raise wrong_credentials()
        writer.write(b"\x05\x01\x00" + _socks_address(host) + port.to_bytes(2))
        _, refusal, _, kind = await reader.readexactly(4)
        if refusal:
            code = SOCKS_REFUSALS.get(refusal, "net::ERR_SOCKS_CONNECTION_FAILED")
            raise Unreachable("The proxy did not connect.", code)
        length = (await reader.readexactly(1))[0] if kind == 3 else {1: 4, 4: 16}.get(kind, 0)
        await reader.readexactly(length + 2)


def wrong_credentials() -> Unreachable:
    return Unreachable("The proxy wants other credentials.", "net::ERR_PROXY_AUTH_REQUESTED")


def _socks_address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        return b"\x03" + _counted(host)
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed


def _counted(value: str) -> bytes:
    encoded = value.encode()
    if len(encoded) > 255:
        raise ValueError
    return len(encoded).to_bytes() + encoded
