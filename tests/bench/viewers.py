"""Many viewers in one process, as cheap as Python can make them: raw sockets, acknowledging each frame when it has
arrived.

`python -m tests.bench.viewers URL COUNT SECONDS [COOKIE] [READ_LIMIT ...]` prints one JSON line: frames, latencies in
ms. Each READ_LIMIT adds a viewer that reads only that many bytes a second (0: never reads); they are not counted.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import sys
import time
from urllib.parse import urlsplit

HEADER = struct.Struct("<BBHIdfHH")
#: A viewer has arrived after this many frames; all of them within this long, and then a moment's rest. Seconds.
ARRIVED = 5
ARRIVAL_TIMEOUT = 90.0
SETTLE = 1.5
#: A slow reader's receive buffer, bytes: the kernel must not read for it.
SLOW_BUFFER = 4096


class Viewer(asyncio.Protocol):
    """Parses unmasked server frames, answers each binary one with `seen`."""

    def __init__(self, request: bytes, counting: asyncio.Event, latencies: list[float]) -> None:
        self._request, self._counting, self._latencies = request, counting, latencies
        self._buffer = bytearray()
        self._open = False
        self.transport: asyncio.Transport | None = None
        self.lost = False
        self.frames = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert b" 101 " in self._buffer[:40], bytes(self._buffer[:200])
            self._open = True
            del self._buffer[: end + 4]
        while self._take():
            pass

    def _take(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, at = buffer[1] & 127, 2
        if length == 126:
            length, at = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, at = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < at + length:
            return False
        opcode = buffer[0] & 15
        if opcode == 2:
            self._seen(*HEADER.unpack_from(buffer, at)[3:5])
        elif opcode == 9:
            self._send(0x8A, bytes(buffer[at : at + length]))
        del buffer[: at + length]
        return True

    def _seen(self, sequence: int, captured: float) -> None:
        self.frames += 1
        if self._counting.is_set():
            self._latencies.append(time.time() * 1000 - captured)
        self._send(0x81, b'{"type":"seen","seq":%d}' % sequence)

    def _send(self, first: int, payload: bytes) -> None:
        assert self.transport is not None and len(payload) < 126
        self.transport.write(bytes([first, 0x80 | len(payload), 0, 0, 0, 0]) + payload)


def request(url: str, cookie: str, number: int) -> bytes:
    """The handshake; each viewer is a browser tab of its own."""
    parts = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {parts.path or '/'}?client=bench-{os.getpid()}-{number} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: http://{parts.netloc}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def read_slowly(host: str, port: int, handshake: bytes, per_second: int) -> None:
    """A viewer on a bad link, or one that never reads; it acknowledges nothing, as its browser would paint nothing."""
    reader, writer = await asyncio.open_connection(host, port, limit=SLOW_BUFFER)
    writer.write(handshake)
    try:
        while per_second:
            await reader.read(max(1, per_second // 10))
            await asyncio.sleep(0.1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Future()
    finally:
        writer.close()


async def main(url: str, count: int, seconds: float, cookie: str, slow: list[int]) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    loop, counting, latencies = asyncio.get_running_loop(), asyncio.Event(), [0.0][:0]
    viewers = []
    for number in range(count):
        make = Viewer(request(url, cookie, number), counting, latencies)
        await loop.create_connection(lambda make=make: make, host, port)  # type: ignore[misc]
        viewers.append(make)
    slowpokes = [
        asyncio.create_task(read_slowly(host, port, request(url, cookie, count + number), limit))
        for number, limit in enumerate(slow)
    ]
    # What is measured is watching, not arriving: two hundred sign-ins at once are a burst of their own.
    async with asyncio.timeout(ARRIVAL_TIMEOUT):
        while any(viewer.frames < ARRIVED for viewer in viewers):  # noqa: ASYNC110  two hundred events for one wait
            await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLE)
    print("counting", flush=True)
    counting.set()
    await asyncio.sleep(seconds)
    counting.clear()
    lost = sum(viewer.lost for viewer in viewers)
    print(json.dumps({"frames": len(latencies), "latencies": latencies, "lost": lost}), flush=True)
    for task in slowpokes:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(
        main(
            sys.argv[1],
            int(sys.argv[2]),
            float(sys.argv[3]),
            sys.argv[4],
            [int(limit) for limit in sys.argv[5:]],
        )
    )
