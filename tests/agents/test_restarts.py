"""Recorders that are killed, restarted, doubled and kept waiting: no step is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from agents.models import Task
from agents.recorder import Recorder, claims, watching
from computers.models import Connection
from dashboard.database import atomic_unit, unit
from tests.agents.conftest import MakeTask, Recording, fresh, kill, steps, texts, until, until_state, with_id
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, FakeTask, thinks

COUNT = 120


async def talk(theirs: FakeTask, count: int = COUNT) -> None:
    """A task that goes on whatever becomes of its recorders."""
    await theirs.tell(STARTED)
    for number in range(count):
        await theirs.tell(thinks(str(number)))
        await asyncio.sleep(0.005)
    await theirs.tell(COMPLETED)
    await theirs.end()


async def has(task: Task, count: int) -> bool:
    return len(await steps(task)) >= count


async def whole(task: Task) -> None:
    """Everything is there once, in order, under gapless numbers."""
    assert await texts(task) == [str(number) for number in range(COUNT)]
    found = await steps(task)
    assert [step.number for step in found] == list(range(1, len(found) + 1))
    assert (await fresh(task)).gaps == 0


async def test_killed_and_restarted_twice_in_the_middle(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    task = await make_task()
    talking: asyncio.Task[None] | None = None
    for seen in (1, COUNT // 3, 2 * COUNT // 3):
        running = Recorder()
        await running.start()
        if talking is None:
            talking = asyncio.create_task(talk(await agents.started()))
        await until(partial(has, task, seen))
        await kill(running)
    async with recorder():
        await until_state(task, "completed")
    assert talking is not None
    await talking
    await whole(task)
    assert len(agents.tasks) == 1


async def test_a_stopped_one_gives_up_its_claims_at_once(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "CLAIM_SECONDS", 60.0)
    task = await make_task()
    async with recorder():
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until_state(task, "running")
    async with recorder():
        await theirs.tell(COMPLETED)
        await theirs.end()
        await until_state(task, "completed")


async def test_killed_between_the_claim_and_the_start_it_is_started_once(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    task = await make_task()
    await unit(lambda: Task.objects.filter(pk=task.pk).update(sent_at=task.made_at))()
    async with recorder():
        theirs = await agents.started()
        await theirs.tell(STARTED, COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
        # Asked for beside the stream: it may come after the last event.
        assert await until(lambda: with_id(task)) == theirs.id
    assert len(agents.tasks) == 1


async def test_where_streams_may_not_be_opened_again_a_restart_marks_the_gap(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, connection: Connection
) -> None:
    await unit(lambda: Connection.objects.filter(pk=connection.pk).update(attaches_tasks=False))()
    task = await make_task()
    running = Recorder()
    await running.start()
    theirs = await agents.started()
    await theirs.tell(STARTED, thinks("seen"))
    await until(lambda: has(task, 2))
    await until(lambda: with_id(task))
    await kill(running)
    await theirs.tell(thinks("unseen"), COMPLETED)
    await theirs.end()
    async with recorder():
        done = await until_state(task, "completed")
    assert ([step.kind for step in await steps(task)], done.gaps) == (["started", "thinking", "gap"], 1)
    assert (len(agents.tasks), len(agents.asked("/agent/tasks/stream"))) == (1, 1)


async def test_two_recorders_record_many_tasks_and_none_twice(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    tasks = [await make_task() for _ in range(6)]
    async with recorder(), recorder():
        await agents.started(6)
        talks = [asyncio.create_task(talk(theirs)) for theirs in agents.tasks]
        for task in tasks:
            await until_state(task, "completed")
        await asyncio.gather(*talks)
    for task in tasks:
        await whole(task)
    assert len(agents.tasks) == 6
    # On a slow machine a claim may run out, or a stream seem silent: then one reads on from where it was.
    asked = agents.asked("/agent/tasks/stream")
    afresh = [request for request in asked if "last-event-id" not in request.headers]
    if "recorded elsewhere" not in caplog.text:
        assert len(afresh) == 6


async def test_one_that_slept_through_its_claim_writes_nothing_more(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    task = await make_task()
    async with recorder() as sleeper:
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until_state(task, "running")
        # It holds its stream and believes in its claim, but the row says another name.
        sleeper._tasks[0].cancel()
        await unit(lambda: Task.objects.filter(pk=task.pk).update(recorder="", recorder_until=task.made_at))()
        async with recorder():
            await until(lambda: _recorded_by_another(task))
            await talk_rest(theirs)
            await until_state(task, "completed")
    await whole(task)


async def talk_rest(theirs: FakeTask) -> None:
    await theirs.tell(*(thinks(str(number)) for number in range(COUNT)), COMPLETED)
    await theirs.end()


async def _recorded_by_another(task: Task) -> str:
    return (await fresh(task)).recorder


async def test_what_a_slow_database_has_not_stored_yet_is_no_silence(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until(lambda: with_id(task))
        held, free = asyncio.Event(), threading.Event()
        holding = asyncio.ensure_future(_hold(task, asyncio.get_running_loop(), held, free))
        await held.wait()
        await theirs.tell(*(thinks(str(number)) for number in range(20)), COMPLETED)
        theirs.status, theirs.exit_code = "completed", 0
        await asyncio.sleep(3 * watching.END_GRACE)
        free.set()
        await holding
        done = await until_state(task, "completed")
        await theirs.end()
    assert (await texts(task), done.gaps) == ([str(number) for number in range(20)], 0)


@atomic_unit
def _hold(task: Task, loop: asyncio.AbstractEventLoop, held: asyncio.Event, free: threading.Event) -> None:
    """Nobody writes the task's row until `free`."""
    Task.objects.select_for_update().get(pk=task.pk)
    loop.call_soon_threadsafe(held.set)
    assert free.wait(10)
