"""Nothing is stranded silently: a task that somebody left in the middle says that it needs a human, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.actions import handback, steering, takeover
from agents.stranded import Stranded
from computers import leases, turns
from computers.actions import control
from computers.actions.refusal import Refused
from computers.fleet import LeaseSweeper
from computers.models import Computer, ControlLease
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.agents.conftest import Running, fresh, loaded, steps
from tests.agents.driven import Driven, computer, driven, holds, row_of

__all__ = ["computer", "driven"]

pytestmark = pytest.mark.usefixtures("quick_to_confirm")


async def test_a_process_killed_between_reservation_and_activation_leaves_a_task_that_needs_a_human(
    running: Running, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task, theirs = await running(computer)
    await turns.reserve(computer, as_bob)
    theirs.status = "paused"
    with pytest.raises(Refused, match="Bob is taking over"):
        await takeover.take_over(as_alice, task)
    await Stranded().sweep()
    assert (await fresh(task)).needs_human_since is None
    past = timezone.now() - timedelta(seconds=leases.RESERVED + 1)
    await unit(ControlLease.objects.update)(reserved_at=past)
    await Stranded().sweep()
    await Stranded().sweep()
    row = await fresh(task)
    assert row.needs_human_since and row.needs_human_why.startswith("Bob began to take over")
    now = await leases.standing(computer.pk)
    assert [step.kind for step in await steps(task) if step.ours] == ["notice"] and now.free and not now.state
    await takeover.take_over(as_alice, await loaded(task))
    assert await holds(computer, as_alice) and (await fresh(task)).needs_human_since is None


async def test_a_closed_tab_leaves_a_paused_task_that_needs_a_human(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    silent = timezone.now() - timedelta(seconds=leases.GRACE + 1)
    await unit(ControlLease.objects.update)(renewed_at=silent)
    await LeaseSweeper().sweep()
    await Stranded().sweep()
    await Stranded().sweep()
    row = await fresh(task)
    assert (row.state, theirs.status, (await leases.standing(computer.pk)).free) == ("paused", "paused", True)
    assert row.needs_human_why == "Bob took control, fell silent and drives no more; it is still paused"
    assert [step.kind for step in await steps(task) if step.ours] == ["taken_over", "notice"]
    done = await steering.resume(as_bob, await loaded(task))
    assert done.confirmed and (await fresh(task)).needs_human_since is None


async def test_control_released_without_handing_back_is_noticed(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, _ = driven
    await control.release(as_bob, await row_of(computer))
    await Stranded().sweep()
    assert (await fresh(task)).needs_human_why.startswith("Bob released control without handing back")


async def test_a_process_killed_while_handing_back_leaves_control_and_says_so(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, _ = driven
    await turns.begin_handing_back(computer, as_bob)
    with pytest.raises(Refused, match="handing back here already"):
        await handback.hand_back(as_bob, task, "")
    with pytest.raises(Refused, match="handing back here already"):
        await control.take(as_bob, await row_of(computer))
    await unit(ControlLease.objects.update)(reserved_at=timezone.now() - timedelta(seconds=31))
    await Stranded().sweep()
    assert await holds(computer, as_bob)
    assert (await fresh(task)).needs_human_why.startswith("Bob began to hand back")
    assert (await handback.hand_back(as_bob, await loaded(task), "")).confirmed
