"""One task recorded: its stream opened, read and opened again where that is allowed; else its status asked for.

What upstream did not say is never made up: where steps may be missing a gap stands, and a task nobody can ask about any
more is called lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from agents import record
from agents.models import Task
from agents.record import NotOurs
from agents.recorder import claims, starting, watching
from agents.recorder.attending import Attendant, Events
from agents.recorder.pictures import Pictures
from agents.states import State
from computers.connections import access_of, client_of
from computers.upstream import errors
from computers.upstream.client import Client
from computers.upstream.task_stream import task_stream
from dashboard.audit import recorded
from dashboard.permissions import Action

logger = logging.getLogger(__name__)

#: Between two attempts to open a stream again, seconds: first, most, and the share that is random.
AGAIN_FIRST, AGAIN_MOST, JITTER = 0.2, 10.0, 0.2
#: A stream that lasted this long was a good one, seconds.
GOOD_AFTER = 10.0
#: After a failure of our own or the database's it is taken up again, seconds.
AFTER_FAILURE = 2.0
#: A task that is over is asked for its last steps so often, where its stream may be opened again.
LAST_TRIES = 3
#: What a service answers that may all the same have started the task, or has no stream to give.
_MAYBE = (errors.NoAnswer, errors.Gone, errors.UpstreamFailed, errors.NotUnderstood, errors.Busy)
#: What says for certain that it was not started.
_NO = (errors.BadKey, errors.OutOfCredit, errors.Gone, errors.Refused)
UNREADABLE_KEY = "The connection's key cannot be decrypted: an admin must enter it anew."
UNKNOWN = "The service does not know this task any more, so how it ended cannot be told."
NO_OUTCOME = "Its stream ended without an outcome, and there is no id to ask for one."


class Recording(Attendant):
    """Records one task until it is over, or until cancelled: then whoever claims it next goes on from the row."""

    async def run(self) -> None:
        """Ends with the task, with the claim, or by cancellation."""
        try:
            task = await claims.read(self._pk)
            if task is None:
                return
            if not access_of(task.connection).key:
                await self._no_key()
                return
            async with client_of(task.connection) as client, self._beside(client) as self._pictures:
                if not task.is_over:
                    await self._record(client, task)
                await self._pictures.finished()
        except NotOurs:
            logger.info("Task %s is recorded elsewhere now.", self._pk)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Task %s could not be recorded for a moment: %s", self._pk, type(error).__name__)
            await asyncio.sleep(AFTER_FAILURE)
        except Exception:
            logger.exception("Task %s could not be recorded, and is taken up again.", self._pk)
            await asyncio.sleep(AFTER_FAILURE)

    async def _no_key(self) -> None:
        """Nothing was sent, or nobody can ask what became of it: only the first is an outcome."""
        if await claims.was_sent(self._pk):
            await record.change(self._pk, self._token, stuck_why=UNREADABLE_KEY)
            await asyncio.sleep(AFTER_FAILURE)
        else:
            await record.change(self._pk, self._token, error=UNREADABLE_KEY, state=State.FAILED)

    @contextlib.asynccontextmanager
    async def _beside(self, client: Client) -> AsyncIterator[Pictures]:
        pictures = Pictures(self._pk, client)
        copying = asyncio.create_task(pictures.run(), name=f"pictures of task {self._pk}")
        try:
            yield pictures
        finally:
            beside = [each for each in (copying, self._linking) if each is not None]
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _record(self, client: Client, task: Task) -> None:
        attaches = task.connection.attaches_tasks and not task.elsewhere
        async with AsyncExitStack() as stack:
            events: Events | None = None
            whole = False
            if task.sent_at is None or (not task.upstream_id and not attaches):
                try:
                    events = await self._start(client, task, stack)
                except errors.UpstreamError as error:
                    await self._not_started(error)
                    return
                if events is not None:
                    whole = await self._read(client, task, events)
            elif not attaches and not task.elsewhere:
                await self._gap("The server was restarted, and this service does not repeat its steps.")
        if not attaches and events is not None and not await self._is_over():
            how = "ended without an outcome" if whole else "broke off"
            await self._gap(f"The stream {how}; from here on only the status is known.")
        await self._follow(client, task)
        await self._exit_code(client, task)

    async def _start(self, client: Client, task: Task, stack: AsyncExitStack) -> Events | None:
        """Its stream, or None where it could only be started without one."""
        again = task.sent_at is not None
        async with recorded(
            starting.actor_of(task), Action.START_TASK, task.as_target(), **starting.detail_of(task)
        ) as found:
            await record.change(task.pk, self._token, sent_at=timezone.now())
            if task.connection.streams_tasks and not again:
                try:
                    events = await stack.enter_async_context(task_stream(client, starting.body_of(task)))
                except _MAYBE as error:
                    found["stream"] = str(error)
                else:
                    return events
            await starting.start_plainly(client, task, self._token)
            found["task"] = task.upstream_id
        if not (task.connection.attaches_tasks and task.connection.streams_tasks):
            why = "again after the server stopped" if again else "without a stream"
            await self._gap(f"It was started {why}: its steps cannot be seen, only its status.")
        return None

    async def _not_started(self, error: errors.UpstreamError) -> None:
        if error.outcome_unknown:
            said = f"It is not known whether it was started. {error}"
            await record.change(self._pk, self._token, error=said, state=State.LOST)
        else:
            await record.change(self._pk, self._token, error=str(error), state=State.FAILED)

    async def _follow(self, client: Client, task: Task) -> None:
        """Until it is over: by its stream where that may be opened again, else by its status."""
        # A key that is not its own would start another one.
        streams = task.connection.attaches_tasks and task.connection.streams_tasks and not task.elsewhere
        wait, last_tries = (AGAIN_FIRST if streams else watching.POLL_FIRST), LAST_TRIES
        loop = asyncio.get_running_loop()
        while not await self._is_over():
            began, news = loop.time(), self._news
            if (row := await claims.read(self._pk)) is not None:
                # Its connection may have another key by now.
                client.access = access_of(row.connection)
            status = await self._ask(client, task)
            if status is not None and status.is_over and not streams:
                await record.write_status(task.pk, self._token, status)
                return
            if self._unknown >= watching.UNKNOWN_TIMES or (not task.upstream_id and not streams):
                why = UNKNOWN if task.upstream_id else NO_OUTCOME
                await record.change(self._pk, self._token, error=why, state=State.LOST)
                return
            if streams and not self._unknown:
                whole = await self._attach(client, task)
                if await self._is_over():
                    return
                if status is not None and status.is_over:
                    # A broken connection may look like an end: only one that brought nothing was the last.
                    last_tries = LAST_TRIES if self._news > news else last_tries - 1
                    if (self._news == news and whole) or not last_tries:
                        if not whole:
                            await self._gap("Its last steps could not be read.")
                        await record.write_status(task.pk, self._token, status)
                        return
            if loop.time() - began > GOOD_AFTER or self._news > news:
                wait = AGAIN_FIRST
            await self._watch(seen=streams)
            await asyncio.sleep(wait * (1 + random.random() * JITTER))
            wait = min(AGAIN_MOST if streams else watching.POLL_MOST, wait * 2)

    async def _attach(self, client: Client, task: Task) -> bool:
        """Open the stream again by its key, after the last event there is; whether it ended by itself."""
        row = await claims.read(self._pk)
        after = row.last_event_id if row else ""
        try:
            async with task_stream(client, starting.body_of(task), after) as events:
                return await self._read(client, task, events, placed=not after)
        except errors.UpstreamError as error:
            logger.info("The stream of task %s could not be opened again: %s", self._pk, error)
            if not task.upstream_id and isinstance(error, _NO):
                if after:
                    await record.change(self._pk, self._token, error=UNKNOWN, state=State.LOST)
                else:
                    await self._not_started(error)
            return False
