"""A long answer whose client may leave, and may come back for it.

A client that leaves takes its command with it. But the official one also leaves when its read takes too long,
and then sends the request again, which was seen to run a command three times (contract §1.4): it has a moment to
come back, and finds the same command.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..bodies import raw_body
from ..problems import Problem
from .retries import RETRY_HEADER

REJOIN_SECONDS = 10.0
"""The official client waits 8 s at most before it repeats."""

Key = tuple[str, bytes]


@dataclass(slots=True)
class Awaited:
    task: asyncio.Task[Response]
    readers: int = 0
    end: asyncio.TimerHandle | None = None


class Rejoining:
    def __init__(self) -> None:
        self._known: dict[Key, Awaited] = {}

    async def answer(self, request: Request, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        key = (request.url.path, hashlib.sha256(await raw_body(request)).digest())
        repeated = request.headers.get(RETRY_HEADER, "0") != "0"
        awaited = self._known.get(key) if repeated else None
        if awaited is None:
            awaited = self._known[key] = Awaited(asyncio.create_task(work()))
            awaited.task.add_done_callback(_seen)
        if awaited.end is not None:
            awaited.end.cancel()
        awaited.readers += 1
        left = asyncio.create_task(_left(request))
        try:
            await asyncio.wait([awaited.task, left], return_when=asyncio.FIRST_COMPLETED)
            if not awaited.task.done():
                raise Problem(499, "Client left")  # nobody reads it
            return awaited.task.result()
        finally:
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)
            awaited.readers -= 1
            if not awaited.readers:
                self._leave(key, awaited, may_return=RETRY_HEADER in request.headers)

    def _leave(self, key: Key, awaited: Awaited, *, may_return: bool) -> None:
        if awaited.task.done() or not may_return:
            return self._end(key, awaited)
        loop = asyncio.get_running_loop()
        awaited.end = loop.call_later(REJOIN_SECONDS, self._end, key, awaited)

    def _end(self, key: Key, awaited: Awaited) -> None:
        awaited.task.cancel()
        if self._known.get(key) is awaited:
            del self._known[key]


def _seen(task: asyncio.Task[Response]) -> None:
    """Its failure is its client's to hear; asyncio need not log it as well."""
    if not task.cancelled():
        task.exception()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
