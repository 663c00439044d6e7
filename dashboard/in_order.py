"""Sending without awaiting: in order, and on the sender's own stack whenever the other side takes it at once.

A task for each message costs a switch, and on a busy loop a wait; nearly always the transport takes the bytes
immediately. So the coroutine is started by hand, and only when it has to wait does a task carry on, while later items
queue behind it.
"""

from __future__ import annotations

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class InOrder(Generic[T]):
    """`send` takes one item; `on_broken` runs once when it raises or more than `limit` items wait; later items are
    ignored. `on_idle` runs each time all that waited has been sent."""

    def __init__(
        self,
        send: Callable[[T], Awaitable[None]],
        *,
        limit: int,
        on_broken: Callable[[], None],
        on_idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._send, self._limit, self._on_broken, self._on_idle = send, limit, on_broken, on_idle
        self._waiting: deque[T] = deque()
        self._task: asyncio.Task[None] | None = None
        self._broken = False

    @property
    def idle(self) -> bool:
        """Whether an item put now leaves now."""
        return self._task is None and not self._broken

    def put(self, item: T) -> None:
        """Send `item` after everything put before."""
        if self._broken:
            return
        if self._task is not None:
            self._waiting.append(item)
            if len(self._waiting) > self._limit:
                self._break()
            return
        sending = _coroutine(self._send(item))
        try:
            blocked_on = sending.send(None)
        except StopIteration:
            return
        except Exception:
            self._break()
            return
        self._task = asyncio.get_running_loop().create_task(self._drain(sending, blocked_on))

    async def close(self) -> None:
        """Send nothing more; what still waits is dropped."""
        self._broken = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _drain(self, started: Coroutine[Any, Any, None], blocked_on: Any) -> None:
        try:
            await _carry_on(started, blocked_on)
            while self._waiting:
                await self._send(self._waiting.popleft())
        except Exception:
            self._break()
        finally:
            self._task = None
        if not self._broken:
            self._on_idle()

    def _break(self) -> None:
        if not self._broken:
            self._broken = True
            self._waiting.clear()
            self._on_broken()


async def _as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


def _coroutine(awaitable: Awaitable[None]) -> Coroutine[Any, Any, None]:
    return awaitable if isinstance(awaitable, Coroutine) else _as_coroutine(awaitable)


@types.coroutine
def _carry_on(started: Coroutine[Any, Any, None], blocked_on: Any) -> Generator[Any, Any, None]:
    """Await the rest of a coroutine that was started by hand and gave back the future it waits for."""
    while True:
        thrown: BaseException | None = None
        try:
            yield blocked_on
        except BaseException as error:
            thrown = error
        try:
            blocked_on = started.send(None) if thrown is None else started.throw(thrown)
        except StopIteration:
            return
