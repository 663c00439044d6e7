"""A little proxy that counts what is asked of it: HTTP with CONNECT, or SOCKS5, with or without credentials."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HERE = "127.0.0.1"
"""It leads nowhere else: browsers call their maker now and then."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class LittleProxy:
    credentials: tuple[str, str] | None = None
    socks: bool = False
    tls: ssl.SSLContext | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """`GET http://…`, `CONNECT host:port` or `SOCKS host:port`, in order."""

    refused: int = 0
    tunnels: int = 0
    """Open now."""

    @property
    def url(self) -> str:
        user = "{}:{}@".format(*self.credentials) if self.credentials else ""
        scheme = "socks5" if self.socks else "https" if self.tls else "http"
        return f"{scheme}://{user}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await (self._socks5 if self.socks else self._http)(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.splitlines()[0].split(" ")
        given = [line.split()[2] for line in head.splitlines() if line.lower().startswith("proxy-auth")]
        wanted = [":".join(self.credentials)] if self.credentials else []
        if [b64decode(value).decode() for value in given] != wanted:
            self.refused += 1
            writer.write(
                b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
            )
            return
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        if parts.hostname != HERE:
            return
        self.asked.append(f"{method} {target}")
        server = await asyncio.open_connection(parts.hostname, parts.port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go\r\n\r\n")
        else:
            kept = [line for line in head.splitlines()[1:] if not line.lower().startswith("proxy-")]
            path = target[target.index(parts.netloc) + len(parts.netloc) :]
            server[1].write("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "", ""]).encode())
        await self._join((reader, writer), server)

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        wanted = 2 if self.credentials else 0
        writer.write(bytes([5, wanted if wanted in methods else 255]))
        if self.credentials and wanted in methods:
            await reader.readexactly(1)
            given = [(await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in "up"]
            right = tuple(given) == self.credentials
            writer.write(bytes([1, not right]))
            if not right:
                self.refused += 1
                return
        *_, kind = await reader.readexactly(4)
        length = 4 if kind == 1 else (await reader.readexactly(1))[0]
        place = await reader.readexactly(length)
        host = ".".join(map(str, place)) if kind == 1 else place.decode()
        port = int.from_bytes(await reader.readexactly(2))
        if host != HERE:
            return
        self.asked.append(f"SOCKS {host}:{port}")
        server = await asyncio.open_connection(host, port)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await self._join((reader, writer), server)

    async def _join(self, client: Streams, server: Streams) -> None:
        self.tunnels += 1
        ways = [
            asyncio.create_task(_pump(client[0], server[1])),
            asyncio.create_task(_pump(server[0], client[1])),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.tunnels -= 1
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            server[1].close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@contextlib.asynccontextmanager
async def little_proxy(
    credentials: tuple[str, str] | None = None, *, socks: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[LittleProxy]:
    proxy = LittleProxy(credentials, socks, tls)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
