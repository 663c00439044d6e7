"""Reading what a task tells, and waiting for it, without the SDK's own stream."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from tzafon import Lightcone

Told = tuple[int, dict[str, Any]]
PATIENCE_SECONDS = 30.0


@contextmanager
def stream(http: httpx.Client, after: int | None = None, **body: Any) -> Iterator[Iterator[Told]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with http.stream("POST", "/agent/tasks/stream", json=body, headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield told(response.iter_lines())


def told(lines: Iterator[str]) -> Iterator[Told]:
    number = -1
    for line in lines:
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield number, json.loads(line[6:])


def all_told(http: httpx.Client, key: str, after: int | None = None) -> list[Told]:
    """Everything of the task with this key, until it has ended."""
    with stream(http, after, instruction="known", idempotency_key=key) as events:
        return list(events)


def to_the_end(events: Iterator[Told]) -> list[Told]:
    """All that comes, of a task that needs nobody's help."""
    read: list[Told] = []
    for number, event in events:
        assert event.get("state") != "needs_human", event
        read.append((number, event))
    return read


def kinds(events: list[Told]) -> list[str]:
    return [event["type"] for _, event in events]


def start(sdk: Lightcone, **body: Any) -> str:
    return sdk.agent.tasks.start(**body).task_id


def status(sdk: Lightcone, task: str) -> str:
    return sdk.agent.tasks.retrieve_status(task).status


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.02)


def until_status(sdk: Lightcone, task: str, *wanted: str) -> None:
    until(lambda: status(sdk, task) in wanted, f"{wanted} of {task}")


def begun(http: httpx.Client, key: str, words: str) -> int:
    """Waits until the task with this key set about the step with these words; the number of that event."""
    with stream(http, instruction="known", idempotency_key=key) as events:
        return next(number for number, event in events if words in event.get("content", ""))
