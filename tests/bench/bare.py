"""The yardstick: a bare `websockets` server that relays the same cast with the same header and the same
acknowledgements.

`python -m tests.bench.bare PORT SOURCE_PORT`. No accounts, no lease, no pacing: one newest-frame slot and two frames in
flight for each viewer.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import time

import orjson
import pybase64
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

HEADER = struct.Struct("<BBHIdfHH")
IN_FLIGHT = 2


class Slot:
    """One viewer."""

    def __init__(self) -> None:
        self.frame: tuple[bytes, float, float] | None = None
        self.sent = self.seen = 0
        self.wake = asyncio.Event()


class Bare:
    """All viewers of one source."""

    def __init__(self, source_port: int) -> None:
        self._source_port = source_port
        self._slots: set[Slot] = set()

    async def serve(self, socket: ServerConnection) -> None:
        slot = Slot()
        self._slots.add(slot)
        writer = asyncio.create_task(self._write(socket, slot))
        try:
            async for raw in socket:
                slot.seen = orjson.loads(raw)["seq"]
                slot.wake.set()
        finally:
            writer.cancel()
            self._slots.discard(slot)

    async def _write(self, socket: ServerConnection, slot: Slot) -> None:
        while True:
            await slot.wake.wait()
            slot.wake.clear()
            if slot.frame is None or slot.sent - slot.seen >= IN_FLIGHT:
                continue
            (payload, captured, received), slot.frame = slot.frame, None
            slot.sent += 1
            age = (time.monotonic() - received) * 1000
            await socket.send(HEADER.pack(1, 1, 1, slot.sent, captured, age, 1280, 800) + payload)

    async def pump(self) -> None:
        url = f"ws://127.0.0.1:{self._source_port}/devtools"
        async with connect(url, compression=None, max_size=None, proxy=None, ping_interval=None) as socket:
            await socket.send(
                orjson.dumps({"id": 1, "method": "Page.startScreencast", "params": {}}), text=True
            )
            while True:
                message = orjson.loads(await socket.recv(decode=False))
                if message.get("method") != "Page.screencastFrame":
                    continue
                params = message["params"]
                payload = pybase64.b64decode(params["data"], validate=True)
                frame = (payload, params["metadata"]["timestamp"] * 1000, time.monotonic())
                for slot in self._slots:
                    slot.frame = frame
                    slot.wake.set()


async def main(port: int, source_port: int) -> None:
    bare = Bare(source_port)
    async with serve(bare.serve, "127.0.0.1", port, compression=None, max_size=None, ping_interval=None):
        print("bare is ready", flush=True)
        await bare.pump()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
