"""What is done to a computer through the API, told to whoever reads `GET /computers/{id}/events`.

Three kinds of event (contract §3.5): an action's request, its response, and a piece of what a command writes.
Publishing never waits. A reader that falls behind loses its oldest events and is told how many.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator, Mapping

import orjson

from ..problems import Problem

MOST_READERS = 32
READER_BYTES = 2 * 1024 * 1024
"""How much waits for one reader before its oldest events go."""


class Reader:
    """One reader's events, as server-sent events, in order."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._lost = 0
        self._news = asyncio.Event()
        self.ended = False

    def put(self, event: bytes) -> None:
        self._waiting.append(event)
        self._bytes += len(event)
        while self._bytes > READER_BYTES and len(self._waiting) > 1:
            self._bytes -= len(self._waiting.popleft())
            self._lost += 1
        self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    async def take(self, seconds: float) -> bytes | None:
        """All that came, or None if nothing did within `seconds`. Empty: the computer is gone."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return None
        taken = [*self._gap(), *self._waiting]
        self._waiting.clear()
        self._bytes = 0
        if not self.ended:
            self._news.clear()
        return b"".join(taken)

    def _gap(self) -> list[bytes]:
        """A named event: who knows only the three kinds passes over it."""
        lost, self._lost = self._lost, 0
        return [b"event: gap\ndata: " + orjson.dumps({"dropped": lost}) + b"\n\n"] if lost else []


class Events:
    def __init__(self) -> None:
        self._readers: set[Reader] = set()
        self._ended = False

    def publish(self, event: Mapping[str, object]) -> None:
        """Tells every reader. `event` must hold neither typed text nor credentials."""
        if self._readers:
            told = b"data: " + orjson.dumps(event) + b"\n\n"
            for reader in self._readers:
                reader.put(told)

    def room(self) -> None:
        """Refuses one reader too many, before its stream begins."""
        if len(self._readers) >= MOST_READERS:
            raise Problem(
                429, "Too many readers", f"A computer's events have at most {MOST_READERS} readers."
            )

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reader]:
        if len(self._readers) >= MOST_READERS:
            raise Problem(
                429, "Too many readers", f"A computer's events have at most {MOST_READERS} readers."
            )
        reader = Reader()
        if self._ended:
            reader.end()
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    def end(self) -> None:
        """The computer is gone: every reader's stream ends."""
        self._ended = True
        for reader in self._readers:
            reader.end()
