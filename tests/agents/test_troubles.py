"""The recorder against a service that misbehaves: the record stays whole, or says where it is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Task
from agents.recorder import watching
from computers.models import Connection
from computers.upstream import task_stream
from dashboard.database import unit
from tests.agents.conftest import MakeTask, Recording, audit, fresh, steps, texts, until, until_state
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, thinks
from tests.support.fake_upstream import answer, silence


async def kinds(task: Task) -> list[str]:
    return [step.kind for step in await steps(task)]


@unit
def does_not_attach(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(attaches_tasks=False)


@pytest.mark.parametrize("breaks_after", [1, 3, 7])
async def test_a_stream_that_breaks_again_and_again_loses_and_doubles_nothing(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, breaks_after: int
) -> None:
    agents.breaks_after = breaks_after
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, *(thinks(str(n)) for n in range(20)), COMPLETED)
        await theirs.end()
        done = await until_state(task, "completed")
    assert await texts(task) == [str(n) for n in range(20)]
    assert (done.gaps, len(agents.tasks)) == (0, 1)


async def test_where_streams_may_not_be_opened_again_a_gap_stands_and_the_status_is_asked_for(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, connection: Connection
) -> None:
    await does_not_attach(connection)
    agents.breaks_after = 2
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, thinks("a"), thinks("unseen"), COMPLETED)
        row = await until(lambda: _gap(task))
        assert row.state == "running"
        await theirs.end("failed", 3)
        done = await until_state(task, "failed")
    assert await kinds(task) == ["started", "thinking", "gap"]
    assert (done.exit_code, done.gaps, done.result) == (3, 1, "")
    assert len(agents.asked("/agent/tasks/stream")) == 1


async def _gap(task: Task) -> Task | None:
    row = await fresh(task)
    return row if row.gaps else None


async def test_an_end_without_an_outcome_is_asked_for_not_made_up(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, thinks("a"))
        await theirs.end("cancelled", None)
        done = await until_state(task, "cancelled")
    assert (await kinds(task), done.gaps) == (["started", "thinking"], 0)


async def test_a_stream_that_hangs_after_the_end_is_left_and_the_gap_marked(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until_state(task, "running")
        theirs.status, theirs.exit_code = "completed", 0
        done = await until_state(task, "completed")
    assert (await kinds(task), done.exit_code) == (["started", "gap"], 0)


async def test_a_stream_that_still_has_something_to_say_after_the_end_is_let_finish(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        theirs.status, theirs.exit_code = "completed", 0
        for number in range(8):
            await theirs.tell(thinks(str(number)))
            await asyncio.sleep(0.15)
        await theirs.tell(COMPLETED)
        await theirs.end()
        done = await until_state(task, "completed")
    assert (await texts(task), done.gaps) == ([str(number) for number in range(8)], 0)


async def test_a_silent_stream_is_opened_again(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_stream, "SILENCE_LIMIT", 0.5)
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until(lambda: _asked(agents, 3))
        await theirs.tell(thinks("late"), COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    assert await kinds(task) == ["started", "thinking", "completed"]


async def _asked(agents: FakeAgents, times: int) -> bool:
    return len(agents.asked("/agent/tasks/stream")) >= times


@pytest.mark.parametrize("last", [b"id: 9\n\n", b"\n\n\n", b"data: \n\n", b"data: {half\n\n"])
async def test_a_broken_frame_at_the_end_is_no_failure(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, last: bytes
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(thinks("a"), COMPLETED, last)
        await theirs.end()
        done = await until_state(task, "completed")
    assert (await kinds(task), done.gaps) == (["thinking", "completed"], 0)


async def test_a_second_task_is_paused_at_once_and_no_other_stream_is_opened_there(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, connection: Connection
) -> None:
    agents.knows_keys = False
    async with recorder():
        task = await make_task()
        second = await agents.started(2)
        await until(lambda: _paused(second.status))
        await agents.tasks[0].tell(STARTED, thinks("a"), COMPLETED)
        await agents.tasks[0].end()
        done = await until_state(task, "completed")
        assert (done.upstream_id, await texts(task)) == ("", ["a"])
        assert "notice" in await kinds(task)
        # From now on: a plain start, and its status.
        other = await make_task()
        third = await agents.started(3)
        await third.end("completed", 0)
        found = await until_state(other, "completed")
    assert (found.upstream_id, found.gaps, await kinds(other)) == (third.id, 1, ["gap"])
    assert len(agents.asked("/agent/tasks/stream")) == 1
    assert ("Lightdeck", "connection.manage", "succeeded") in await audit()


async def _paused(status: str) -> bool:
    return status == "paused"


@pytest.mark.parametrize(
    ("script", "word"),
    [
        (answer(404, {"title": "Session not found", "status": 404}), "does not know this computer"),
        (answer(422, {"detail": "instruction is empty"}), "instruction is empty"),
        (answer(402, {}), "credit"),
        (answer(503, {"title": "Service unavailable"}), "failure of its own"),
    ],
)
async def test_a_refused_start_says_why_and_is_not_tried_again(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, script: Any, word: str
) -> None:
    agents.upstream.scripts |= {"/agent/tasks": script, "/agent/tasks/stream": script}
    async with recorder():
        task = await make_task()
        row = await until_state(task, "failed")
    assert word in row.error
    assert len(agents.asked("/agent/tasks")) <= 1
    assert (await audit())[-1] == ("Bob", "task.start", "failed")


async def test_a_start_without_an_answer_is_unknown_not_failed(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_stream, "SILENCE_LIMIT", 0.3)
    monkeypatch.setattr("computers.upstream.tasks.START_TIMEOUT", 0.3)
    agents.upstream.scripts |= {"/agent/tasks": silence, "/agent/tasks/stream": silence}
    async with recorder():
        row = await until_state(await make_task(), "lost")
    assert "not known whether it was started" in row.error
    assert (await audit())[-1] == ("Bob", "task.start", "unknown")


async def test_a_stream_that_is_refused_leaves_a_plain_start(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, connection: Connection
) -> None:
    await does_not_attach(connection)
    agents.answers("/agent/tasks/stream", 404, {"title": "Not found"})
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.end()
        done = await until_state(task, "completed")
    assert (done.gaps, await kinds(task)) == (1, ["gap"])


async def test_a_task_upstream_forgot_is_lost_not_ended(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, connection: Connection
) -> None:
    await does_not_attach(connection)
    agents.breaks_after = 1
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until(lambda: _gap(task))
        agents.answers(f"/agent/tasks/{theirs.id}", 404, {"title": "Not found"})
        done = await until_state(task, "lost")
    assert "does not know this task" in done.error


@pytest.mark.parametrize(
    ("wish", "age", "said"),
    [
        ({}, watching.SILENT_AFTER + 5, "Nothing has been heard"),
        ({"max_steps": 1}, 0, "limit of 1 steps"),
        ({"max_duration_seconds": 10}, 10 + watching.OVER_BY + 5, "limit of 10 seconds"),
    ],
)
async def test_what_upstream_leaves_running_is_flagged(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, wish: dict[str, Any], age: float, said: str
) -> None:
    async with recorder():
        task = await make_task(**wish)
        theirs = await agents.started()
        await theirs.tell({"type": "executed", "action": "a"}, {"type": "executed", "action": "b"})
        await until_state(task, "running")
        await _age(task, age)
        row = await until(lambda: _stuck(task))
        assert said in row.stuck_why and row.state == "running"
        if not wish:
            await theirs.tell(thinks("back"))
            await until(lambda: _not_stuck(task))


@unit
def _age(task: Task, seconds: float) -> None:
    then = timezone.now() - timedelta(seconds=seconds)
    Task.objects.filter(pk=task.pk).update(sent_at=then, last_event_at=then)


async def _stuck(task: Task) -> Task | None:
    row = await fresh(task)
    return row if row.stuck_why else None


async def _not_stuck(task: Task) -> bool:
    return not (await fresh(task)).stuck_why


async def test_a_key_that_cannot_be_read_ends_it_aloud(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, settings: Any
) -> None:
    task = await make_task()
    settings.FIELD_ENCRYPTION_KEYS = ["6Qq0yPzq4Jw8jR0Yb9sXo1v7nV2mC3kD4eF5gH6iJ7k="]
    async with recorder():
        row = await until_state(task, "failed")
    assert "key" in row.error
