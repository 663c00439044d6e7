"""A synthetic service of many computers: a list that can be changed, and a small moving picture of each.

`python -m tests.bench.many PORT COUNT RATE`. Each DevTools session is sent a real JPEG as often as it acknowledges, at
most RATE a second, as Chromium does. `GET /become/<id>/<status>` changes what the list says.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from http import HTTPStatus
from typing import Any

import orjson
import pybase64
from PIL import Image, ImageDraw
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

#: Frames that Chromium sends before it waits for an acknowledgement.
AHEAD = 3
PICTURES = 10
#: What a page of text looks like at the size of a tile: about 6 kB.
SIZE = (400, 250)


def pictures() -> list[str]:
    """A page whose clock goes on, in base64."""
    found = []
    for number in range(PICTURES):
        picture = Image.new("RGB", SIZE, "white")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, SIZE[0], 30), fill=(40, 20 * number, 120))
        for line in range(9):
            draw.text((10, 44 + 20 * line), f"{number} invoice of a customer", fill="black")
        kept = io.BytesIO()
        picture.save(kept, "JPEG", quality=50)
        found.append(pybase64.b64encode(kept.getvalue()).decode())
    return found


class Many:
    """All of them."""

    def __init__(self, port: int, count: int, rate: float) -> None:
        self._port, self._interval = port, 1.0 / rate
        self._pictures = pictures()
        self._computers = {f"comp_{number:04}": "RUNNING" for number in range(count)}

    async def run(self) -> None:
        async with serve(
            self._serve, "127.0.0.1", self._port, process_request=self._http, compression=None, max_size=None
        ):
            print("many is ready", flush=True)
            await asyncio.Future()

    def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        if "Upgrade" in request.headers:
            return None
        words = request.path.strip("/").split("/")
        answer: Any = [self._as_json(id) for id in self._computers]
        if words[0] == "become":
            self._computers[words[1]] = words[2]
            answer = {"at": time.time() * 1000}
        elif words[-1] == "version":
            answer = {"webSocketDebuggerUrl": f"ws://127.0.0.1:{self._port}/devtools/{words[1]}"}
        elif len(words) > 1:
            answer = self._as_json(words[1])
        response = connection.respond(HTTPStatus.OK, json.dumps(answer))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        return response

    def _as_json(self, id: str) -> dict[str, Any]:
        endpoints = {"cdp": f"/computers/{id}/cdp"}
        return {"id": id, "kind": "browser", "status": self._computers[id], "endpoints": endpoints}

    async def _serve(self, socket: ServerConnection) -> None:
        sessions: dict[str, asyncio.Semaphore] = {}
        tasks: list[asyncio.Task[None]] = []
        async for raw in socket:
            command = orjson.loads(raw)
            method, session = command["method"], command.get("sessionId", "")
            if method == "Page.screencastFrameAck":
                sessions[session].release()
                continue
            result: dict[str, Any] = {}
            if method == "Target.setDiscoverTargets":
                info = {"targetId": "F" * 32, "type": "page", "title": "bench", "url": "about:blank"}
                await self._send(socket, {"method": "Target.targetCreated", "params": {"targetInfo": info}})
            elif method == "Target.attachToTarget":
                result = {"sessionId": f"S{len(sessions)}"}
                sessions[result["sessionId"]] = asyncio.Semaphore(AHEAD)
            await self._send(socket, {"id": command["id"], "sessionId": session, "result": result})
            if method == "Page.startScreencast":
                tasks.append(asyncio.create_task(self._cast(socket, session, sessions[session])))
        for task in tasks:
            task.cancel()

    async def _cast(self, socket: ServerConnection, session: str, credit: asyncio.Semaphore) -> None:
        number = 0
        while True:
            await credit.acquire()
            number += 1
            metadata = {"deviceWidth": 1280, "deviceHeight": 800, "timestamp": time.time()}
            params = {"data": self._pictures[number % PICTURES], "metadata": metadata, "sessionId": number}
            await self._send(
                socket, {"method": "Page.screencastFrame", "params": params, "sessionId": session}
            )
            await asyncio.sleep(self._interval)

    async def _send(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        if not message.get("sessionId"):
            message.pop("sessionId", None)
        await socket.send(orjson.dumps(message), text=True)


if __name__ == "__main__":
    asyncio.run(Many(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])).run())
