"""A synthetic computer: DevTools enough for a cast, sending one JPEG-shaped payload at a fixed rate to whoever
attached.

`python -m tests.bench.source PORT BYTES RATE`. It ignores acknowledgements: what is measured is the relay, not its
source.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from http import HTTPStatus
from typing import Any

import orjson
import pybase64
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

TAB = "F" * 32
CDP_PATH = "/computers/comp_1/cdp"


class Source:
    """One tab, always changing."""

    def __init__(self, port: int, size: int, rate: float) -> None:
        self._port, self._interval = port, 1.0 / rate
        payload = b"\xff\xd8" + os.urandom(size - 4) + b"\xff\xd9"
        self._data = pybase64.b64encode(payload).decode()

    async def run(self) -> None:
        async with serve(
            self._serve, "127.0.0.1", self._port, process_request=self._http, compression=None, max_size=None
        ):
            print("source is ready", flush=True)
            await asyncio.Future()

    def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" in request.headers:
            return None
        computer = {"id": "comp_1", "kind": "browser", "status": "RUNNING", "endpoints": {"cdp": CDP_PATH}}
        answers = {
            "/computers": [computer],
            CDP_PATH + "/json/version": {"webSocketDebuggerUrl": f"ws://127.0.0.1:{self._port}/devtools"},
        }
        response = connection.respond(HTTPStatus.OK, json.dumps(answers.get(request.path, computer)))
        response.headers["Content-Type"] = "application/json"
        return response

    async def _serve(self, socket: ServerConnection) -> None:
        casting: asyncio.Task[None] | None = None
        async for raw in socket:
            command = orjson.loads(raw)
            method = command["method"]
            if method == "Target.setDiscoverTargets":
                info = {"targetId": TAB, "type": "page", "title": "bench", "url": "about:blank"}
                await self._send(socket, {"method": "Target.targetCreated", "params": {"targetInfo": info}})
            result = {"sessionId": "S"} if method == "Target.attachToTarget" else {}
            if not method.endswith("Ack"):
                await self._send(socket, {"id": command["id"], "result": result})
            if method == "Page.startScreencast" and casting is None:
                casting = asyncio.create_task(self._cast(socket))
        if casting is not None:
            casting.cancel()

    async def _cast(self, socket: ServerConnection) -> None:
        number, due = 0, time.monotonic()
        while True:
            number += 1
            metadata = {"deviceWidth": 1280, "deviceHeight": 800, "timestamp": time.time()}
            params = {"data": self._data, "metadata": metadata, "sessionId": number}
            await self._send(socket, {"method": "Page.screencastFrame", "params": params, "sessionId": "S"})
            due += self._interval
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _send(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        await socket.send(orjson.dumps(message), text=True)


if __name__ == "__main__":
    asyncio.run(Source(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])).run())
