"""The process's side of a lease: it may send input only while its own monotonic deadline holds.

The deadline is pushed out by a conditional UPDATE on the epoch, so a process that was stopped, cut off or overtaken
finds its deadline past before it can send another item, and a new process waits until no earlier one can still be
sending.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from computers import leases
from computers.relay.feed import Feed
from computers.relay.hub import PROCESS
from computers.relay.link import Link
from computers.relay.outbox import SENTENCES, Outbox, Refuse
from computers.upstream.errors import UpstreamError
from computers.wire.screen import Answer, Input

logger = logging.getLogger(__name__)

#: How long a renewal lasts, how often it is made, and what is added when waiting for another process's; seconds.
DEADLINE = 2.0
RENEW_EVERY = 0.5
MARGIN = 0.5
#: How often a waiting process asks whether the earlier one has confirmed, seconds.
CONFIRM_POLL = 0.05
#: What an earlier driver left pressed is tried to be released this often, seconds; nothing else is sent before.
RELEASE_AGAIN = 0.5


class Deadline:
    """No clock of its own: monotonic seconds come from the caller."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def renewed(self, asked_at: float) -> None:
        """A renewal that was asked for at `asked_at` succeeded: it counts from before the question."""
        self._until = max(self._until, asked_at + DEADLINE)

    def drop(self) -> None:
        """It is over."""
        self._until = float("-inf")

    def holds(self, now: float) -> bool:
        """Whether input may be sent at `now`."""
        return now < self._until


class Driver:
    """One holder driving one computer from this process, under one epoch.

    `on_lost` is called once if the lease turns out to be over, `on_sent` with everything that went upstream, in order,
    `on_stopped` once nothing more goes there. Input put before `begin` is through waits for it.
    """

    def __init__(
        self,
        link: Link,
        epoch: int,
        tab: Callable[[], str],
        view: Callable[[], int],
        refuse: Refuse,
        on_lost: Callable[[], None],
        on_sent: Callable[[Input | Answer], None] = lambda _item: None,
        on_stopped: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_sent, self._on_stopped = on_sent, on_stopped
        self.link, self.epoch, self._tab, self._on_lost = link, epoch, tab, on_lost
        self._pk, self._refuse = link.machine.pk, refuse
        self._deadline, self._loop = Deadline(), asyncio.get_running_loop()
        self._tasks: list[asyncio.Task[None]] = []
        self._outbox = Outbox(
            may_send=self.may_send,
            view=view,
            hands=lambda: link.hands(tab()),
            note=self._note,
            refuse=refuse,
            on_sent=on_sent,
        )

    def may_send(self) -> bool:
        """Whether this process may write to the computer right now."""
        return self._deadline.holds(self._loop.time())

    def put(self, item: Input) -> None:
        """One item of the holder's input."""
        self._outbox.put(item)

    async def answer(self, answer: Answer, feed: Feed) -> None:
        """The holder's answer to a dialog of the page that `feed` shows, unless that one is over by the moment of
        sending: the page may ask the next thing meanwhile, and nobody has seen that."""

        def may_send() -> bool:
            if not self.may_send():
                return False
            if not feed.waits_for(answer.number, answer.view):
                self._refuse("stale_view", SENTENCES["closed_dialog"])
                return False
            feed.answered(answer.number)
            self._on_sent(answer)
            return True

        try:
            (await self.link.hands(feed.tab)).answer(answer, may_send)
        except UpstreamError:
            self._refuse("not_connected", SENTENCES["not_connected"])

    async def begin(self) -> bool:
        """Become the one that drives: after whoever did here before, and after no other process can be sending any
        more."""
        async with self.link.driving:
            if self.link.driver is not None:
                await self.link.driver.stop()
            asked_at = self._loop.time()
            activation = await leases.activate(self._pk, self.epoch, PROCESS)
            if activation is None or (activation.must_wait and not await self._wait_for_the_other(asked_at)):
                return False
            if not await self._renew():
                return False
            self.link.driver = self
            # Kept from now on: releasing may take longer than the deadline, and nobody else may drive meanwhile.
            self._own(self._keep())
            released = await self._release_noted(activation.held)
            self._own(self._drive({} if released else activation.held))
            return True

    async def end(self) -> None:
        """Let go of everything that is pressed, stop, and say so. The lease itself is left as it is."""
        async with self.link.driving:
            await self.stop()

    async def let_go(self) -> None:
        """Let go of everything that is pressed and drive on."""
        await self._outbox.release_everything()

    async def leave_tab(self) -> None:
        """The driver sees another tab from now on: let go of what is pressed in the one before."""
        await self._outbox.leave_tab()

    async def stop(self) -> None:
        """`end` for who already holds `link.driving`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self.link.driver is not self:
            return
        self.link.driver = None
        try:
            await self._outbox.release_everything()
            self._deadline.drop()
            await leases.confirm_stopped(self._pk, PROCESS)
        except Exception:
            # Unconfirmed, the next driver only waits longer.
            logger.exception("Driving %s could not be ended cleanly.", self.link.machine.public_id)
        finally:
            self._deadline.drop()
            self._on_stopped()

    async def _wait_for_the_other(self, since: float) -> bool:
        """False when yet another process took over meanwhile."""
        while self._loop.time() < since + DEADLINE + MARGIN:
            waiting = await leases.still_waiting(self._pk, self.epoch, PROCESS)
            if waiting is None:
                return False
            if not waiting:
                return True
            await asyncio.sleep(CONFIRM_POLL)
        await leases.waited_out(self._pk, self.epoch, PROCESS)
        return True

    async def _drive(self, unreleased: dict[str, Any]) -> None:
        while unreleased and not await self._release_noted(unreleased):  # noqa: ASYNC110 — it tries, it does not look
            await asyncio.sleep(RELEASE_AGAIN)
        await self._outbox.run()

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        logger.error("Driving %s failed.", self.link.machine.public_id, exc_info=error)
        self._deadline.drop()
        self._on_lost()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if not await self._renew():
                self._deadline.drop()
                self._on_lost()
                return

    async def _renew(self) -> bool:
        asked_at = self._loop.time()
        try:
            renewed = await leases.renew(self._pk, self.epoch, PROCESS)
        except Exception:
            # A database that does not answer is not a lost lease yet; the deadline decides.
            logger.exception("A lease could not be renewed.")
            return self._deadline.holds(self._loop.time())
        if renewed:
            self._deadline.renewed(asked_at)
        return renewed

    async def _note(self, held: dict[str, Any]) -> bool:
        return await leases.note_held(
            self._pk, self.epoch, PROCESS, {**held, "tab": self._tab()} if held else {}
        )

    async def _release_noted(self, noted: dict[str, Any]) -> bool:
        """Let go of what an earlier driver left pressed; False when that cannot be done now."""
        if not noted:
            return True
        try:
            await self.link.release_held(noted)
        except UpstreamError as error:
            logger.warning(
                "What was held on %s could not be released: %s", self.link.machine.public_id, error
            )
            return False
        await leases.note_released(self._pk, self.epoch)
        return True
