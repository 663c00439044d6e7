"""A connection to an agent service made of scripts, tasks on it, and recorders that are started, stopped and killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from agents import record
from agents.actions import steering
from agents.models import Step, Task
from agents.recorder import Recorder, claims, recording, service, watching
from computers.models import Computer, Connection
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.computers.views.conftest import window
from tests.support.fake_agents import STARTED, FakeAgents, FakeTask, fake_agents

__all__ = ["window"]

SOON_SECONDS = 45.0

MakeTask = Callable[..., Awaitable[Task]]
Recording = Callable[[], AbstractAsyncContextManager[Recorder]]
Running = Callable[..., Awaitable[tuple[Task, FakeTask]]]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait of the recorder is short."""
    monkeypatch.setattr(service, "SCAN_EVERY", 0.1)
    monkeypatch.setattr(watching, "BESIDE_STREAM", 0.1)
    monkeypatch.setattr(watching, "POLL_FIRST", 0.05)
    monkeypatch.setattr(watching, "POLL_MOST", 0.2)
    monkeypatch.setattr(watching, "END_GRACE", 0.4)
    monkeypatch.setattr(recording, "AGAIN_MOST", 0.3)
    monkeypatch.setattr(recording, "AFTER_FAILURE", 0.1)
    monkeypatch.setattr(claims, "CLAIM_SECONDS", 2.0)


@pytest.fixture
async def agents(connection: Connection, settings: Settings, quick: None) -> AsyncIterator[FakeAgents]:
    """The team's connection points at it, and may open streams again."""
    async with fake_agents() as running:
        settings.PRIVATE_UPSTREAMS = [running.url]
        connection.base_url, connection.attaches_tasks = running.url, True
        await unit(connection.save)()
        yield running


@pytest.fixture
def as_alice(alice: User) -> Actor:
    return Actor(alice, "alices-tab", "192.0.2.1")


@pytest.fixture
def as_bob(bob: User) -> Actor:
    return Actor(bob, "bobs-tab", "192.0.2.2")


@pytest.fixture
def make_task(connection: Connection, bob: User) -> MakeTask:
    """`await make_task(max_steps=3)`: Bob's task, as the verb leaves it; the arguments are its wish's."""

    async def make(computer: Computer | None = None, **wish: Any) -> Task:
        wish = {"instruction": "Pay the March invoices", **wish}
        if computer is not None:
            wish["computer_id"] = computer.upstream_id
        task = Task(
            connection=connection,
            computer=computer,
            started_by=bob,
            started_by_name=bob.display_name,
            instruction=wish["instruction"],
            wish=wish,
        )
        return await record.make(task)

    return make


@pytest.fixture
def recorder() -> Recording:
    """`async with recorder():` one more of the services runs."""

    @asynccontextmanager
    async def run() -> AsyncIterator[Recorder]:
        running = Recorder()
        await running.start()
        try:
            yield running
        finally:
            await running.stop()

    return run


@pytest.fixture
def quick_to_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering, "CONFIRM_WITHIN", 0.6)
    monkeypatch.setattr(steering, "ASK_EVERY", 0.05)
    monkeypatch.setattr(steering, "QUIET_FOR", 0.2)


@pytest.fixture
async def running(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, quick_to_confirm: None
) -> AsyncIterator[Running]:
    """`task, theirs = await running(computer)`: one that runs and has its id."""
    async with recorder():

        async def run(computer: Computer | None = None) -> tuple[Task, FakeTask]:
            task = await make_task(computer)
            theirs = await agents.started()
            await theirs.tell(STARTED)
            await until(lambda: with_id(task))
            return await loaded(task), theirs

        yield run


async def with_id(task: Task) -> str:
    return (await fresh(task)).upstream_id


@unit
def loaded(task: Task) -> Task:
    return Task.objects.select_related("connection__team", "computer").get(pk=task.pk)


async def kill(running: Recorder) -> None:
    """As a killed process ends: nothing is given up, its claims run out by themselves."""
    tasks = [*running._tasks, *running._recordings.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    running._tasks, running._recordings = [], {}
    running._process = "killed"


@unit
def fresh(task: Task) -> Task:
    return Task.objects.select_related("computer").get(pk=task.pk)


@unit
def steps(task: Task) -> list[Step]:
    return list(Step.objects.filter(task=task).select_related("capture").order_by("number"))


async def texts(task: Task) -> list[str]:
    """What the agent said, in the record's order."""
    return [step.text for step in await steps(task) if step.kind == "thinking"]


async def until(check: Callable[[], Awaitable[Any]], seconds: float = SOON_SECONDS) -> Any:
    """What `check` gives once it gives something."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await check():
                return found
            await asyncio.sleep(0.02)


async def until_state(task: Task, *states: str) -> Task:
    """The row, once it is in one of these states."""

    async def there() -> Task | None:
        row = await fresh(task)
        return row if row.state in states else None

    found: Task = await until(there)
    return found


@unit
def audit() -> list[tuple[str, str, str]]:
    return [(row.actor_name, row.action, row.outcome) for row in AuditEvent.objects.order_by("pk")]
