"""A browser that speaks DevTools as far as the relay asks, and does on purpose what real ones do by accident."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import pybase64
from websockets.frames import Opcode
from websockets.server import ServerProtocol

from tests.support.pictures import jpeg_of


class FakeBrowser:
    """`mute` methods are not answered; `fail[method]` many times a method is refused first."""

    def __init__(self) -> None:
        self.tabs: dict[str, str] = {"T1": "https://one.example/"}
        self.sessions: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.mute: set[str] = set()
        self.fail: Counter[str] = Counter()
        self.connections = 0
        self.casts = True
        self._numbers = 0
        self._socket: _Socket | None = None

    # What tests do to it

    def show(
        self, payload: bytes = b"", session: str = "", size: tuple[int, int] = (640, 360), **odd: Any
    ) -> None:
        """Send one frame of the newest session (or `session`); `odd` replaces parameters."""
        self._numbers += 1
        data = pybase64.b64encode(jpeg_of(*size, note=payload)).decode()
        metadata = {"deviceWidth": size[0], "deviceHeight": size[1], "timestamp": 1_700_000_000.5}
        params = {"data": data, "metadata": metadata, "sessionId": self._numbers, **odd}
        self.event("Page.screencastFrame", params, session or next(reversed(self.sessions)))

    def event(self, method: str, params: Any, session: str = "") -> None:
        message = {"method": method, "params": params}
        self.say(orjson.dumps({**message, "sessionId": session} if session else message))

    def say(self, data: bytes) -> None:
        """Any bytes as one text message."""
        assert self._socket is not None
        self._socket.send(data)

    def open_tab(self, id: str, url: str = "about:blank") -> None:
        self.tabs[id] = url
        self.event("Target.targetCreated", {"targetInfo": self._info(id)})

    def close_tab(self, id: str) -> None:
        del self.tabs[id]
        self.event("Target.targetDestroyed", {"targetId": id})

    def hang_up(self) -> None:
        assert self._socket is not None
        self._socket.writer.transport.abort()

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [message for message in self.asked if message["method"] == method]

    @property
    def inputs(self) -> list[tuple[str, Any]]:
        """Every input command, as (type or method, what matters); not what is only put in order around them."""
        return [
            (message["params"].get("type", message["method"]), message["params"])
            for message in self.asked
            if message["method"].startswith("Input.")
            and message["method"] != "Input.setInterceptDrags"
            and message["params"].get("type") != "dragCancel"
        ]

    # How it serves

    async def serve(self, request: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.sessions.clear()
        self._socket = socket = _Socket(writer)
        socket.accept(request.head)
        while data := await reader.read(65536):
            for message in socket.received(data):
                self._take(orjson.loads(message))
            await writer.drain()
            if socket.said_goodbye:
                return

    def _take(self, message: dict[str, Any]) -> None:
        self.asked.append(message)
        method = message["method"]
        if method in self.mute:
            return
        if self.fail[method] > 0:
            self.fail[method] -= 1
            self._answer(message, error={"code": -32000, "message": "Not attached to an active page"})
            return
        handler: Callable[[Any], dict[str, Any]] = getattr(
            self, "_" + method.replace(".", "_"), lambda _message: {}
        )
        self._answer(message, result=handler(message))
        if method == "Page.startScreencast" and self.casts:
            self.show(session=message["sessionId"])

    def _answer(self, message: dict[str, Any], **outcome: Any) -> None:
        session = {"sessionId": message["sessionId"]} if "sessionId" in message else {}
        self.say(orjson.dumps({"id": message["id"], **session, **outcome}))

    def _Target_setDiscoverTargets(self, _message: Any) -> dict[str, Any]:  # noqa: N802 — named as the method
        for id in self.tabs:
            self.event("Target.targetCreated", {"targetInfo": self._info(id)})
        return {}

    def _Target_attachToTarget(self, message: Any) -> dict[str, Any]:  # noqa: N802
        self._numbers += 1
        session = f"S{self._numbers}"
        self.sessions[session] = message["params"]["targetId"]
        return {"sessionId": session}

    def _Page_captureScreenshot(self, _message: Any) -> dict[str, Any]:  # noqa: N802
        return {"data": pybase64.b64encode(jpeg_of(640, 360, b"photograph")).decode()}

    def _info(self, id: str) -> dict[str, Any]:
        return {"targetId": id, "type": "page", "title": f"Title of {id}", "url": self.tabs[id]}


class _Socket:
    """The server's half of one websocket."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer, self._protocol = writer, ServerProtocol(max_size=None)

    def accept(self, head: bytes) -> None:
        self._protocol.receive_data(head)
        (request,) = self._protocol.events_received()
        self._protocol.send_response(self._protocol.accept(request))  # type: ignore[arg-type]
        self._flush()

    def send(self, data: bytes) -> None:
        self._protocol.send_text(data)
        self._flush()

    def received(self, data: bytes) -> list[bytes]:
        self._protocol.receive_data(data)
        frames = self._protocol.events_received()
        self._flush()
        return [bytes(frame.data) for frame in frames if frame.opcode is Opcode.TEXT]  # type: ignore[union-attr]

    @property
    def said_goodbye(self) -> bool:
        return self._protocol.close_expected()

    def _flush(self) -> None:
        if not self.writer.is_closing():
            self.writer.write(b"".join(self._protocol.data_to_send()))
