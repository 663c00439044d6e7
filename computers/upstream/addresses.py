"""Where the dashboard's own calls may go: public addresses, and private ones only if the person who runs it listed
them.

The check is made on the address that is then connected to, so a name that resolves differently a moment later gains
nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from computers.upstream import errors

NOT_REACHED = "The Lightcone service cannot be reached."
NO_TLS = "The Lightcone service cannot be reached: what answers at this address does not speak TLS (https)."
#: What stands for an IPv4 address inside an IPv6 one on networks that translate (RFC 6052).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Seconds for a name to resolve.
RESOLVE_TIMEOUT = 5.0
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


async def allowed_addresses(host: str, port: int) -> list[str]:
    """The addresses of `host` that may be connected to, in the resolver's order; `Unreachable` when there is none."""
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        raise errors.Unreachable("The Lightcone service's name cannot be resolved.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if (host, port) in _listed():
        return addresses
    public = [address for address in addresses if _is_public(address)]
    if not public:
        raise errors.Unreachable(
            "The Lightcone service's address is private or local, which LIGHTDECK_PRIVATE_UPSTREAMS does not list."
        )
    return public


async def connected_socket(url: str, timeout: float) -> socket.socket:
    """A TCP connection to the URL's host, on a checked address, for libraries that take a socket. Seconds."""
    host, port = _host_and_port(url)
    loop = asyncio.get_running_loop()
    for address in await allowed_addresses(host, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.timeout(timeout):
                await loop.sock_connect(sock, (address, port))
            return sock
        except (OSError, TimeoutError):
            sock.close()
        except BaseException:
            sock.close()
            raise
    raise errors.Unreachable(NOT_REACHED)


def why_unreachable(error: BaseException) -> str:
    """The sentence for a connection that could not be made: certificates and TLS are what a person can mend."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message.rstrip(".") or "it cannot be verified"
            return f"The Lightcone service's certificate is not trusted: {why}."
        if isinstance(cause, ssl.SSLError):
            return NO_TLS
        cause = cause.__cause__ or cause.__context__
    return NOT_REACHED


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, connecting only where `allowed_addresses` lets it. Proxies of the environment are
    ignored."""

    def __init__(self) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=30.0,
            network_backend=_GuardedBackend(),
        )


@cache
def _tls() -> ssl.SSLContext:
    """One for the process: reading every trusted certificate stops the event loop for a tenth of a second and more."""
    return httpx.create_ssl_context(trust_env=False)


class _GuardedBackend(httpcore.AnyIOBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        trouble: Exception | None = None
        for address in await allowed_addresses(host, port):
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                trouble = error
        raise trouble or httpcore.ConnectError("no address")


def is_listed(url: str) -> bool:
    """Whether the person who runs this named the URL's host and port in LIGHTDECK_PRIVATE_UPSTREAMS."""
    return _host_and_port(url) in _listed()


def _listed() -> set[tuple[str, int]]:
    return {_host_and_port(url) for url in settings.PRIVATE_UPSTREAMS}


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _inside(ip) or ip
    return ip.is_global and not ip.is_multicast


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translated or tunnelled one leads to."""
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
