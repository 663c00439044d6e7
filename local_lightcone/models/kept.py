"""Responses that may be asked for again, or be continued by their id."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from .conversation import Event

LIFE_SECONDS = 24 * 3600.0
"""Since it was last used. A person who took over may keep a conversation waiting for hours."""

MOST_RESPONSES = 5_000
MOST_BYTES = 64 * 1024 * 1024
EVENT_BYTES = 16
"""What one more mention of an earlier event takes."""


@dataclass(slots=True)
class Kept:
    answer: dict[str, Any]
    events: tuple[Event, ...]
    """The conversation up to and with this answer. Earlier answers of it may be gone."""

    size: int
    until: float


class Responses:
    """The newest ones. The longest unused go when time, number or space runs out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def keep(self, answer: dict[str, Any], events: tuple[Event, ...], new: int) -> None:
        """`new` is how many of the events this answer brought."""
        told = sum(len(getattr(event, "text", "")) for event in events[len(events) - new :])
        size = len(orjson.dumps(answer)) + told + EVENT_BYTES * len(events)
        self._kept[answer["id"]] = Kept(answer, events, size, self._clock() + LIFE_SECONDS)
        self._bytes += size
        self._forget()

    def find(self, response_id: str) -> Kept | None:
        self._forget()
        found = self._kept.get(response_id)
        if found is not None:
            found.until = self._clock() + LIFE_SECONDS
            self._kept.move_to_end(response_id)
        return found

    def delete(self, response_id: str) -> bool:
        self._forget()
        found = self._kept.pop(response_id, None)
        self._bytes -= found.size if found else 0
        return found is not None

    def _forget(self) -> None:
        now = self._clock()
        while self._kept:
            name, kept = next(iter(self._kept.items()))
            if kept.until > now and len(self._kept) <= MOST_RESPONSES and self._bytes <= MOST_BYTES:
                return
            del self._kept[name]
            self._bytes -= kept.size
