"""A socket may be opened from our own page only: scheme, host and port."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from dashboard.origin import SameOrigin, refusal
from dashboard.routing import sockets

HERE = "127.0.0.1:8000"


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "[::1]", "lightdeck.example"]


def scope(origin: str | None, host: str = HERE, scheme: str = "ws", **more: Any) -> dict[str, Any]:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return {"type": "websocket", "scheme": scheme, "path": "/ws/nothing/", "headers": headers, **more}


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        (f"http://{HERE}", HERE, "ws"),
        ("https://lightdeck.example", "lightdeck.example", "wss"),
        ("https://lightdeck.example:443", "lightdeck.example", "wss"),
        ("https://LIGHTDECK.example", "lightdeck.example:443", "wss"),
        ("http://[::1]:8000", "[::1]:8000", "ws"),
    ],
)
def test_it_lets_our_own_page_in(origin: str, host: str, scheme: str) -> None:
    assert refusal(scope(origin, host, scheme)) == ""


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://127.0.0.1:8001",
        "http://127.0.0.1",
        f"https://{HERE}",
        "http://127.0.0.1.evil.example:8000",
        "http://evil.example:8000",
        f"http://{HERE}@evil.example",
        f"file://{HERE}",
        f"ws://{HERE}",
        "http://127.0.0.1:8000000",
        "http://[",
    ],
)
def test_it_refuses_every_other_origin(origin: str | None) -> None:
    assert refusal(scope(origin)) == "its Origin is not this page's own scheme, host and port."


def test_it_refuses_a_host_that_is_not_ours_although_the_origin_agrees() -> None:
    assert refusal(scope("http://evil.example", "evil.example")) == "its Host is not in ALLOWED_HOSTS."


async def told(application: Any, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the server was told to send."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(asked, receive, send)
    return sent


async def never(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("a foreign socket came through")


async def test_a_foreign_socket_is_answered_403_before_anything_else_sees_it() -> None:
    extended = scope("http://evil.example", extensions={"websocket.http.response": {}})
    assert (await told(SameOrigin(never), extended))[0]["status"] == 403


async def test_a_server_without_that_extension_closes_it() -> None:
    assert await told(SameOrigin(never), scope(None)) == [{"type": "websocket.close", "code": 4403}]


async def test_an_unknown_socket_address_is_404() -> None:
    asked = scope(f"http://{HERE}", extensions={"websocket.http.response": {}})
    assert (await told(sockets, asked))[0]["status"] == 404
