"""One viewer's mailbox: the newest frame, and how many frames may be on their way. No sockets, no clock.

Newest wins: a frame that was not taken is replaced, never queued. Frames in flight are bounded by acknowledgement,
because without it a slow link shows pictures seconds old and growing. The bound follows the link: two, plus what its
base round trip needs at the rate it really gets, so that a viewer 100 ms away still gets its frames, and it shrinks
when frames take longer than that base, because then they only wait in somebody's queue (field notes §1).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from computers.wire.screen import SEQUENCE_MODULUS, Frame

#: Frames in flight: the floor of a healthy link, the least of a crowded one, and the most of any.
BASE_WINDOW = 2
LEAST_WINDOW = 1
MOST_WINDOW = 12
#: The window shrinks when about this many frames of it only wait somewhere, and does not grow above the lesser number.
GROW_BELOW, MOST_QUEUED = 0.5, 1.25
#: A frame is late when it took this much longer than the base round trip; one that is later than the second number has
#: too much before it, however few frames that is. Seconds.
LATE_BY, LATE_AT_MOST = 0.03, 0.3
#: After being narrower than the link seems to need for so long, seconds, the base is measured anew.
MEASURE_ANEW_AFTER = 20.0
#: The window is sized for a rate this much above the measured one, so that the rate can grow.
HEADROOM = 1.25
#: Weight of the newest interval in the measured rate.
RATE_WEIGHT = 0.2
#: Longest interval that still counts as a rate, seconds: a pause is not a slow link.
LONGEST_INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame to send now, under its sequence number for this viewer."""

    frame: Frame
    sequence: int


class _Sent(NamedTuple):
    """A frame on its way: when it was sent, and how many were on their way before it."""

    sequence: int
    at: float
    ahead: int


class Mailbox:
    """All times are monotonic seconds, given by the caller."""

    def __init__(self, max_fps: float = 30.0) -> None:
        self._frame: Frame | None = None
        self._sequence = 0
        self._in_flight: deque[_Sent] = deque()
        self._base = 0.0
        self._resized_at = self._wide_at = 0.0
        self._interval = 0.0
        self._last_seen_at = 0.0
        self._window = BASE_WINDOW
        self._next_at = 0.0
        self._max_fps = max_fps

    @property
    def window(self) -> int:
        """How many frames may be in flight now."""
        return self._window

    @property
    def in_flight(self) -> int:
        """How many frames have been sent and not yet been seen."""
        return len(self._in_flight)

    @property
    def base_round_trip(self) -> float:
        """What a frame takes when nothing waits, paint included, seconds; 0 before the first."""
        return self._base

    def put(self, frame: Frame) -> None:
        """A newer frame; the one before it is forgotten if it was not taken."""
        self._frame = frame

    def pace(self, max_fps: float) -> None:
        """At most this many frames a second; 0 pauses."""
        self._max_fps = max_fps
        self._next_at = 0.0

    def take(self, now: float) -> Taken | float | None:
        """The frame to send now; or in how many seconds to ask again; or None: wait for a frame or an
        acknowledgement."""
        if self._frame is None or self._max_fps <= 0 or len(self._in_flight) >= self.window:
            return None
        if now < self._next_at:
            return self._next_at - now
        interval = 1.0 / self._max_fps
        # Counted from when this frame was due, not sent: jitter of one frame must not lower the rate.
        self._next_at = max(self._next_at + interval, now + interval / 2)
        frame, self._frame = self._frame, None
        self._sequence = (self._sequence + 1) % SEQUENCE_MODULUS
        self._in_flight.append(_Sent(self._sequence, now, len(self._in_flight)))
        return Taken(frame, self._sequence)

    def seen(self, sequence: int, now: float) -> bool:
        """Everything up to `sequence` has been painted. False if that was never sent, or was acknowledged already."""
        position = next((at for at, sent in enumerate(self._in_flight) if sent.sequence == sequence), None)
        if position is None:
            return False
        for _ in range(position):
            self._in_flight.popleft()
        self._learn(self._in_flight.popleft(), position + 1, now)
        return True

    def _learn(self, sent: _Sent, frames: int, now: float) -> None:
        round_trip = now - sent.at
        self._follow_base(round_trip, alone=sent.ahead == 0)
        if self._last_seen_at and (since := now - self._last_seen_at) < LONGEST_INTERVAL * frames:
            interval = since / frames
            self._interval += (interval - self._interval) * (RATE_WEIGHT if self._interval else 1.0)
        self._last_seen_at = now
        if sent.at >= self._resized_at:
            # Once in a round trip: the frames behind this one were sent before the last change could show.
            self._resize(sent, round_trip, now)

    def _resize(self, sent: _Sent, round_trip: float, now: float) -> None:
        late = round_trip - self._base
        queued = (sent.ahead + 1) * late / round_trip if round_trip > 0 else 0.0
        rate = min(self._max_fps, HEADROOM / self._interval) if self._interval else 0.0
        wanted = window = min(MOST_WINDOW, BASE_WINDOW + math.ceil(rate * self._base))
        if late > LATE_BY and (queued > MOST_QUEUED or late > LATE_AT_MOST):
            window = min(window, max(LEAST_WINDOW, self._window - 1))
        elif late > LATE_BY and queued > GROW_BELOW:
            window = min(window, self._window)
        if window >= wanted:
            self._wide_at = now
        elif now - self._wide_at > MEASURE_ANEW_AFTER:
            window, self._wide_at = LEAST_WINDOW, now
        # One more at a time: a jump would itself be the queue that makes frames late.
        window = min(window, self._window + 1)
        if window != self._window:
            self._window, self._resized_at = window, now

    def _follow_base(self, round_trip: float, *, alone: bool) -> None:
        """The smallest round trip ever, for one that is measured behind other frames has their queue in it; only a
        frame that was alone on its way may raise it: then the path itself has become longer."""
        if alone or self._base == 0.0 or round_trip < self._base:
            self._base = round_trip
