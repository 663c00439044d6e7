"""Starting, pausing, resuming and speaking to a task: who may, what is audited, and what is true afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from agents import record
from agents.actions import start, steering
from agents.models import Task
from agents.wish import TaskWish
from computers import leases
from computers.actions import control
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, Connection
from computers.upstream import errors
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.agents.conftest import MakeTask, Running, audit, fresh, loaded, steps, until_state
from tests.support.fake_agents import FakeAgents
from tests.support.fake_upstream import silence


async def test_a_start_leaves_a_row_with_its_key_on_each_computer(
    connection: Connection, make_computer: Callable[..., Computer], as_bob: Actor
) -> None:
    computers = [await unit(make_computer)(name=name) for name in ("a", "b")]
    wish = TaskWish(" Look ", start_page="example.org", max_minutes=2, kind="browser", temperature=0.0)
    made = await start.start(as_bob, connection, wish, computers)
    assert [task.computer_id for task in made] == [computer.pk for computer in computers]
    assert made[0].wish == {
        "instruction": "Look",
        "computer_id": computers[0].upstream_id,
        "on_missing_computer": "fail",
        "start_url": "https://example.org/",
        "max_duration_seconds": 120,
        "temperature": 0.0,
    }
    assert len({task.idempotency_key for task in made}) == 2
    assert (made[0].started_by_name, made[0].started_from, made[0].state) == ("Bob", "192.0.2.2", "starting")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (TaskWish("  "), "instruction"),
        (TaskWish("x" * 20_001), "instruction"),
        (TaskWish("x", kind="toaster"), "kind"),
        (TaskWish("x", max_steps=0), "max_steps"),
        (TaskWish("x", width=100), "width"),
        (TaskWish("x", temperature=-1.0), "temperature"),
        (TaskWish("x", metadata={"a": "b" * 300}), "metadata"),
        (TaskWish("x", model="a\nb"), "model"),
    ],
)
async def test_what_cannot_be_meant_names_its_field(
    connection: Connection, as_bob: Actor, wish: TaskWish, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await start.start(as_bob, connection, wish)
    assert refused.value.code == code


async def test_a_viewer_and_a_stranger_may_not(
    connection: Connection, vera: User, charlie: User, make_task: MakeTask
) -> None:
    task = await loaded(await make_task())
    for user in (vera, charlie):
        actor = Actor(user, "tab")
        with pytest.raises(PermissionDenied):
            await start.start(actor, connection, TaskWish("x"))
        for verb in (steering.pause, steering.resume):
            with pytest.raises(PermissionDenied):
                await verb(actor, task)
        with pytest.raises(PermissionDenied):
            await steering.message(actor, task, "x")
    assert await audit() == []


async def test_not_where_somebody_else_drives_or_another_task_runs(
    connection: Connection, computer: Computer, as_bob: Actor, as_alice: Actor, make_task: MakeTask
) -> None:
    await leases.take(computer, as_alice)
    with pytest.raises(Refused, match="Alice is driving") as refused:
        await start.start(as_bob, connection, TaskWish("x"), [computer])
    assert refused.value.code == "held"
    await leases.release(computer.pk, 1)
    await make_task(computer)
    with pytest.raises(Refused, match="at work") as refused:
        await start.start(as_bob, connection, TaskWish("x"), [computer])
    assert refused.value.code == "agent_running"


async def test_of_two_starts_at_once_one_has_the_computer(
    connection: Connection, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    starts = [start.start(actor, connection, TaskWish("x"), [computer]) for actor in (as_bob, as_alice) * 3]
    found = await asyncio.gather(*starts, return_exceptions=True)
    refused = [each for each in found if isinstance(each, Refused)]
    assert len(refused) == 5 and {each.code for each in refused} == {"agent_running"}
    assert await unit(Task.objects.count)() == 1


async def test_a_pause_is_confirmed_by_the_status(running: Running, as_bob: Actor) -> None:
    task, theirs = await running()
    done = await steering.pause(as_bob, task)
    assert (done.answer, done.confirmed, done.sentence) == ("pausing", True, "It is paused.")
    assert (await fresh(task)).state == "paused"
    done = await steering.resume(as_bob, task)
    assert (done.confirmed, (await fresh(task)).state, theirs.status) == (True, "running", "running")
    noted = [(step.kind, step.ours, step.data) for step in await steps(task) if step.ours]
    assert [kind for kind, _, _ in noted] == ["paused", "resumed"]
    assert noted[0][2] == {"by": "Bob", "answer": "pausing", "confirmed": True}
    assert [row[1:] for row in await audit()][-4:] == [
        ("task.pause", "requested"),
        ("task.pause", "succeeded"),
        ("task.resume", "requested"),
        ("task.resume", "succeeded"),
    ]


async def test_a_pause_that_is_ignored_is_said_not_believed(
    agents: FakeAgents, running: Running, as_bob: Actor
) -> None:
    task, _ = await running()
    agents.pauses = False
    done = await steering.pause(as_bob, task)
    assert (done.confirmed, "not confirmed" in done.sentence) == (False, True)
    assert (await fresh(task)).state == "running"


async def test_a_pause_that_is_refused_says_why(agents: FakeAgents, running: Running, as_bob: Actor) -> None:
    task, theirs = await running()
    agents.answers(f"/agent/tasks/{theirs.id}/pause", 409, {"detail": "not now"})
    with pytest.raises(errors.Refused, match="not now"):
        await steering.pause(as_bob, task)
    assert (await audit())[-1][1:] == ("task.pause", "failed")
    assert (await fresh(task)).state == "running"


async def test_a_task_that_ends_meanwhile_is_told_as_over(
    agents: FakeAgents, running: Running, as_bob: Actor
) -> None:
    task, theirs = await running()
    agents.pauses = False
    theirs.status, theirs.exit_code = "completed", 0
    done = await steering.pause(as_bob, task)
    assert (done.confirmed, done.sentence) == (False, "It was over before that: completed.")
    over = await until_state(task, "completed")
    with pytest.raises(Refused, match="over"):
        await steering.resume(as_bob, await loaded(over))


async def test_a_status_that_cannot_be_had_is_said(
    agents: FakeAgents, running: Running, as_bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.upstream.tasks.TASK_TIMEOUT", 0.2)
    task, theirs = await running()
    agents.upstream.scripts[f"/agent/tasks/{theirs.id}"] = silence
    done = await steering.resume(as_bob, task)
    assert (done.confirmed, "cannot be had" in done.sentence) == (False, True)


async def test_a_message_reaches_it_and_only_its_length_the_log(running: Running, as_bob: Actor) -> None:
    task, theirs = await running()
    done = await steering.message(as_bob, task, " Left a bit ")
    assert (theirs.messages, done.sentence) == (["Left a bit"], "Sent; the service answers: queued.")
    assert [step.text for step in await steps(task) if step.kind == "message"] == ["Left a bit"]
    logged = await unit(lambda: [str(row.detail) for row in AuditEvent.objects.all()])()
    assert not any("Left" in detail for detail in logged) and any("characters" in detail for detail in logged)
    for text in ("", "x" * (steering.MESSAGE_LIMIT + 1)):
        with pytest.raises(Invalid):
            await steering.message(as_bob, task, text)


async def test_not_resumed_while_anybody_drives(
    running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, _ = await running(computer)
    await steering.pause(as_bob, task)
    await leases.take(computer, as_alice)
    with pytest.raises(Refused, match="Alice is driving"):
        await steering.resume(as_bob, task)
    with pytest.raises(Refused, match="release control first"):
        await steering.resume(as_alice, task)
    assert (await unit(Computer.objects.get)(pk=computer.pk)).agent_state == "paused"
    await control.release(as_alice, await _whole(computer))
    assert (await steering.resume(as_alice, task)).confirmed


async def test_whoever_drives_gives_it_to_an_agent_by_releasing_it_first(
    connection: Connection, computer: Computer, as_bob: Actor
) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(Refused, match="release control first"):
        await start.start(as_bob, connection, TaskWish("x"), [computer])
    await control.release(as_bob, await _whole(computer))
    assert len(await start.start(as_bob, connection, TaskWish("x"), [computer])) == 1


async def test_of_a_resume_and_a_driver_at_once_only_one_comes_through(
    running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, _ = await running(computer)
    await steering.pause(as_bob, task)
    found = await asyncio.gather(
        steering.resume(as_bob, task),
        control.take(as_alice, await _whole(computer)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in found) == 1, found


@unit
def _whole(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


async def test_what_has_no_id_yet_cannot_be_steered(
    connection: Connection, make_task: MakeTask, as_bob: Actor
) -> None:
    task = await loaded(await make_task())
    with pytest.raises(Refused, match="still starting"):
        await steering.pause(as_bob, task)
    await record.note(task.pk, record.Noted("notice", "x", True), state="running")
    with pytest.raises(Refused, match="not known"):
        await steering.pause(as_bob, await loaded(task))
