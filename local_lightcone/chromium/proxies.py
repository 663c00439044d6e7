"""A proxy of the user's own, as `change-proxy` names it: `http://user:password@host:port` and its like.

Nothing here ever says the user's name or password: neither a `repr`, nor a label, nor an error.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
LONGEST_URL = 2048
LONGEST_CREDENTIAL = 255
"""Bytes: SOCKS5 counts them in one."""

SHAPE = "proxy_url must look like http://user:password@host:port (or https, socks5, socks5h)."


class BadProxy(Exception):
    """What was sent names no proxy that can be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Proxy:
    scheme: str
    host: str
    port: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """For people: without its credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")

    def authorization(self) -> bytes:
        """The header line that an HTTP proxy wants, or nothing."""
        if self.credentials is None:
            return b""
        return b"Proxy-Authorization: Basic " + b64encode(":".join(self.credentials).encode()) + b"\r\n"


def read_proxy(url: str) -> Proxy:
    if len(url) > LONGEST_URL:
        raise BadProxy(f"proxy_url may have {LONGEST_URL} characters.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadProxy("proxy_url holds a character that no URL has.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # its message repeats what was sent
        raise BadProxy(SHAPE) from None
    if parts.scheme not in PORTS or not host or port == 0:
        raise BadProxy(SHAPE)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadProxy("proxy_url ends after the port: it has no path.")
    return Proxy(parts.scheme, host, port or PORTS[parts.scheme], _credentials(parts))


def _credentials(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None:
        return None
    user, password = unquote(parts.username), unquote(parts.password or "")
    if ":" in user:
        raise BadProxy("The user's name for the proxy holds a colon.")
    for value in (user, password):
        if len(value.encode(errors="replace")) > LONGEST_CREDENTIAL or not value.isprintable():
            raise BadProxy("The proxy's user name or password is too long, or holds control characters.")
    return user, password
