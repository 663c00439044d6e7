"""The browser's half of a socket's authority: it must come from our own page.

Cookies travel with a socket whoever opened it, and no CSRF token does. So the Origin must equal the scheme, host and
port of the address the socket itself was opened at, and that host must be one we answer to.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

logger = logging.getLogger(__name__)

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PAGE_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}

Address = tuple[str, str, int]


class SameOrigin:
    """ASGI middleware for sockets: 403 before anything else looks at a foreign one."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        problem = refusal(scope)
        if not problem:
            await self.application(scope, receive, send)
            return
        logger.warning("Socket refused: %s", problem)
        await receive()  # websocket.connect
        await deny(scope, send, 403)


def refusal(scope: dict[str, Any]) -> str:
    """Why this socket may not be opened, or the empty string."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    scheme = _PAGE_SCHEMES.get(scope.get("scheme", "ws"), "http")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return "its Host is not in ALLOWED_HOSTS."
    origin = _address(headers.get(b"origin", b"").decode("latin-1"))
    if origin is None or origin != _address(f"{scheme}://{host}"):
        return "its Origin is not this page's own scheme, host and port."
    return ""


async def deny(scope: dict[str, Any], send: Any, status: int) -> None:
    """Answer the handshake with `status`; a server without that extension closes, which means 403."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 4403})


def _address(url: str) -> Address | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
