"""A computer knows that an agent is at work there: who drives and what works never meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agents import record
from agents.models import Task
from agents.record import Driven, Noted
from computers import leases
from computers.actions import control
from computers.actions.refusal import Refused
from computers.models import Computer
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.conftest import MakeTask
from tests.computers.views.conftest import Windows


@unit
def loaded(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


async def state_of(computer: Computer) -> tuple[str, str]:
    row = await loaded(computer)
    return row.agent_state, row.agent_label


async def becomes(task: Task, state: str) -> None:
    await record.note(task.pk, Noted("notice", state, True), state=state)


async def test_control_is_refused_while_it_works_and_not_while_it_is_paused(
    make_task: MakeTask, computer: Computer, as_alice: Actor
) -> None:
    task = await make_task(computer)
    for state in ("", "running"):
        if state:
            await becomes(task, state)
        with pytest.raises(Refused, match="Pay the March invoices") as refused:
            await control.take(as_alice, await loaded(computer))
        assert refused.value.code == "agent_running"
    await becomes(task, "paused")
    assert (await control.take(as_alice, await loaded(computer))).held_by(as_alice)


async def test_an_unconfirmed_pause_locks_nobody_out(
    make_task: MakeTask, computer: Computer, as_alice: Actor
) -> None:
    task = await make_task(computer)
    await record.pause_unconfirmed(task)
    assert (await state_of(computer))[0] == "unconfirmed"
    assert (await control.take(as_alice, await loaded(computer))).held_by(as_alice)


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled", "lost"])
async def test_a_task_that_is_over_leaves_it(make_task: MakeTask, computer: Computer, end: str) -> None:
    task = await make_task(computer)
    assert await state_of(computer) == ("running", "Pay the March invoices")
    await becomes(task, end)
    assert await state_of(computer) == ("", "")


async def test_the_end_of_an_older_task_says_nothing_of_a_newer_one(
    make_task: MakeTask, computer: Computer
) -> None:
    older, newer = await make_task(computer), await make_task(instruction="Newer")
    # Begun on a computer of its own, as far as was known.
    await record.note(newer.pk, Noted("notice", "x", True), computer_id=computer.pk)
    await becomes(older, "completed")
    assert await state_of(computer) == ("running", "Newer")
    await becomes(newer, "completed")
    assert await state_of(computer) == ("", "")


async def test_a_task_that_names_its_computer_late_is_seen_there(
    make_task: MakeTask, computer: Computer
) -> None:
    task = await make_task()
    await record.note(task.pk, Noted("notice", "x", True), computer_id=computer.pk)
    assert (await state_of(computer))[0] == "running"


async def test_a_start_that_a_driver_was_quicker_than_leaves_nothing(
    make_task: MakeTask, computer: Computer, as_alice: Actor
) -> None:
    await leases.take(computer, as_alice)
    with pytest.raises(Driven):
        await make_task(computer)
    assert await state_of(computer) == ("", "")
    assert await unit(Task.objects.count)() == 0


async def test_of_a_start_and_a_driver_at_once_only_one_comes_through(
    make_task: MakeTask, make_computer: Callable[..., Computer], as_alice: Actor
) -> None:
    for _ in range(8):
        computer = await unit(make_computer)()
        both = await asyncio.gather(
            make_task(computer), leases.take(computer, as_alice), return_exceptions=True
        )
        assert sum(isinstance(each, Exception) for each in both) == 1, both


def test_the_wall_and_the_cockpit_say_so(
    window: Windows, make_computer: Callable[..., Computer], vera: User, bob: User
) -> None:
    computer = make_computer(agent_task="t-1", agent_label="Pay <the> invoices", agent_state="running")
    wall = window(vera).get("/").content.decode()
    assert "at work" in wall and "/tasks/t-1/" in wall
    cockpit = window(bob).get(f"/computers/{computer.public_id}/").content.decode()
    assert "Agent at work:" in cockpit and "Pay &lt;the&gt; invoices" in cockpit
    assert f"/tasks/new/?computer={computer.public_id}" in cockpit
