"""What a task tells: numbered events, kept, so that whoever reads may leave and come back without loss.

Readers hold a number and nothing else; a slow one keeps nobody back and costs no memory of its own.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

import orjson

from ..problems import Problem

MOST_EVENTS = 10_000
MOST_BYTES = 8 * 1024 * 1024
"""Of one task. Beyond it the oldest inline pictures become addresses; beyond that the oldest events go."""

MOST_READERS = 32
PING_SECONDS = 15.0
"""The official client gives up after 60 s without a byte; 30 s is what the contract allows."""

OPEN, PING = b": open\n", b": ping\n"
"""One line each, that belongs to the frame after it: an empty line of its own would make the official client
read a frame without data once ids were sent, and fail (contract §3.6)."""


@dataclass(slots=True)
class Event:
    number: int
    data: bytes
    smaller: bytes | None = None
    """The same with an address in place of its picture."""

    def frame(self) -> bytes:
        return b"id: %d\ndata: %b\n\n" % (self.number, self.data)


class Log:
    def __init__(self) -> None:
        self._events: list[Event] = []
        self._inline: deque[Event] = deque()
        self._next = 0
        self._readers: set[asyncio.Event] = set()
        self.size = 0
        self.ended = False

    def add(self, told: Mapping[str, object], smaller: Mapping[str, object] | None = None) -> None:
        event = Event(self._next, orjson.dumps(told), orjson.dumps(smaller) if smaller else None)
        self._next += 1
        self._events.append(event)
        self.size += len(event.data)
        if smaller:
            self._inline.append(event)
        self._make_room()
        self._tell()

    def end(self) -> None:
        """Nothing follows: every reader's stream ends once it has read all."""
        self.ended = True
        self._tell()

    def room(self) -> None:
        """Refuses one reader too many, before its stream begins."""
        if len(self._readers) >= MOST_READERS:
            raise Problem(429, "Too many readers", f"A task's events have at most {MOST_READERS} readers.")

    async def follow(self, after: int = -1) -> AsyncGenerator[bytes, None]:
        """Every event after that number, as server-sent events: what is kept, then what comes, until the end."""
        news = asyncio.Event()
        self._readers.add(news)
        try:
            yield OPEN
            while True:
                news.clear()
                for event in self._after(after):
                    after = event.number
                    yield event.frame()
                if self.ended and not news.is_set():
                    return
                if not await _within(news, PING_SECONDS):
                    yield PING
        finally:
            self._readers.discard(news)

    def _after(self, number: int) -> list[Event]:
        first = self._events[0].number if self._events else self._next
        missed = first - 1 - number
        if missed <= 0:
            return self._events[-missed:]
        gap = {"type": "progress_update", "state": "gap", "dropped": missed}
        return [Event(first - 1, orjson.dumps(gap)), *self._events]

    def _make_room(self) -> None:
        while self.size > MOST_BYTES and len(self._inline) > 1:
            event = self._inline.popleft()
            assert event.smaller is not None
            self.size -= len(event.data) - len(event.smaller)
            event.data = event.smaller
        while len(self._events) > 1 and (len(self._events) > MOST_EVENTS or self.size > MOST_BYTES):
            gone = self._events.pop(0)
            self.size -= len(gone.data)
            if self._inline and self._inline[0] is gone:
                self._inline.popleft()

    def _tell(self) -> None:
        for news in self._readers:
            news.set()


async def _within(news: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True
