"""A viewer at the far end of a link, simulated on a clock of its own: how many frames arrive, and how late."""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from computers.relay.mailbox import Mailbox, Taken
from computers.wire.screen import Frame

#: The browser paints once in this time, seconds.
PAINT = 0.016


@dataclass
class Link:
    """One source, one link, one viewer. `each_way` and `per_frame` (what a frame takes to pass) in seconds."""

    each_way: float = 0.001
    per_frame: float = 0.0001
    source_fps: float = 30.0
    max_fps: float = 30.0
    jitter: float = 0.0
    painted: list[float] = field(default_factory=list)
    #: (when, how many frames were waiting before the link), and (when, how wide the window was).
    queued: list[tuple[float, float]] = field(default_factory=list)
    windows: list[tuple[float, int]] = field(default_factory=list)

    def run(self, seconds: float) -> Link:
        """Play `seconds`; the first half is for settling, and only the second is judged."""
        self.box, self._free_at, self._random = Mailbox(self.max_fps), 0.0, random.Random(7)
        self._count, self._events = itertools.count(), list[tuple[float, int, str, Any]]()
        self._at(0.0, "frame")
        return self.go_on(0.0, seconds)

    def go_on(self, start: float, end: float) -> Link:
        """Play on from `start` to `end`, perhaps over a path that has changed."""
        while self._events[0][0] < end:
            self._step(*heapq.heappop(self._events))
        self._half, self._judged = (start + end) / 2, (end - start) / 2
        return self

    @property
    def fps(self) -> float:
        return sum(at > self._half for at in self.painted) / self._judged

    @property
    def usual_queue(self) -> float:
        waiting = sorted(frames for at, frames in self.queued if at > self._half)
        return waiting[len(waiting) // 2]

    @property
    def longest_queue(self) -> float:
        return max(frames for at, frames in self.queued if at > self._half)

    @property
    def widest(self) -> int:
        return max(window for _, window in self.windows)

    def _at(self, when: float, what: str, about: Any = None) -> None:
        heapq.heappush(self._events, (when, next(self._count), what, about))

    def _step(self, now: float, _: int, what: str, about: Any) -> None:
        if what == "frame":
            self.box.put(Frame(b"", 0, 0.0, now, 1, 1))
            self._at(now + 1 / self.source_fps, "frame")
        elif what == "painted":
            self.painted.append(now)
            self._at(now + self.each_way, "seen", about)
        elif what == "seen":
            self.box.seen(about, now)
            self.windows.append((now, self.box.window))
        self._pump(now)

    def _pump(self, now: float) -> None:
        while isinstance(taken := self.box.take(now), Taken):
            starts = max(now, self._free_at)
            self.queued.append((now, (starts - now) / self.per_frame))
            self._free_at = starts + self.per_frame
            late = self.each_way + PAINT + self._random.random() * self.jitter
            self._at(self._free_at + late, "painted", taken.sequence)
        if isinstance(taken, float):
            self._at(now + taken, "timer")
