"""`/ws/tasks/<id>/`: one open task page. Steps come as the page's own fragments, after the number it has."""

from __future__ import annotations

import asyncio

import orjson

from agents import record
from agents.models import Task
from agents.reader import find_task, news, step_html
from computers.actions import control
from dashboard import live
from dashboard.permissions import Action, Role
from dashboard.sockets import Socket

#: A page is told at most this often, seconds; what happens in between is in the next message.
TELL_EVERY = 0.05
#: Largest number of a step.
NUMBER_LIMIT = 2**31 - 1


class TaskConsumer(Socket):
    """Tells one page what it lacks, whenever something is new."""

    task: Task
    role: Role

    async def authorise(self) -> None:
        """Any member of the task's team."""
        id = self.scope["url_route"]["kwargs"]["public_id"]
        self.task, self.role = await find_task(self.user, id, Action.WATCH_TASK)

    async def opened(self) -> None:
        after = self.query.get("after", "0")
        good = after.isascii() and after.isdigit() and len(after) <= 10
        self._sent = min(int(after), NUMBER_LIMIT) if good else 0
        self._version, self._news, self._shown = -1, asyncio.Event(), set[int]()
        self._computer = ""

    def groups(self) -> list[str]:
        return [live.task_group(self.task.public_id)]

    async def listening(self) -> None:
        """What happened before this moment is told now, and what comes is heard."""
        self.spawn(self._tell_news())
        self._news.set()

    def on_message(self, text: str) -> None:
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        if isinstance(message, dict) and message.get("type") == "ping":
            self.tell("pong")
        else:
            self.complain("malformed", "A task's page says only ping.", malformed=True)

    async def on_news(self, news: live.News) -> None:
        if news.kind == record.NEWS:
            self._shown.update(number for number in news.payload["shown"] if number <= self._sent)
            self._news.set()

    async def _tell_news(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            shown, self._shown = self._shown, set()
            for number in sorted(shown):
                if html := await step_html(self.task.pk, number):
                    self.tell("fact", key=f"step:{number}", version=1, html=html)
            found = await news(self.task.pk, self._sent, self.role, self.user)
            if found.last > self._sent or not found.complete:
                self.tell(
                    "steps", first=self._sent + 1, last=found.last, html=found.steps, complete=found.complete
                )
                self._sent = found.last
            if found.computer and found.computer != self._computer:
                self._computer = found.computer
                self.spawn(self._hear_control(found.computer))
            if found.version > self._version:
                self._version = found.version
                self.tell("fact", key=f"task:{self.task.public_id}", version=found.version, html=found.head)
            await asyncio.sleep(TELL_EVERY)

    async def _hear_control(self, computer: str) -> None:
        """Who drives stands in the head; which computer it is may be known late."""
        async with live.listen([live.computer_group(computer)]) as all_news:
            # What changed before this moment.
            self._news.set()
            async for each in all_news:
                if each.kind == control.NEWS:
                    self._news.set()
