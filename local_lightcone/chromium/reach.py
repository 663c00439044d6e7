"""Where a computer's pages may connect to, decided on the address that is really dialled."""

import asyncio
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address

import psutil

CONNECT_SECONDS = 15.0
METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))
"""Cloud machines hand out their credentials there, besides at link-local addresses."""

Address = IPv4Address | IPv6Address
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Refused(Exception):
    """This computer may not go there."""


class Unreachable(Exception):
    """Nobody answers there; `code` is Chromium's name for it."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class Untrusted(Unreachable):
    """Somebody answers there, but not with a certificate that this machine trusts."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "net::ERR_PROXY_CERTIFICATE_INVALID")


class Ports:
    """Ports of this machine that no page may reach: ours, and those of the programs beside us."""

    def __init__(self, fixed: frozenset[int]) -> None:
        self._fixed, self._moving = fixed, set[int]()

    def add(self, port: int) -> None:
        self._moving.add(port)

    def discard(self, port: int) -> None:
        self._moving.discard(port)

    def __contains__(self, port: int) -> bool:
        return port in self._fixed or port in self._moving


async def dial_checked(host: str, port: int, ports: Ports, tls: ssl.SSLContext | None = None) -> Streams:
    refusal: Refused | None = None
    failure: Unreachable | None = None
    for address in await addresses_of(host, port):
        try:
            check(address, port, ports)
            async with asyncio.timeout(CONNECT_SECONDS):
                name = host if tls else None
                return await asyncio.open_connection(str(address), port, ssl=tls, server_hostname=name)
        except Refused as error:
            refusal = error
        except TimeoutError:
            failure = Unreachable(f"{host} did not answer in time.", "net::ERR_CONNECTION_TIMED_OUT")
        except ssl.SSLCertVerificationError as error:
            failure = Untrusted(f"The certificate of {host} is not trusted: {error.verify_message}.")
        except ConnectionRefusedError:
            failure = Unreachable(f"{host} refused the connection.", "net::ERR_CONNECTION_REFUSED")
        except OSError:
            failure = Unreachable(f"{host} cannot be reached.", "net::ERR_ADDRESS_UNREACHABLE")
    raise refusal or failure or Unreachable(f"{host} has no address.", "net::ERR_NAME_NOT_RESOLVED")


def check(address: Address, port: int, ports: Ports) -> None:
    plain = _unwrapped(address)
    if plain.is_link_local or plain in METADATA:
        raise Refused(f"{plain} is a link-local or metadata address.")
    if plain.is_multicast:
        raise Refused(f"{plain} is a multicast address.")
    if port in ports and (plain.is_private or plain.is_loopback or plain.is_unspecified or plain in _own()):
        raise Refused(f"port {port} of this machine belongs to Lightdeck.")


async def addresses_of(host: str, port: int, flags: int = 0) -> list[Address]:
    """None if it has none; with `AI_NUMERICHOST` only what is written as an address, however it is written."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        return []
    return [ip_address(str(entry[4][0])) for entry in found]


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where there is one (mapped, 6to4, NAT64)."""
    if isinstance(address, IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    if address.packed[:12] == ip_address("64:ff9b::").packed[:12]:
        return IPv4Address(address.packed[12:])
    return IPv6Address(address.packed)  # without a scope id


def _own() -> set[Address]:
    entries = (entry.address.partition("%")[0] for card in psutil.net_if_addrs().values() for entry in card)
    return {ip_address(entry) for entry in entries if _is_address(entry)}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
