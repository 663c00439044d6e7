"""What a service answers to exec and exec/sync, whole or broken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson

from tests.support.fake_upstream import ID, Request, Script

EXEC = f"/computers/{ID}/exec"
SYNC = f"/computers/{ID}/exec/sync"
STANDSTILL_SECONDS = 15.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"


def line(kind: str, **fields: object) -> bytes:
    """One line of a streamed answer."""
    return orjson.dumps({"type": kind, **fields}) + b"\n"


def lines(*chunks: bytes, then_hang: bool = False, pause: float = 0.0) -> Script:
    """A stream of these chunks, each sent by itself; then its end, or silence until the client leaves."""

    async def script(_request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)
        if then_hang:
            await reader.read()

    return script


async def standstill(read: Callable[[], int], seconds: float = 1.0) -> int:
    """What `read` counts, once it has not counted on for so long."""
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while True:
            before = read()
            await asyncio.sleep(seconds)
            if read() == before:
                return before


class Endless:
    """Says the same for ever, as fast as it is read; counts what it could get rid of."""

    def __init__(self, chunk: bytes) -> None:
        self.chunk, self.sent = chunk, 0
        self.left = asyncio.Event()

    async def __call__(
        self, _request: Request, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.transport.set_write_buffer_limits(65_536)
        writer.write(HEAD)
        try:
            while True:
                writer.write(self.chunk)
                await writer.drain()
                self.sent += len(self.chunk)
        finally:
            self.left.set()
