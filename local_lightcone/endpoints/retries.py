"""Acting once on a request that its client sends again.

The official client repeats a call whose answer did not come in time, also one that acts, and says so in a header.
Such a repetition is answered with what became of the first one (contract §6).
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..bodies import raw_body

RETRY_HEADER = "x-stainless-retry-count"
FINISHED_SECONDS = 20.0
"""How long an answer is kept: the client repeats within 8 s of missing it."""

MOST_ANSWERS = 256
MOST_ANSWER_BYTES = 16 * 1024 * 1024

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Key = tuple[str, str, bytes]


@dataclass(slots=True)
class First:
    """What a request led to, and how often it has been sent."""

    task: "asyncio.Task[Response]"
    attempt: int
    ended_at: float | None = None

    @property
    def size(self) -> int:
        return len(self.task.result().body) if self.ended_at is not None else 0


class Retries:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[Key, First] = OrderedDict()

    async def once(
        self, key: Key, attempt: int, act: Callable[[], Coroutine[Any, Any, Response]]
    ) -> Response:
        self._forget()
        first = self._known.get(key)
        if first is None or attempt <= first.attempt:  # not the same client's next attempt
            first = First(asyncio.create_task(act()), attempt)
            self._known[key] = first
            self._known.move_to_end(key)
            first.task.add_done_callback(lambda task: self._ended(key, task))
        first.attempt = attempt
        return await asyncio.shield(first.task)

    def _ended(self, key: Key, task: "asyncio.Task[Response]") -> None:
        known = self._known.get(key)
        if known is None or known.task is not task:
            return
        if task.cancelled() or task.exception() or task.result().status_code >= 400:
            del self._known[key]  # nothing was done: the next attempt may
        else:
            known.ended_at = self._clock()
            self._forget()

    def _forget(self) -> None:
        """Answers that are too old or, from the oldest on, too many. What still runs is never forgotten."""
        now = self._clock()
        ended = [(key, first) for key, first in self._known.items() if first.ended_at is not None]
        count, size = len(ended), sum(first.size for _, first in ended)
        for key, first in ended:
            assert first.ended_at is not None
            if count > MOST_ANSWERS or size > MOST_ANSWER_BYTES or now - first.ended_at > FINISHED_SECONDS:
                del self._known[key]
                count, size = count - 1, size - first.size


def once(act: Endpoint) -> Endpoint:
    """An endpoint that does not act again on a repeated request. Not for answers that stream."""

    @wraps(act)
    async def endpoint(request: Request) -> Response:
        retries: Retries = request.app.state.retries
        body = await raw_body(request)
        address = f"{request.url.path}?{request.url.query}"
        key = (request.method, address, hashlib.sha256(body).digest())
        return await retries.once(key, _attempt(request), lambda: act(request))

    return endpoint


def _attempt(request: Request) -> int:
    value = request.headers.get(RETRY_HEADER, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
