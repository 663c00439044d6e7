"""What people do to a running task: pause it, resume it, tell it something. It takes effect at the loop's borders.

    running ── pause ──▶ pausing ── border ──▶ paused ── resume ──▶ running
       ▲                    │
       └────── resume ──────┘

A border is before each look at the screen and before each action. Between pausing and paused nothing new begins: a
model that is still thinking is not waited for, a wait is cut short, and only an action under way is finished.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ..problems import Problem, bad_request

LONGEST_MESSAGE = 20_000
MOST_MESSAGES = 100
MOST_CHARACTERS = 60_000
"""Of all that wait for the next border: they are one text to the model."""

Value = TypeVar("Value")


class Reins:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stop = asyncio.Event()
        self._go = asyncio.Event()
        self._messages: list[str] = []
        self._used, self._since = 0.0, clock()
        self.paused = False
        self.question: str | None = None
        """What a person is asked, until the task is resumed."""

    @property
    def word(self) -> str:
        """The task's status while it has not ended, as the contract's words go."""
        return "paused" if self.paused else "running"

    @property
    def wanted(self) -> bool:
        """Somebody wants it paused."""
        return self._stop.is_set()

    @property
    def waiting(self) -> bool:
        """Something was said that the model has not heard."""
        return bool(self._messages)

    def pause(self) -> str:
        self._stop.set()
        return "paused" if self.paused else "pausing"

    def resume(self) -> str:
        self._stop.clear()
        self._go.set()
        self.question = None
        return "running"

    def ask(self, question: str) -> None:
        """The task pauses itself until a person resumes it."""
        self.question = question
        self.pause()

    def say(self, message: str) -> None:
        if len(message) > LONGEST_MESSAGE:
            raise bad_request(f"message may have {LONGEST_MESSAGE} characters.")
        waiting = len(message) + sum(map(len, self._messages))
        if len(self._messages) >= MOST_MESSAGES or waiting > MOST_CHARACTERS:
            raise Problem(429, "Too many messages", "The agent has not come to read the earlier ones yet.")
        self._messages.append(message)

    def take(self) -> list[str]:
        taken, self._messages = self._messages, []
        return taken

    async def stand(self, seconds: float) -> None:
        """Paused until resumed; `TimeoutError` after `seconds`. The task's own time does not run meanwhile."""
        self._used, self.paused = self.used(), True
        self._go.clear()
        try:
            async with asyncio.timeout(seconds):
                while self._stop.is_set():
                    await self._go.wait()
                    self._go.clear()
        finally:
            self.paused, self._since = False, self._clock()

    def used(self) -> float:
        """Seconds at work."""
        return self._used if self.paused else self._used + self._clock() - self._since

    async def unless_paused(self, work: Coroutine[Any, Any, Value]) -> Value | None:
        """What came of it; None if a pause was wanted first, and then it is cancelled."""
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)
