"""Adds entries: in the order in which they were noted, numbered without gaps.

Whoever notes never waits: entries queue in memory and are written in batches, one transaction each. What a full queue
has no room for is counted, and the timeline says so where it is missing.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from computers.models import Kind
from computers.timeline.entry import Entry
from computers.timeline.rows import Noted, write
from dashboard import live
from dashboard.database import calling_loop
from dashboard.models import Outcome

logger = logging.getLogger(__name__)

#: What the news about new entries is called; its payload is {last}: the newest number.
NEWS = "timeline"
#: Entries that may wait in one process: 20 s of twenty computers at 50 entries/s, as long as a database may be away.
WAITING_LIMIT = 20_000
#: A batch is written this long after its first entry, seconds, or as soon as so many wait; none is larger than that.
FLUSH_EVERY = 0.05
BATCH_LIMIT = 500
#: Between two attempts while the database does not answer, seconds: first and most.
AGAIN_FIRST, AGAIN_MOST = 0.1, 5.0
#: How long the end of the process waits for what is not yet written, seconds.
LAST_FLUSH = 5.0


Earlier = Callable[[datetime], None]


class Queue:
    """What waits to be written for one event loop. `note` may be called from any thread, the rest from the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: deque[Noted] = deque()
        self._lost: dict[tuple[int, str], int] = {}
        self._batch: list[Noted] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._hurry = False

    def __len__(self) -> int:
        return len(self._waiting) + len(self._batch)

    def note(self, noted: Noted) -> None:
        """Queue it, and see to it that the loop writes it."""
        with self._lock:
            if len(self) >= WAITING_LIMIT:
                place = (noted.computer_pk, noted.public_id)
                self._lost[place] = self._lost.get(place, 0) + 1
                return
            self._tell_of_lost()
            self._waiting.append(noted)
            waiting = len(self._waiting)
        if waiting in {1, BATCH_LIMIT} or self._task is None or self._task.done():
            self._loop.call_soon_threadsafe(self._begin)

    async def flush(self) -> None:
        """Write everything that was noted until now, without the usual wait."""
        self._hurry = True
        try:
            while len(self):
                self._begin()
                assert self._task is not None
                # Shielded: whoever asks may be cancelled, the writing goes on.
                await asyncio.shield(self._task)
        finally:
            self._hurry = False

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="timeline")
        if self._hurry or len(self._waiting) >= BATCH_LIMIT:
            self._wake.set()

    async def _run(self) -> None:
        """Write until nothing waits."""
        while len(self):
            if not self._hurry and len(self._waiting) < BATCH_LIMIT:
                await self._pause(FLUSH_EVERY)
            self._batch = self._take()
            await self._write()
            self._batch = []

    def _take(self) -> list[Noted]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_LIMIT, len(self._waiting)))]
            self._tell_of_lost()
        return batch

    def _tell_of_lost(self) -> None:
        """There is room again, and nothing was accepted since these were lost: the gap stands where they would."""
        lost, self._lost = self._lost, {}
        self._waiting.extend(Noted(pk, public_id, _gap(count)) for (pk, public_id), count in lost.items())

    async def _write(self) -> None:
        again = AGAIN_FIRST
        while True:
            try:
                last = await write(self._batch)
            except (OperationalError, InterfaceError) as error:
                logger.warning(
                    "The timeline could not be written, and is tried again: %s", type(error).__name__
                )
                await self._pause(again)
                again = min(AGAIN_MOST, again * 2)
            except Exception:
                if len(self._batch) == 1:
                    # Not its text: the log is no place for what a database refused.
                    logger.exception("An entry of a timeline was refused and is left out.")
                    return
                batch = self._batch
                for noted in batch:
                    self._batch = [noted]
                    await self._write()
                return
            else:
                for public_id, number in last.items():
                    await live.publish(live.computer_group(public_id), NEWS, last=number)
                return

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


class Writer:
    """One per process. What is noted on an event loop, or in a unit that it awaits, is written by that loop."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.AbstractEventLoop, Queue] = {}
        self._lock = threading.Lock()
        self._earlier: dict[int, list[Earlier]] = {}

    def tells_first(self, computer_pk: int, earlier: Earlier) -> Callable[[], None]:
        """`earlier` is called, with the entry's time, before an entry of that computer is queued: it may note what
        began before and is not told yet. Returns what ends this."""
        self._earlier.setdefault(computer_pk, []).append(earlier)

        def end() -> None:
            left = [each for each in self._earlier.get(computer_pk, []) if each is not earlier]
            if left:
                self._earlier[computer_pk] = left
            else:
                self._earlier.pop(computer_pk, None)

        return end

    def note(self, computer_pk: int, public_id: str, entry: Entry) -> None:
        """Queue one entry; it is written, numbered and published a moment later."""
        try:
            for earlier in tuple(self._earlier.get(computer_pk, ())):
                earlier(entry.at)
            self._queue().note(Noted(computer_pk, public_id, entry))
        except Exception:
            logger.exception("Nothing could be noted in the timeline of computer %s.", public_id)

    async def flush(self) -> None:
        """Write now what was noted until now."""
        await self._queue().flush()

    async def tell(self, computer_pk: int) -> None:
        """Write now what happened on that computer until now, what this process still folds included."""
        for earlier in tuple(self._earlier.get(computer_pk, ())):
            earlier(timezone.now())
        await self.flush()

    def _queue(self) -> Queue:
        try:
            loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = calling_loop.get()
        if loop is None:
            raise RuntimeError("Entries are noted from an event loop, or from a unit that one awaits.")
        with self._lock:
            queue = self._queues.get(loop)
            if queue is None:
                self._queues = {each: old for each, old in self._queues.items() if not each.is_closed()}
                queue = self._queues[loop] = Queue(loop)
        return queue


WRITER = Writer()


def note(computer_pk: int, public_id: str, entry: Entry) -> None:
    """Add `entry` to the computer's timeline. Never waits and never fails: a verb must not, because its log did."""
    WRITER.note(computer_pk, public_id, entry)


class Written:
    """At the end of the process everything noted is written."""

    async def start(self) -> None:
        """Nothing to do before something happens."""

    async def stop(self) -> None:
        """Write the rest, if the database answers in time."""
        try:
            async with asyncio.timeout(LAST_FLUSH):
                await WRITER.flush()
        except TimeoutError:
            logger.error("The process ends before all of its timelines were written.")


def _gap(count: int) -> Entry:
    return Entry(
        Kind.MACHINE,
        f"{count} more {'thing' if count == 1 else 'things'} happened than could be noted here",
        outcome=Outcome.FAILED,
    )
