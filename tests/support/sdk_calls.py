"""What the official SDK really called during a test: a mark that says so must be true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

_TAB = re.compile(r"/tabs/[^/]+")
_DEVTOOLS = re.compile(r"/cdp(/json/version/?)?$")
_RESPONSE = re.compile(r"^/v1/responses/[^/]+")
_TASK = re.compile(r"^/agent/tasks/(?!stream$)[^/]+")
_COMPUTER = re.compile(r"^/computers/[^/]+")


def endpoint(request: httpx.Request) -> str:
    """As the contract's index writes it: `DELETE /computers/{id}/tabs/{tab_id}`."""
    path = _COMPUTER.sub("/computers/{id}", _TAB.sub("/tabs/{tab_id}", request.url.path))
    path = _TASK.sub("/agent/tasks/{id}", path)
    path = _RESPONSE.sub("/v1/responses/{id}", path)
    path = _DEVTOOLS.sub("/cdp(/json/version)", path)
    return f"{request.method} {path}"


@contextmanager
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The endpoints that the SDK calls inside the block."""
    called: set[str] = set()

    def listening(send: Callable[..., Any]) -> Callable[..., Any]:
        def listened(client: Any, request: httpx.Request, *args: Any, **options: Any) -> Any:
            if "Lightcone/" in request.headers.get("user-agent", ""):
                called.add(endpoint(request))
            return send(client, request, *args, **options)

        return listened

    for client in (httpx.Client, httpx.AsyncClient):
        monkeypatch.setattr(client, "send", listening(client.send))
    yield called
