"""The only way out for one Chromium: a small HTTP proxy that looks at where each connection leads.

Every connection is looked up, checked and dialled by its address, so a name cannot change between check and
use. `Forwarder.use` leads everything through a proxy of the user's, or straight again, while tabs are open.
"""

import asyncio
import contextlib
import html
import re
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from .proxies import Proxy
from .reach import Ports, Refused, Streams, Unreachable
from .routes import PROXY_FAILED, Direct, Route, Through, wrong_credentials

HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
HEAD_SECONDS = 30.0
REMEMBERED_FAILURES = 64
HOP_BY_HOP = re.compile(rb"\r\n(?:proxy-[a-z]+|connection|keep-alive)\s*:[^\r\n]*", re.I)


class Forwarder:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._route: Route = Direct(ports)
        self._failures: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        self._ports.add(self.port)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._ports.discard(self.port)

    async def use(self, proxy: Proxy | None) -> None:
        """From now on by this proxy, or straight. Open connections are cut, so that no page stays on the old way.

        Raises `Refused` or `Unreachable`, and then nothing has changed."""
        route: Route = Direct(self._ports)
        if proxy is not None:
            through = Through(proxy, self._ports)
            await through.check()
            route = through
        self._route = route
        for task in list(self._serving):
            task.cancel()

    def failure(self, url: str, since: float) -> str | None:
        """Why a connection to this address failed after `since` (monotonic): Chromium only sees a proxy."""
        at, reason = self._failures.get(_place(*_target(url)), (0.0, ""))
        return reason if at >= since else None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError):
            pass  # the browser went away, or what it sent is no request
        except asyncio.CancelledError:
            pass  # the proxy was changed: nobody awaits this task, and asyncio would log it as a mistake
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        method, target, version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        tunnel = method == "CONNECT"
        host, port = _target(f"//{target}" if tunnel else target)
        route = self._route
        try:
            upstream = await route.open(host, port, tunnel=tunnel)
        except Refused as error:
            return await self._fail(writer, 403, host, port, str(error), f"refused: {error}")
        except Unreachable as error:
            return await self._fail(writer, 502, host, port, str(error), error.code)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_pump(reader, upstream[1]), _pump(upstream[0], writer))
            else:
                form = target if route.extra is not None else _path(target)
                upstream[1].write(_request(head, f"{method} {form} {version}", route.extra or b""))
                await _exchange((reader, writer), upstream, proxied=route.extra is not None)
        except Unreachable as error:
            await self._fail(writer, 502, host, port, str(error), error.code)
        finally:
            upstream[1].close()

    async def _fail(
        self, writer: asyncio.StreamWriter, status: int, host: str, port: int, sentence: str, reason: str
    ) -> None:
        self._failures[_place(host, port)] = (time.monotonic(), reason)
        if len(self._failures) > REMEMBERED_FAILURES:
            self._failures.popitem(last=False)
        title = {403: "Refused", 502: "Not reached"}[status]
        page = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{html.escape(sentence)}</p>".encode()
        writer.write(
            f"HTTP/1.1 {status} {title}\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n".encode()
            + page
        )
        await writer.drain()


def _target(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme in ("https", "wss") else 80)


def _place(host: str, port: int) -> str:
    return f"{host}:{port}"


def _path(target: str) -> str:
    """What a server is asked for; a proxy is asked for the whole address."""
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _request(head: bytes, line: str, extra: bytes) -> bytes:
    """The request as its receiver expects it. One per connection, so neither side can be confused."""
    headers = HOP_BY_HOP.sub(b"", head[head.index(b"\r\n") : -4])
    return line.encode("latin-1") + headers + b"\r\n" + extra + b"Connection: close\r\n\r\n"


async def _exchange(browser: Streams, upstream: Streams, *, proxied: bool) -> None:
    """One request body up, one answer down; the answer tells the browser not to reuse the connection."""
    up = asyncio.create_task(_pump(browser[0], upstream[1]))
    try:
        while True:
            head = await _answer(upstream[0], proxied=proxied)
            status = head.split(b" ", 2)[1]
            if not status.startswith(b"1"):
                break
            browser[1].write(head)
        if proxied and status == b"407":
            raise wrong_credentials()
        browser[1].write(HOP_BY_HOP.sub(b"", head[:-4]) + b"\r\nConnection: close\r\n\r\n")
        await _pump(upstream[0], browser[1])
    finally:
        up.cancel()
        await asyncio.gather(up, return_exceptions=True)


async def _answer(reader: asyncio.StreamReader, *, proxied: bool) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError):
        if proxied:
            raise Unreachable("The proxy broke off.", PROXY_FAILED) from None
        raise


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
        else:  # TLS to a proxy cannot be closed by half
            writer.close()
