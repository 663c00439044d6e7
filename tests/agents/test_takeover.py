"""Taking over: reserved, paused, seen to be paused, and only then the person drives. What fails leaves the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents.actions import steering, takeover
from agents.actions.takeover import NotStopped
from agents.models import Task
from computers import leases, timeline
from computers.actions import control
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, ControlLease, TimelineEvent
from computers.upstream import errors
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.agents.conftest import Running, audit, fresh, loaded, steps, until, until_state
from tests.support.fake_agents import FakeAgents, FakeTask, thinks
from tests.support.fake_upstream import silence

pytestmark = pytest.mark.usefixtures("quick_to_take_over")


@pytest.fixture
def quick_to_take_over(monkeypatch: pytest.MonkeyPatch, quick_to_confirm: None) -> None:
    monkeypatch.setattr(takeover, "PAUSE_WITHIN", 0.5)
    monkeypatch.setattr(takeover, "STOP_WITHIN", 0.6)


@unit
def row_of(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


async def standing(computer: Computer) -> leases.Standing:
    return await leases.standing(computer.pk)


async def is_settled(computer: Computer) -> bool:
    """Nobody drives and nobody is about to."""
    now = await standing(computer)
    return now.free and not now.state


async def ours(task: Task) -> list[tuple[str, str]]:
    return [(step.kind, step.text) for step in await steps(task) if step.ours]


async def test_whoever_takes_over_drives_and_the_agent_is_paused(
    running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    done = await takeover.take_over(as_bob, task, "it clicks the wrong button")
    assert (done.confirmed, done.sentence, theirs.status) == (True, "The agent is paused.", "paused")
    assert (await standing(computer)).held_by(as_bob)
    row = await fresh(task)
    assert (row.state, row.taken_by_id, (await row_of(computer)).agent_state) == (
        "paused",
        as_bob.user.pk,
        "paused",
    )
    assert await ours(task) == [("taken_over", "it clicks the wrong button: The agent is paused.")]
    assert [line[1:] for line in await audit()][-2:] == [
        ("task.take_over", "requested"),
        ("task.take_over", "succeeded"),
    ]
    await timeline.WRITER.flush()
    said = await unit(lambda: list(TimelineEvent.objects.values_list("actor_name", "sentence")))()
    assert said == [("Bob", "took over from the agent: Pay the March invoices")]


async def test_nobody_may_send_before_the_pause_is_seen(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    taking = asyncio.create_task(takeover.take_over(as_bob, task))
    await until(lambda: _asked(agents, f"/agent/tasks/{theirs.id}/pause"))
    now = await standing(computer)
    assert (now.free, now.state, now.reserved_by) == (True, "taking_over", "Bob")
    with pytest.raises(Refused, match="Bob is taking over here just now") as busy:
        await control.take(as_alice, await row_of(computer))
    assert busy.value.code == "busy"
    theirs.status = "paused"
    await taking
    assert (await standing(computer)).held_by(as_bob)


async def _asked(agents: FakeAgents, path: str) -> Any:
    return agents.asked(path)


async def test_of_two_people_at_once_one_takes_over(
    running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, _ = await running(computer)
    found = await asyncio.gather(
        takeover.take_over(as_bob, task), takeover.take_over(as_alice, task), return_exceptions=True
    )
    refused = [each for each in found if isinstance(each, Refused)]
    assert len(refused) == 1 and refused[0].code in ("busy", "held"), found
    assert not (await standing(computer)).free and (await fresh(task)).state == "paused"


async def test_a_pause_that_is_refused_leaves_the_agent_at_work(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.answers(f"/agent/tasks/{theirs.id}/pause", 409, {"detail": "not now"})
    with pytest.raises(NotStopped, match="not now"):
        await takeover.take_over(as_bob, task)
    assert await is_settled(computer) and agents.asked(f"/agent/tasks/{theirs.id}/resume") == []
    assert ((await fresh(task)).state, (await row_of(computer)).agent_state) == ("running", "running")
    assert (await audit())[-1][1:] == ("task.take_over", "failed")


async def test_a_pause_that_is_ignored_is_undone(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "QUIET_FOR", 0.3)
    task, theirs = await running(computer)
    agents.pauses = False
    acting = asyncio.create_task(_act(theirs))
    try:
        with pytest.raises(NotStopped, match=r"goes on acting.*told to go on; nobody drives"):
            await takeover.take_over(as_bob, task)
    finally:
        acting.cancel()
    assert await is_settled(computer) and len(agents.asked(f"/agent/tasks/{theirs.id}/resume")) == 1
    assert (await row_of(computer)).agent_state == "running"


async def _act(theirs: FakeTask) -> None:
    for number in range(1000):
        await theirs.tell(thinks(str(number)))
        await asyncio.sleep(0.05)


async def test_an_accepted_pause_without_steps_is_told_as_not_confirmed(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, _ = await running(computer)
    agents.pauses = False
    done = await takeover.take_over(as_bob, task)
    assert not done.confirmed and done.sentence.startswith("Pause not confirmed")
    assert (await standing(computer)).held_by(as_bob)
    assert ((await row_of(computer)).agent_state, (await fresh(task)).state) == ("unconfirmed", "running")


async def test_an_agent_that_acts_after_all_is_told(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    await takeover.take_over(as_bob, task)
    await theirs.tell({"type": "executed", "description": "clicks"})
    await until(lambda: _stuck(task))
    assert (await fresh(task)).stuck_why.startswith("It acts though it was asked to pause")
    assert (await row_of(computer)).agent_state == "running" and (await standing(computer)).held_by(as_bob)


async def _stuck(task: Task) -> str:
    return (await fresh(task)).stuck_why


async def test_a_pause_without_an_answer_counts_only_if_the_status_says_so(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.upstream.scripts[f"/agent/tasks/{theirs.id}/pause"] = silence
    with pytest.raises(NotStopped, match="did not answer the pause"):
        await takeover.take_over(as_bob, task)
    assert await is_settled(computer)
    theirs.status = "paused"
    assert (await takeover.take_over(as_bob, task)).confirmed


async def test_a_task_that_finishes_meanwhile_leaves_the_computer_to_the_person(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    theirs.status, theirs.exit_code = "completed", 0
    done = await takeover.take_over(as_bob, task)
    assert done.sentence == "The task was over before that: completed."
    assert (await standing(computer)).held_by(as_bob)
    row = await until_state(task, "completed")
    assert (row.taken_by_id, (await row_of(computer)).agent_state) == (None, "")


async def test_a_computer_that_dies_meanwhile_is_nobodys(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    taking = asyncio.create_task(takeover.take_over(as_bob, task))
    await until(lambda: _asked(agents, f"/agent/tasks/{theirs.id}/pause"))
    await unit(Computer.objects.filter(pk=computer.pk).update)(gone_at=timezone.now(), gone_reason="x")
    theirs.status = "paused"
    with pytest.raises(NotStopped):
        await taking
    assert await is_settled(computer)
    with pytest.raises(Refused, match="has ended"):
        await takeover.take_over(as_bob, await loaded(task))


async def test_whoever_gives_up_waiting_leaves_nothing_behind(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    taking = asyncio.create_task(takeover.take_over(as_bob, task))
    await until(lambda: _asked(agents, f"/agent/tasks/{theirs.id}/pause"))
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert await is_settled(computer) and len(agents.asked(f"/agent/tasks/{theirs.id}/resume")) == 1
    assert (await audit())[-1][1:] == ("task.take_over", "unknown")


async def test_what_ran_out_activates_no_more(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.pauses = False
    taking = asyncio.create_task(takeover.take_over(as_bob, task))
    await until(lambda: _asked(agents, f"/agent/tasks/{theirs.id}/pause"))
    await unit(ControlLease.objects.update)(reserved_at=timezone.now() - timedelta(seconds=31))
    theirs.status = "paused"
    with pytest.raises(NotStopped, match="took too long"):
        await taking
    assert (await standing(computer)).free and theirs.status == "running"


async def test_not_from_whoever_drives_and_not_by_who_may_not(
    running: Running, computer: Computer, as_bob: Actor, as_alice: Actor, vera: User, charlie: User
) -> None:
    task, theirs = await running(computer)
    for user in (vera, charlie):
        for verb in (takeover.take_over, takeover.take_anyway):
            with pytest.raises(PermissionDenied):
                await verb(Actor(user, "tab"), task, "because")
    await steering.pause(as_bob, task)
    await leases.take(computer, as_alice)
    with pytest.raises(Refused, match="Alice is driving"):
        await takeover.take_over(as_bob, task)
    assert theirs.status == "paused" and "task.take_over" not in {line[1] for line in await audit()}


async def test_control_anyway_needs_a_reason_that_stays(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, _ = await running(computer)
    for reason, code in (("  ", "reason"), ("x" * 301, "reason")):
        with pytest.raises(Invalid) as wrong:
            await takeover.take_anyway(as_bob, task, reason)
        assert wrong.value.code == code
    done = await takeover.take_anyway(as_bob, task, "it deletes invoices")
    assert not done.confirmed and "may act at the same time" in done.sentence
    assert (await standing(computer)).held_by(as_bob) and (await row_of(computer)).agent_state == "running"
    kind, text = (await ours(task))[-1]
    assert kind == "taken_anyway" and text.startswith("it deletes invoices")
    rows = await unit(lambda: list(AuditEvent.objects.filter(action="control.take_anyway")))()
    assert [row.outcome for row in rows] == ["succeeded", "requested"]
    assert rows[1].detail["reason"] == "it deletes invoices"
    with pytest.raises(Refused, match="Bob was quicker"):
        await takeover.take_anyway(as_alice, task, "me too")


async def test_a_task_without_its_computer_or_its_id_says_so(
    running: Running, as_bob: Actor, make_task: Callable[..., Awaitable[Task]]
) -> None:
    task, _ = await running()
    # Its first step named one, which is noted a moment later.
    await until(unit(lambda: Task.objects.get(pk=task.pk).computer_id))
    await unit(Task.objects.filter(pk=task.pk).update)(computer=None)
    with pytest.raises(Refused, match="not known yet"):
        await takeover.take_over(as_bob, task)
    with pytest.raises(Refused, match="still starting"):
        await takeover.take_over(as_bob, await loaded(await make_task()))


async def test_upstream_that_cannot_be_reached_is_said(
    agents: FakeAgents, running: Running, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = await running(computer)
    agents.answers(f"/agent/tasks/{theirs.id}/pause", 404)
    with pytest.raises(NotStopped, match="does not know this task") as stopped:
        await takeover.take_over(as_bob, task)
    assert isinstance(stopped.value.__cause__, errors.Gone) and await is_settled(computer)
