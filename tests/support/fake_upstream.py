"""A Lightcone service made of scripts: each path answers whatever a test wants, whole or broken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from tests.support.fake_browser import FakeBrowser

Script = Callable[["Request", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ID = "comp_1"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    head: bytes


def answer(status: int = 200, body: Any = None, content_type: str = "application/json") -> Script:
    """A whole answer; a body that is neither bytes nor text is sent as JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else orjson.dumps(body)

    async def script(_request: Request, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: {content_type}\r\nContent-Length: {len(raw)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + raw)

    return script


def raw(data: bytes) -> Script:
    """These bytes, then the end of the connection."""

    async def script(_request: Request, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return script


async def silence(_request: Request, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """No answer, until the client gives up."""
    await reader.read()


def stream(*chunks: bytes, then_hang: bool = True) -> Script:
    """An event stream of these chunks; then silence, or its end."""

    async def script(_request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        if then_hang:
            await reader.read()

    return script


class FakeUpstream:
    """`scripts` by path; what has none is 404. `browser` answers at the DevTools socket, unless a script is there."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.scripts: dict[str, Script] = {}
        self.browser = FakeBrowser()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.lives()
        self.offers_devtools(f"ws://127.0.0.1:{self.port}/devtools")
        self.scripts["/devtools"] = self.browser.serve

    def lives(self) -> None:
        """The computer exists."""
        self.scripts[f"/computers/{ID}"] = answer(body={"id": ID, "kind": "browser", "status": "RUNNING"})

    def ends(self) -> None:
        """The computer does not exist any more."""
        self.scripts = {}

    def offers_devtools(self, url: Any) -> None:
        self.scripts[f"/computers/{ID}/cdp/json/version"] = answer(body={"webSocketDebuggerUrl": url})

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def hang_up(self) -> None:
        """Break every connection."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def stop(self) -> None:
        self._server.close()
        self.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            request = await _read_request(reader)
            self.requests.append(request)
            await self.scripts.get(request.path, answer(404, {"title": "Not found"}))(request, reader, writer)
            await writer.drain()
        self._writers.discard(writer)
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, target, _ = first.split(" ")
    return Request(method, target.partition("?")[0], headers, body, head)


@asynccontextmanager
async def fake_upstream() -> AsyncIterator[FakeUpstream]:
    """One that runs; everything is hung up on afterwards."""
    upstream = FakeUpstream()
    await upstream.start()
    try:
        yield upstream
    finally:
        await upstream.stop()
