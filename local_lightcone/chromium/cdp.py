"""A small DevTools client: one socket, many sessions.

Playwright was measured in its place and left out: attached to a browser that a person drives too, it answers
their JavaScript dialogs before they see them, makes every page believe it has the focus, doubles a
screenshot's time (76 ms against 39), holds every new tab until it has looked at it, and costs 126 MB.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple, Self

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
Listener = Callable[[Json], None]

CALL_SECONDS = 15.0
MAX_MESSAGE_BYTES = 256 * 1024 * 1024


class CdpError(Exception):
    """Chromium refused a call, or did not answer it in time."""


class CdpClosed(CdpError):
    """The browser is gone."""


class Pending(NamedTuple):
    session: str | None
    answer: "asyncio.Future[Json]"


async def dial(address: str) -> ClientConnection:
    """A DevTools socket without what harms it: deflate, small limits, pings, the environment's proxy."""
    return await connect(
        address, compression=None, max_size=MAX_MESSAGE_BYTES, proxy=None, ping_interval=None, open_timeout=10
    )


class Cdp:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last_id = 0
        self._answers: dict[int, Pending] = {}
        self._listeners: dict[tuple[str | None, str], list[Listener]] = {}
        self._close_listeners: list[Callable[[], None]] = []
        self._ended = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, address: str) -> Self:
        return cls(await dial(address))

    async def close(self) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        with contextlib.suppress(Exception):
            await self._socket.close()

    @property
    def closed(self) -> bool:
        return self._ended.is_set()

    async def pause(self, seconds: float) -> None:
        """Lets time pass. Raises `CdpClosed` if the browser ends meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
            raise CdpClosed("the browser is gone")

    def on_close(self, listener: Callable[[], None]) -> None:
        self._close_listeners.append(listener)

    async def call(
        self,
        method: str,
        params: Json | None = None,
        session: str | None = None,
        *,
        seconds: float = CALL_SECONDS,
    ) -> Json:
        """One command and its result. Cancelling it forgets the answer; the command still runs."""
        if self.closed:
            raise CdpClosed("the browser is gone")
        self._last_id += 1
        number = self._last_id
        message: Json = {"id": number, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = session
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[number] = Pending(session, answer)
        try:
            async with asyncio.timeout(seconds):
                await self._socket.send(orjson.dumps(message), text=True)
                return await answer
        except TimeoutError:
            raise CdpError("The page does not respond.") from None
        except ConnectionClosed:
            raise CdpClosed("the browser is gone") from None
        finally:
            self._answers.pop(number, None)

    @contextlib.asynccontextmanager
    async def session(self, target_id: str) -> AsyncIterator[str]:
        """A session of one's own on a target, detached at the end."""
        session = await self.attach(target_id)
        try:
            yield session
        finally:
            await asyncio.shield(self._detach(session))

    async def _detach(self, session: str) -> None:
        with contextlib.suppress(CdpError):
            await self.call("Target.detachFromTarget", {"sessionId": session})

    async def attach(self, target_id: str) -> str:
        answer = await self.call("Target.attachToTarget", {"targetId": target_id, "flatten": True})
        return str(answer["sessionId"])

    @contextlib.contextmanager
    def listening(self, method: str, listener: Listener, session: str | None = None) -> Iterator[None]:
        self.listen(method, listener, session)
        try:
            yield
        finally:
            with contextlib.suppress(KeyError):  # its session ended first
                self._listeners[session, method].remove(listener)

    def listen(self, method: str, listener: Listener, session: str | None = None) -> None:
        """Calls `listener(params)` for each event, in order, from the reading task: it must not block."""
        self._listeners.setdefault((session, method), []).append(listener)

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self._take(orjson.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self._ended.set()
            self._fail(CdpClosed("the browser is gone"))
            for listener in self._close_listeners:
                listener()

    def _take(self, message: Json) -> None:
        if "id" in message:
            self._answer(message)
            return
        params = message.get("params", {})
        for listener in list(self._listeners.get((message.get("sessionId"), message["method"]), ())):
            listener(params)
        if message["method"] == "Target.detachedFromTarget":  # nobody answers on that session any more
            self._fail(CdpError("the tab was closed"), params["sessionId"])
            for key in [key for key in self._listeners if key[0] == params["sessionId"]]:
                del self._listeners[key]

    def _answer(self, message: Json) -> None:
        pending = self._answers.get(message["id"])
        if pending is None or pending.answer.done():
            return
        if "error" in message:
            pending.answer.set_exception(CdpError(message["error"].get("message", "refused")))
        else:
            pending.answer.set_result(message.get("result", {}))

    def _fail(self, error: CdpError, session: str | None = None) -> None:
        for pending in self._answers.values():
            if not pending.answer.done() and (session is None or pending.session == session):
                pending.answer.set_exception(error)
