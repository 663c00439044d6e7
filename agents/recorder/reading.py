"""A stream written down: whatever has come at one moment is one transaction, so that many tasks share a database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from django.db import InterfaceError, OperationalError

from agents import record
from computers.upstream.errors import UpstreamError
from computers.wire.tasks import TaskEvent

logger = logging.getLogger(__name__)

#: Events read ahead of the database; then upstream waits. A batch is no larger than that.
AHEAD, BATCH = 32, 32
#: Between two attempts while the database does not answer, seconds: first and most.
AGAIN_FIRST, AGAIN_MOST = 0.1, 2.0

Heard = Callable[[list[TaskEvent]], Awaitable[None]]
Placed = tuple[TaskEvent, str]


class Behind:
    """How many events were read and are not stored yet. While there are any, a stream is not silent."""

    count = 0


async def read(
    pk: int, token: str, events: AsyncIterator[TaskEvent], placed: bool, heard: Heard, behind: Behind
) -> bool:
    """Write every event of the stream; `heard` is told of each batch with news once it is stored. True when the stream
    ended by itself, False when it broke.

    `placed`: the stream began at its beginning, so an event without an id is known by its place.
    """
    queue: asyncio.Queue[Placed | None] = asyncio.Queue(AHEAD)
    taking = asyncio.create_task(_take(events, queue, placed, behind))
    try:
        while True:
            batch, ended = _waiting(queue, await queue.get())
            if batch and await _write(pk, token, batch):
                await heard([event for event, _ in batch])
            behind.count -= len(batch)
            if ended:
                return await taking
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


def _waiting(queue: asyncio.Queue[Placed | None], first: Placed | None) -> tuple[list[Placed], bool]:
    """Everything that waits now, beginning with `first`; and whether the end is among it."""
    batch: list[Placed] = []
    each: Placed | None = first
    while each is not None:
        batch.append(each)
        if len(batch) == BATCH or queue.empty():
            return batch, False
        each = queue.get_nowait()
    return batch, True


async def _take(
    events: AsyncIterator[TaskEvent], queue: asyncio.Queue[Placed | None], placed: bool, behind: Behind
) -> bool:
    place, whole = 0, False
    try:
        async for event in events:
            behind.count += 1
            await queue.put((event, f"place {place}" if placed else ""))
            place += 1
        whole = True
    except UpstreamError as error:
        logger.info("The stream of a task broke off: %s", error)
    except Exception:
        # Whoever reads must not wait for ever; it is raised there.
        await queue.put(None)
        raise
    await queue.put(None)
    return whole


async def _write(pk: int, token: str, batch: list[Placed]) -> int:
    again = AGAIN_FIRST
    while True:
        try:
            return await record.write_events(pk, token, batch)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Steps could not be written, and are tried again: %s", type(error).__name__)
            await asyncio.sleep(again)
            again = min(AGAIN_MOST, again * 2)
