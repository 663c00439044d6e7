"""The browser's half of a screen socket, without a browser: over a real connection, or the consumer itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import websockets
from django.conf import settings

from computers.consumers.screen import ScreenConsumer
from computers.wire.screen import HEADER

WAIT_SECONDS = 15.0


class Screen:
    """One open screen. It acknowledges every frame and answers every probe, unless told otherwise.

    `messages` and `frames` hold everything that came; `view` and `epoch` are what input is aimed with.
    """

    def __init__(self, send: Callable[[str | bytes], Awaitable[None]]) -> None:
        self._send = send
        self.messages: list[dict[str, Any]] = []
        self.frames: list[tuple[Any, ...]] = []
        self.pictures: list[bytes] = []
        self.view = self.epoch = 0
        self.code: int | None = None
        self.acknowledges = self.answers = True
        self._news = asyncio.Event()

    # What came

    async def take(self, data: str | bytes) -> None:
        """One message from the server."""
        if isinstance(data, bytes):
            header = HEADER.unpack(data[:24])
            self.frames.append(header)
            self.pictures.append(data[24:])
            self.view = header[2]
            if self.acknowledges:
                await self.say("seen", seq=header[3])
        else:
            self._read(message := orjson.loads(data))
            if message["type"] == "probe" and self.answers:
                await self.say("here")
        self._news.set()

    def _read(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["type"] == "control":
            self.epoch = message["epoch"]

    def ended(self, code: int) -> None:
        """The server closed it."""
        self.code = code
        self._news.set()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def errors(self) -> list[str]:
        return [message["code"] for message in self.of("error")]

    async def until(self, check: Callable[[], Any], seconds: float = WAIT_SECONDS) -> None:
        """Wait until `check` holds; every message that comes is a reason to look again."""
        try:
            async with asyncio.timeout(seconds):
                while not check():
                    self._news.clear()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.05):
                            await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"it did not happen; ended with {self.code}, {self.messages[-12:]}"
            ) from None

    async def heard(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The newest message of that type with those fields; waits for one."""

        def fits(message: dict[str, Any]) -> bool:
            return message["type"] == kind and all(
                message.get(name) == value for name, value in fields.items()
            )

        await self.until(lambda: any(map(fits, self.messages)))
        return next(message for message in reversed(self.messages) if fits(message))

    async def shown(self) -> None:
        """Wait for the first picture."""
        await self.until(lambda: self.frames)

    async def closed(self) -> int:
        """The code it is closed with."""
        await self.until(lambda: self.code is not None)
        assert self.code is not None
        return self.code

    # What is said

    async def raw(self, data: str | bytes) -> None:
        await self._send(data)

    async def say(self, kind: str, **fields: Any) -> None:
        await self._send(orjson.dumps({"type": kind, **fields}).decode())

    async def take_control(self) -> None:
        await self.say("control", action="take")
        await self.until(lambda: self.of("control") and self.of("control")[-1]["you_hold"])

    async def release_control(self) -> None:
        await self.say("control", action="release")
        await self.until(lambda: not self.of("control")[-1]["you_hold"])

    async def pointer(self, action: str, x: float, y: float, button: str = "none", **fields: Any) -> None:
        aim = {"view": self.view, "epoch": self.epoch}
        await self.say("pointer", action=action, x=x, y=y, button=button, **{**aim, **fields})

    async def press(self, x: float, y: float, button: str = "left", clicks: int = 1) -> None:
        mask = {"left": 1, "right": 2, "middle": 4}[button]
        await self.pointer("down", x, y, button, buttons=mask, clicks=clicks)

    async def let_go(self, x: float, y: float, button: str = "left", clicks: int = 1) -> None:
        await self.pointer("up", x, y, button, buttons=0, clicks=clicks)

    async def click(self, x: float, y: float, button: str = "left", times: int = 1) -> None:
        await self.pointer("move", x, y)
        for clicks in range(1, times + 1):
            await self.press(x, y, button, clicks)
            await self.let_go(x, y, button, clicks)

    async def key(self, action: str, key: str, code: str = "", **fields: Any) -> None:
        aim = {"view": self.view, "epoch": self.epoch}
        await self.say("key", action=action, key=key, code=code, **{**aim, **fields})

    async def strike(self, key: str, code: str = "", text: str = "", modifiers: int = 0) -> None:
        await self.key("down", key, code, text=text, modifiers=modifiers)
        await self.key("up", key, code, modifiers=modifiers)

    async def text(self, text: str) -> None:
        await self.say("text", text=text, view=self.view, epoch=self.epoch)


@asynccontextmanager
async def consumer_screen(public_id: str, session_key: str, client: str = "") -> AsyncIterator[Screen]:
    """The consumer itself, as the URL router would call it; the browser leaves at the end."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def to_server(data: str | bytes) -> None:
        kind = "text" if isinstance(data, str) else "bytes"
        await inbox.put({"type": "websocket.receive", kind: data})

    screen = Screen(to_server)

    async def to_browser(event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            screen.ended(event["code"])
        elif event["type"] == "websocket.send":
            await screen.take(event.get("text") or event["bytes"])

    cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
    scope = {
        "type": "websocket",
        "path": f"/ws/computers/{public_id}/",
        "headers": [(b"cookie", cookie)],
        "query_string": f"client={client}".encode(),
        "client": ["192.0.2.1", 1],
        "url_route": {"args": (), "kwargs": {"public_id": public_id}},
    }
    await inbox.put({"type": "websocket.connect"})
    serving = asyncio.ensure_future(ScreenConsumer.as_asgi()(scope, inbox.get, to_browser))
    try:
        yield screen
    finally:
        await inbox.put({"type": "websocket.disconnect", "code": 1001})
        await serving


@asynccontextmanager
async def real_screen(
    base_url: str, public_id: str, session_key: str, client: str = "", origin: str = ""
) -> AsyncIterator[Screen]:
    """A screen over a real connection to a running dashboard."""
    url = f"{base_url.replace('http', 'ws', 1)}/ws/computers/{public_id}/?client={client}"
    headers = {"Cookie": f"lightdeck_session={session_key}", "Origin": origin or base_url}
    options: dict[str, Any] = {"compression": None, "max_size": None, "proxy": None, "ping_interval": None}
    async with websockets.connect(url, additional_headers=headers, **options) as socket:
        screen = Screen(socket.send)

        async def read() -> None:
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await screen.take(await socket.recv())
            screen.ended(socket.close_code or 1006)

        reading = asyncio.ensure_future(read())
        try:
            yield screen
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
