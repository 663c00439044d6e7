"""The browser's half of a terminal's socket, without a browser: the consumer itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings

from computers.consumers.terminal import TerminalConsumer
from computers.wire.terminal import HEADER
from tests.support.screens import Screen


class Terminal(Screen):
    """One open terminal. It acknowledges all output, unless told otherwise; `said` is all of it, stream by stream."""

    def __init__(self, send: Any) -> None:
        super().__init__(send)
        self.said: list[tuple[int, bytes]] = []
        self.last = 0

    async def take(self, data: str | bytes) -> None:
        if isinstance(data, str):
            await super().take(data)
            return
        stream, self.last = HEADER.unpack(data[: HEADER.size])
        self.said.append((stream, data[HEADER.size :]))
        if self.acknowledges:
            await self.say("seen", seq=self.last)

    async def run(self, command: str, **fields: Any) -> dict[str, Any]:
        """Run it and wait for its end."""
        before = len(self.of("ended"))
        await self.say("run", command=command, **fields)
        await self.until(lambda: len(self.of("ended")) > before)
        return self.of("ended")[-1]

    def output(self, stream: int = 1) -> str:
        """All that came on one stream: 1 stdout, 2 stderr."""
        return b"".join(data for of, data in self.said if of == stream).decode()

    @property
    def size(self) -> int:
        """Bytes of output so far."""
        return sum(len(data) for _, data in self.said)


@asynccontextmanager
async def consumer_terminal(public_id: str, session_key: str) -> AsyncIterator[Terminal]:
    """The consumer as the URL router would call it; the browser leaves at the end."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def to_server(data: str | bytes) -> None:
        await inbox.put({"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data})

    terminal = Terminal(to_server)

    async def to_browser(event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            terminal.ended(event["code"])
        elif event["type"] == "websocket.send":
            await terminal.take(event.get("text") or event["bytes"])

    cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
    scope = {
        "type": "websocket",
        "path": f"/ws/computers/{public_id}/terminal/",
        "headers": [(b"cookie", cookie)],
        "query_string": b"",
        "client": ["192.0.2.1", 1],
        "url_route": {"args": (), "kwargs": {"public_id": public_id}},
    }
    await inbox.put({"type": "websocket.connect"})
    serving = asyncio.ensure_future(TerminalConsumer.as_asgi()(scope, inbox.get, to_browser))
    try:
        yield terminal
    finally:
        await inbox.put({"type": "websocket.disconnect", "code": 1001})
        await serving
