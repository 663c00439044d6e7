"""Who may come in: one ASGI layer in front of every route."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from .keys import same_key
from .problems import Problem, invalid_token
from .settings import Settings, is_loopback_name

OPEN_PATHS = ("/healthz", "/shots/")
"""Shots are guarded by an unguessable name instead: model services fetch them without our key."""


class Guard:
    """Lets a request pass only with our key, and only under a name of ours.

    The name is checked because a page on the internet may point its own host name at 127.0.0.1
    (DNS rebinding). A server that others reach by names we cannot know relies on its explicit key.
    """

    def __init__(self, app: ASGIApp, settings: Settings, key: str) -> None:
        self.app, self.settings, self.key = app, settings, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        problem = self._problem(scope)
        if problem is None:
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            return await WebSocket(scope, receive, send).send_denial_response(problem.response())
        await problem.response()(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if not self._knows_host(headers.get("host", "")):
            return Problem(400, "Unknown host", "Use the address this server listens on.")
        path: str = scope["path"]
        if path.startswith(OPEN_PATHS):
            return None
        given = bearer(headers) or (token(scope) if takes_token(path) else None)
        if given is None or not same_key(given, self.key):
            return invalid_token()
        return None

    def _knows_host(self, host: str) -> bool:
        if not self.settings.is_loopback:
            return True
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return is_loopback_name(name) or name == self.settings.host


def bearer(headers: Headers) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def token(scope: Scope) -> str | None:
    """The key in the query. Older Playwright releases append `/json/version/` after the query."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    return values[0].removesuffix("/").removesuffix("/json/version") if values else None


def takes_token(path: str) -> bool:
    """Browsers' own tools cannot set headers, so the DevTools addresses take the key by query."""
    return path.startswith("/computers/") and (path.endswith("/ws") or "/cdp" in path)
