"""One stretch of a stream attended to: it is read, its task's id found, its status asked for and its computer named,
all beside each other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from agents import record
from agents.models import Task
from agents.record import GAP, Noted, NotOurs
from agents.recorder import claims, starting, watching
from agents.recorder.linking import link
from agents.recorder.pictures import Pictures
from agents.recorder.reading import Behind, Heard, read
from agents.recorder.sign_in import SignInWatch
from computers.upstream import errors
from computers.upstream.client import Client
from computers.wire.tasks import TaskEvent, TaskStatus

logger = logging.getLogger(__name__)

#: A task whose stream ended is asked for its exit code so often, with these waits after each, seconds.
EXIT_CODE_WAITS = (0.2, 1.0, 5.0)


Events = AsyncIterator[TaskEvent]


class Attendant:
    """What a recording does while a stream is open, and what it asks at any time."""

    #: Set by whoever begins to record.
    _pictures: Pictures

    def __init__(self, pk: int, token: str) -> None:
        self._pk, self._token = pk, token
        #: Answers in a row that upstream does not know the task; batches of events that were news.
        self._unknown = self._news = 0
        self._linking: asyncio.Task[None] | None = None
        self._sign_in = SignInWatch(pk, token)

    async def _read(self, client: Client, task: Task, events: Events, placed: bool = True) -> bool:
        """Read until the stream ends or the status says that it should have; whether it ended by itself."""
        behind, heard = Behind(), self._heard(client, task)
        reading = asyncio.create_task(read(self._pk, self._token, events, placed, heard, behind))
        joining = asyncio.create_task(self._join(client, task))
        watching_it = asyncio.create_task(self._watch_beside(client, task, joining, behind))
        try:
            await asyncio.wait([reading, watching_it], return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                # A second task must be paused, however quickly the first one ended.
                await joining
                return reading.result()
            watching_it.result()
            return False
        finally:
            for each in (reading, watching_it):
                each.cancel()
            await asyncio.gather(reading, watching_it, return_exceptions=True)
            if not joining.done():
                joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)

    async def _join(self, client: Client, task: Task) -> None:
        if not task.upstream_id:
            await starting.join(client, task, self._token)

    async def _watch_beside(
        self, client: Client, task: Task, joining: asyncio.Task[None], behind: Behind
    ) -> None:
        """Ask for the status while the stream is read; returns once that says for a while that the task is over."""
        await joining
        over_since, news = None, self._news
        loop = asyncio.get_running_loop()
        while True:
            status = await self._ask(client, task)
            if status is not None and status.is_over:
                # A stream that still has something to say is let finish, and so is a database that is slow to store it.
                if over_since is None or self._news > news or behind.count:
                    over_since, news = loop.time(), self._news
                if loop.time() - over_since >= watching.END_GRACE:
                    await self._gap("The stream said nothing more, though the status says that it is over.")
                    await record.write_status(task.pk, self._token, status)
                    return
            await self._watch(seen=True)
            await asyncio.sleep(watching.BESIDE_STREAM)

    async def _ask(self, client: Client, task: Task) -> TaskStatus | None:
        """The status; None where it cannot be had now. What the answer is counts only for whoever asked."""
        if not task.upstream_id:
            return None
        try:
            status = await client.task(task.upstream_id)
        except errors.Gone:
            self._unknown += 1
            return None
        except errors.UpstreamError as error:
            logger.info("The status of task %s cannot be had: %s", self._pk, error)
            return None
        self._unknown = 0
        row = await claims.read(self._pk)
        if (
            not status.is_over
            and row is not None
            and (row.upstream_word, row.state) != (status.word, status.state)
        ):
            await record.write_status(self._pk, self._token, status)
        return status

    def _heard(self, client: Client, task: Task) -> Heard:
        async def heard(events: list[TaskEvent]) -> None:
            self._news += 1
            if any(event.image for event in events):
                self._pictures.wake()
            for event in events:
                if event.computer_id and task.computer_id is None and self._linking is None:
                    linking = link(client, task, self._token, event.computer_id)
                    self._linking = asyncio.create_task(linking, name=f"computer of task {self._pk}")

        return heard

    async def _exit_code(self, client: Client, task: Task) -> None:
        """The stream says how it ended; the code stands only in the status, which may be a little behind."""
        for wait in EXIT_CODE_WAITS:
            status = await self._ask(client, task)
            if status is not None and status.is_over:
                await record.write_status(self._pk, self._token, status)
                return
            await asyncio.sleep(wait)

    async def _watch(self, seen: bool) -> None:
        why = await watching.stuck_why(self._pk, seen)
        if why is not None:
            await record.change(self._pk, self._token, stuck_why=why)
        if seen:
            await self._sign_in.look()

    async def _gap(self, sentence: str) -> None:
        await record.change(self._pk, self._token, Noted(GAP, sentence, True))

    async def _is_over(self) -> bool:
        task = await claims.read(self._pk)
        if task is None:
            raise NotOurs
        return task.is_over
