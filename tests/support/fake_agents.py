"""An agent service made of scripts, over real connections: it knows tasks by their keys, replays, and misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.support.fake_upstream import FakeUpstream, Request, answer, fake_upstream

Event = dict[str, Any] | bytes


@dataclass
class FakeTask:
    """One task. What a test `tells` is its stream; a test ends it, breaks it or lets it hang."""

    id: str
    key: str
    body: dict[str, Any]
    status: str = "running"
    exit_code: int | None = None
    events: list[tuple[str, Event]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    over: bool = False

    async def tell(self, *events: Event, id: str | None = None) -> None:
        """More events, each with the next number as its id unless the test gives one."""
        async with self.changed:
            for event in events:
                self.events.append((str(len(self.events)) if id is None else id, event))
            self.changed.notify_all()

    async def end(self, status: str = "completed", exit_code: int | None = 0) -> None:
        """The streams end, and the status says so."""
        async with self.changed:
            self.status, self.exit_code, self.over = status, exit_code, True
            self.changed.notify_all()


class FakeAgents:
    """The service's tasks. The switches are what it does wrong."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self.upstream, self.url = upstream, upstream.url
        self.tasks: list[FakeTask] = []
        #: Both ways to start answer a known key with its task.
        self.knows_keys = True
        #: A stream that is opened again begins after Last-Event-ID, or at the first event.
        self.replays = True
        self.sends_ids = True
        #: Each stream is broken off after this many events.
        self.breaks_after: int | None = None
        self.pauses = True
        #: What a message is answered with.
        self.message_answer = "queued"
        upstream.scripts |= {"/agent/tasks": self._start, "/agent/tasks/stream": self._stream}

    def answers(self, path: str, status: int, body: Any = None) -> None:
        """From now on, whatever the task."""
        self.upstream.scripts[path] = answer(status, body)

    def asked(self, path: str) -> list[Request]:
        return self.upstream.asked(path)

    async def started(self, count: int = 1, seconds: float = 10.0) -> FakeTask:
        """The task number `count`, once it is there."""
        async with asyncio.timeout(seconds):
            while True:
                if len(self.tasks) >= count:
                    return self.tasks[count - 1]
                await asyncio.sleep(0.01)

    def _task_of(self, body: dict[str, Any]) -> tuple[FakeTask, bool]:
        key = body.get("idempotency_key", "")
        known = next((task for task in self.tasks if task.key == key), None) if self.knows_keys else None
        if known is not None:
            return known, True
        task = FakeTask(f"task_{len(self.tasks) + 1}", key, body)
        self.tasks.append(task)
        place = f"/agent/tasks/{task.id}"

        async def status(*wires: Any) -> None:
            said = {"task_id": task.id, "status": task.status, "exit_code": task.exit_code}
            await answer(body=said)(*wires)

        async def pause(*wires: Any) -> None:
            if self.pauses and not task.over:
                task.status = "paused"
            await answer(body={"status": "pausing"})(*wires)

        async def resume(*wires: Any) -> None:
            if not task.over:
                task.status = "running"
            await answer(body={"status": "resuming"})(*wires)

        async def message(request: Request, *wires: Any) -> None:
            task.messages.append(orjson.loads(request.body)["message"])
            await answer(body={"status": self.message_answer})(request, *wires)

        for name, script in {"": status, "/pause": pause, "/resume": resume, "/messages": message}.items():
            self.upstream.scripts.setdefault(place + name, script)
        return task, False

    async def _start(self, request: Request, *wires: Any) -> None:
        body = orjson.loads(request.body)
        task, reused = self._task_of(body)
        said = {"task_id": task.id, "status": task.status, "idempotency_key": task.key, "reused": reused}
        await answer(body=said)(request, *wires)

    async def _stream(self, request: Request, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, known = self._task_of(orjson.loads(request.body))
        after = request.headers.get("last-event-id", "")
        sent = 0
        if known and not self.replays:
            sent = len(task.events)
        elif after:
            sent = max((at + 1 for at, (id, _) in enumerate(task.events) if id == after), default=0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        budget = self.breaks_after
        while True:
            for id, event in task.events[sent:]:
                sent += 1
                writer.write(self._frame(id, event))
                if budget is not None and (budget := budget - 1) <= 0:
                    await writer.drain()
                    writer.transport.abort()
                    return
            await writer.drain()
            async with task.changed:
                if task.over and sent == len(task.events):
                    return
                await task.changed.wait_for(lambda: task.over or sent < len(task.events))  # noqa: B023

    def _frame(self, id: str, event: Event) -> bytes:
        if isinstance(event, bytes):
            return event
        head = f"id: {id}\n" if self.sends_ids else ""
        return head.encode() + b"data: " + orjson.dumps(event) + b"\n\n"


@asynccontextmanager
async def fake_agents() -> AsyncIterator[FakeAgents]:
    """One that runs; everything is hung up on afterwards."""
    async with fake_upstream() as upstream:
        yield FakeAgents(upstream)


def thinks(content: str) -> dict[str, Any]:
    return {"type": "thinking", "content": content}


STARTED = {"type": "started", "computer_id": "comp_1", "model": "tzafon.lightcone-1"}
COMPLETED = {"type": "completed", "result": "All done."}
