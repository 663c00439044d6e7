"""Behind a TLS proxy that is named in LIGHTDECK_TRUST_PROXY."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from tests.support.web import Web

HOST = "lightdeck.example"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
LOGIN = "/accounts/login/"
FORWARDED = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def web(web_process: Callable[..., Web], tmp_path: Path) -> Web:
    database = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    return web_process(database, LIGHTDECK_TRUST_PROXY="127.0.0.1", ALLOWED_HOSTS=HOST)


def open_socket(web: Web, origin: str) -> int:
    """The status of a handshake that the proxy passed on: 101 when the Origin was ours."""
    connection = HTTPConnection(web.url.removeprefix("http://"), timeout=10)
    connection.putrequest("GET", "/ws/fleet/", skip_host=True)
    handshake = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    for name, value in {**FORWARDED, **handshake, "Sec-WebSocket-Key": KEY, "Origin": origin}.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_believes_the_proxy_about_tls(web: Web) -> None:
    plain = httpx.get(f"{web.url}{LOGIN}", headers={"Host": HOST})
    assert plain.status_code == 301
    assert plain.headers["Location"] == f"https://{HOST}{LOGIN}"
    safe = httpx.get(f"{web.url}{LOGIN}", headers=FORWARDED)
    assert safe.status_code == 200
    assert "max-age=31536000" in safe.headers["Strict-Transport-Security"]
    assert "Secure" in safe.headers["Set-Cookie"]
    assert open_socket(web, f"https://{HOST}") == 101
    assert open_socket(web, f"http://{HOST}") == 403
    assert httpx.get(f"{web.url}/healthz").status_code == 200
