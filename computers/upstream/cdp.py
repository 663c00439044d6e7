"""One Chrome DevTools connection to one computer.

Commands leave in the order of their calls; answers and events come back through callbacks, so nothing here decides what
a frame or a tab is. Source: contract §3.5 (`/computers/{id}/cdp`), and websockets' defaults as field-notes §1 says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
import websockets
from websockets.asyncio.client import ClientConnection, connect

from computers.upstream import errors
from computers.upstream.addresses import connected_socket
from computers.upstream.client import CONNECT_TIMEOUT, Client
from computers.wire import cdp as wire
from dashboard.in_order import InOrder

logger = logging.getLogger(__name__)

#: Seconds to wait for the answer of a command, unless the call says otherwise.
COMMAND_TIMEOUT = 10.0
#: Largest message, bytes: a frame of a large screen at scale 2, in base64.
MESSAGE_LIMIT = 64 * 1024 * 1024
#: Commands that may wait while the socket takes no more; beyond that the connection is given up.
COMMANDS_WAITING = 4096
#: Seconds for a clean goodbye.
CLOSE_TIMEOUT = 2.0

OnEvent = Callable[[str, dict[str, Any], str], None]


class CommandFailed(errors.UpstreamError):
    """The browser refused a command; `str()` is its own word for it."""


class CdpConnection:
    """An open connection. `on_event(method, params, session)` is called for every event, on the reading task: it must
    not block.

    `closed` is done when the connection has ended, whoever ended it.
    """

    def __init__(self, socket: ClientConnection, on_event: OnEvent) -> None:
        loop = asyncio.get_running_loop()
        self._socket, self._on_event = socket, on_event
        self._next_id = 0
        self._answers: dict[int, Callable[[dict[str, Any]], None]] = {}
        self._outgoing = InOrder(self._write, limit=COMMANDS_WAITING, on_broken=self._end)
        self.closed: asyncio.Future[None] = loop.create_future()
        self._reader = loop.create_task(self._read())

    @classmethod
    async def open(cls, client: Client, cdp_path: str, on_event: OnEvent) -> CdpConnection:
        """Ask `<cdp_path>/json/version` where the socket is, then connect. `Gone` if upstream says 404, else
        `UpstreamError`."""
        version = await client.cdp_version(cdp_path)
        url = version.get("webSocketDebuggerUrl")
        if not isinstance(url, str) or not _is_socket_url(url):
            raise errors.NotUnderstood("The Lightcone service offers no DevTools socket for this computer.")
        return cls(await _connect(url, client), on_event)

    def post(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        session: str = "",
        on_answer: Callable[[dict[str, Any]], None] | None = None,
        may_send: Callable[[], bool] | None = None,
    ) -> None:
        """Send a command without waiting. `on_answer` gets the raw answer; it is called with an error when the
        connection ends. `may_send` is asked at the very moment of writing; False drops the command."""
        self._next_id += 1
        if self.closed.done():
            if on_answer is not None:
                on_answer(_LOST)
            return
        if on_answer is not None:
            self._answers[self._next_id] = on_answer
        self._outgoing.put(
            (self._next_id, wire.encode(self._next_id, method, params or {}, session), may_send)
        )

    async def call(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        session: str = "",
        timeout: float = COMMAND_TIMEOUT,
    ) -> dict[str, Any]:
        """Send a command and wait for its result. `CommandFailed` if it is refused, `NoAnswer` if nothing comes in
        time."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

        def answered(message: dict[str, Any]) -> None:
            if not answer.done():
                answer.set_result(message)

        self.post(method, params, session, answered)
        try:
            async with asyncio.timeout(timeout):
                message = await answer
        except TimeoutError:
            raise errors.NoAnswer("The computer's browser did not answer in time.") from None
        if message is _LOST:
            raise errors.NoAnswer("The connection to the computer broke.")
        if "error" in message:
            raise CommandFailed(_said(message["error"]))
        return _object(message.get("result"))

    async def aclose(self) -> None:
        """Close the connection and wait for its tasks."""
        await self._outgoing.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._socket.close()
        except TimeoutError:
            pass
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._end()

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._socket.recv(decode=False))
        except websockets.ConnectionClosed:
            pass
        except Exception:
            logger.exception("Reading DevTools messages failed.")
        finally:
            self._end()

    def _take(self, raw: bytes) -> None:
        try:
            message = orjson.loads(raw)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            logger.warning("A DevTools message was not understood; it was skipped.")
            return
        number = message.get("id")
        if number is None:
            self._on_event(
                str(message.get("method", "")),
                _object(message.get("params")),
                str(message.get("sessionId", "")),
            )
        elif isinstance(number, int) and (on_answer := self._answers.pop(number, None)) is not None:
            on_answer(message)

    async def _write(self, command: tuple[int, bytes, Callable[[], bool] | None]) -> None:
        number, message, may_send = command
        if may_send is None or may_send():
            await self._socket.send(message, text=True)
        elif (on_answer := self._answers.pop(number, None)) is not None:
            on_answer(_DROPPED)

    def _end(self) -> None:
        if self.closed.done():
            return
        self.closed.set_result(None)
        answers, self._answers = self._answers, {}
        for on_answer in answers.values():
            on_answer(_LOST)


_LOST: dict[str, Any] = {"error": {"message": "The connection broke."}}
_DROPPED: dict[str, Any] = {"error": {"message": "It was not sent."}}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _said(error: Any) -> str:
    return str(_object(error).get("message") or "The browser refused.")[:300]


def _is_socket_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


async def _connect(url: str, client: Client) -> ClientConnection:
    sock = await connected_socket(url, CONNECT_TIMEOUT)
    try:
        return await connect(
            url,
            sock=sock,
            additional_headers=client.access.headers_for(url),
            user_agent_header=None,
            compression=None,
            max_size=MESSAGE_LIMIT,
            proxy=None,
            ping_interval=None,
            open_timeout=CONNECT_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
            max_queue=None,
        )
    except websockets.InvalidStatus as error:
        sock.close()
        raise errors.from_status(error.response.status_code, "", None) from error
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        sock.close()
        raise errors.Unreachable("The computer's DevTools socket cannot be reached.") from error
