"""What agents and others do to a computer through the API joins its timeline: one stream of events per live computer
whose connection has them switched on, each read by one process.

What we did ourselves comes back with our own request id, so an action is held for a moment after it is over, and left
out if an entry of ours has that id by then. What begins while a task of ours is at work there is the agent's. Output of
commands is only counted.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from computers import timeline
from computers.models import Kind
from computers.timeline import listening, others
from computers.timeline.entry import Entry
from computers.timeline.listening import Heard
from computers.upstream import errors
from computers.upstream.client import Client
from computers.upstream.events import Answered, Asked, Happening, Missed, Output, events
from dashboard.models import Outcome

logger = logging.getLogger(__name__)

#: Claims are renewed, and computers and switches looked at, this often, seconds.
SCAN_EVERY = 2.0
#: An action is held this long after it is over, seconds: until its own entry, if it is ours, is certainly written.
HOLD = 2.0
#: An action that is not answered within this long is told without its end, seconds.
UNANSWERED_AFTER = 90.0
#: Actions of one computer that may be under way or held at once; more are counted and told as a gap.
HELD_LIMIT = 500
#: Back-off between two streams, seconds: first, most, and the share that is random.
BACKOFF_FIRST, BACKOFF_MOST, JITTER = 1.0, 30.0, 0.3
#: A stream that lasted this long was a good one, seconds.
GOOD_AFTER = 10.0


@dataclass(slots=True)
class _Action:
    asked: Asked
    began: datetime
    since: float
    #: What the task of ours is called that was at work when it began; empty: none was.
    agent: str = ""
    until: float = 0.0
    answer: Answered | None = None
    output: int = 0


@dataclass(slots=True)
class Listener:
    """Reads one computer's events until cancelled."""

    heard: Heard
    _under_way: dict[str, _Action] = field(default_factory=dict)
    _held: asyncio.Queue[_Action] = field(default_factory=lambda: asyncio.Queue(HELD_LIMIT))
    _missed: int = 0

    async def run(self) -> None:
        """Read, and read anew. Ends only by cancellation, or with the computer."""
        telling = asyncio.create_task(self._tell(), name=f"others of {self.heard.public_id}")
        client, wait, loop = Client(self.heard.access), BACKOFF_FIRST, asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                try:
                    async with aclosing(events(client, self.heard.upstream_id)) as stream:
                        async for happening in stream:
                            asks = isinstance(happening, Asked)
                            self.take(happening, await listening.agent_at(self.heard.pk) if asks else "")
                except errors.Gone:
                    # The fleet notes the end of a computer; until it did, there is nothing to read.
                    wait = BACKOFF_MOST
                except errors.UpstreamError as error:
                    logger.info("The events of computer %s broke off: %s", self.heard.public_id, error)
                if loop.time() - started > GOOD_AFTER:
                    wait = BACKOFF_FIRST
                await asyncio.sleep(wait * (1 + random.random() * JITTER))
                wait = min(BACKOFF_MOST, wait * 2)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await client.aclose()

    def take(self, happening: Happening, agent: str = "") -> None:
        """One event, and the task that was at work when it came."""
        now = asyncio.get_running_loop().time()
        match happening:
            case Asked(request_id=request_id):
                if len(self._under_way) >= HELD_LIMIT:
                    self._missed += 1
                    return
                # Without an id no answer can be told to be its own.
                action = _Action(happening, timezone.now(), now, agent)
                if request_id:
                    self._under_way[request_id] = action
                else:
                    self._hold(action, now)
            case Answered(request_id=request_id):
                if (done := self._under_way.pop(request_id, None)) is not None:
                    done.answer = happening
                    self._hold(done, now)
            case Output(request_id=request_id, size=size):
                if (writing := self._under_way.get(request_id)) is not None:
                    writing.output += size
            case Missed(count=count):
                self._missed += count

    def _hold(self, action: _Action, now: float) -> None:
        action.until = now
        try:
            self._held.put_nowait(action)
        except asyncio.QueueFull:
            self._missed += 1

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(HOLD * 2):
                    action = await self._held.get()
            except TimeoutError:
                self._give_up(loop.time())
                continue
            await asyncio.sleep(max(0.0, action.until + HOLD - loop.time()))
            try:
                await self._note(action)
            except Exception:
                logger.exception("An event of computer %s could not be noted.", self.heard.public_id)

    def _give_up(self, now: float) -> None:
        """What was asked for long ago and never answered."""
        late = [id for id, action in self._under_way.items() if now - action.since > UNANSWERED_AFTER]
        for id in late:
            self._hold(self._under_way.pop(id), now)

    async def _note(self, action: _Action) -> None:
        pk, public_id, asked = self.heard.pk, self.heard.public_id, action.asked
        if missed := self._missed:
            self._missed = 0
            told = f"somebody else: {missed} more actions than could be followed"
            timeline.note(pk, public_id, Entry(Kind.UPSTREAM, told, outcome=Outcome.UNKNOWN))
        failed = action.answer is not None and bool(action.answer.error)
        if await listening.is_own(pk, asked.request_id, asked.fields, action.began, failed=failed):
            return
        timeline.note(pk, public_id, _entry(action))


def _entry(action: _Action) -> Entry:
    answer, asked = action.answer, action.asked
    result: dict[str, Any] = {"output_bytes": action.output} if action.output else {}
    outcome = Outcome.UNKNOWN
    if answer is not None:
        outcome = Outcome.FAILED if answer.error else Outcome.SUCCEEDED
        result |= {"error": answer.error} if answer.error else {}
        result |= {"exit_code": answer.exit_code} if answer.exit_code is not None else {}
    return Entry(
        Kind.UPSTREAM,
        (others.what if action.agent else others.sentence)(asked.action, asked.fields),
        at=action.began,
        outcome=outcome,
        milliseconds=int((action.until - action.since) * 1000) if answer is not None else None,
        request={
            "action": asked.action,
            **others.without_letters(asked.fields),
            **({"task": action.agent} if action.agent else {}),
        },
        named=(None, others.AGENT if action.agent else ""),
        result=result or None,
        request_id=asked.request_id,
        key=f"upstream {asked.request_id}" if asked.request_id else "",
    )


class Follower:
    """Run any number of these in any number of processes: each computer's events are read by one."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(8)
        self._listeners: dict[int, tuple[Heard, asyncio.Task[None]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin looking."""
        self._task = asyncio.create_task(self._run(), name="followers")

    async def stop(self) -> None:
        """End every stream and give up the claims."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._keep({})
        await listening.release(self._process)

    async def _run(self) -> None:
        while True:
            try:
                await self._keep(await listening.claim(self._process))
            except Exception:
                logger.exception("The computers whose events are read could not be read.")
            await asyncio.sleep(SCAN_EVERY)

    async def _keep(self, wanted: dict[int, Heard]) -> None:
        """Make the streams match `wanted`: one that was switched off is closed, one that points elsewhere opened
        anew."""
        ending = [
            pk for pk, (heard, task) in self._listeners.items() if wanted.get(pk) != heard or task.done()
        ]
        for pk in ending:
            self._listeners[pk][1].cancel()
        await asyncio.gather(*(self._listeners[pk][1] for pk in ending), return_exceptions=True)
        for pk in ending:
            del self._listeners[pk]
        for pk in wanted.keys() - self._listeners.keys():
            heard = wanted[pk]
            task = asyncio.create_task(Listener(heard).run(), name=f"events of {heard.public_id}")
            self._listeners[pk] = (heard, task)
