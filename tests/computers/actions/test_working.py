"""A batch acts for a while: nobody takes control under it, and who loses control loses the rest of it."""

import asyncio
from typing import Any

import pytest

from computers import leases, works
from computers.actions import Refused, control
from computers.actions.batch import batch
from computers.models import Computer
from computers.upstream.errors import NoAnswer
from dashboard.database import unit
from dashboard.models import Membership
from dashboard.permissions import Actor, Role
from tests.computers.conftest import fresh, soon
from tests.computers.stub import Silence, Upstream

STEPS = [{"type": "wait", "ms": 60_000}, {"type": "click", "x": 1, "y": 2}]


@pytest.fixture
async def running(
    as_bob: Actor, computer: Computer, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A batch of Bob's that upstream does not answer."""
    monkeypatch.setattr(works, "WORK_RENEW", 0.05)
    upstream.says("POST", f"/computers/{computer.upstream_id}/batch", Silence())
    await control.take(as_bob, await fresh(computer))
    task = asyncio.create_task(batch(as_bob, await fresh(computer), STEPS))
    await soon(lambda: upstream.asked("POST", f"/computers/{computer.upstream_id}/batch"))
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nobody_takes_control_before_it_is_over(
    running: Any, as_alice: Actor, as_bob: Actor, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="Bob is driving"):
        await control.take(as_alice, await fresh(computer))
    # From now on it looks so seldom that it is still running when the next person asks.
    monkeypatch.setattr(works, "WORK_RENEW", 5.0)
    await asyncio.sleep(0.1)
    await leases.release(computer.pk, (await leases.standing(computer.pk)).epoch)
    with pytest.raises(Refused, match="a batch of 2 is still running here"):
        await control.take(as_alice, await fresh(computer))


async def test_whoever_lets_go_breaks_it_off(
    running: Any, as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    await control.release(as_bob, await fresh(computer))
    with pytest.raises(NoAnswer, match="broken off"):
        await running
    assert (await control.take(as_alice, await fresh(computer))).holder == "Alice"


async def test_whoever_may_drive_no_longer_breaks_it_off(
    running: Any, as_bob: Actor, computer: Computer
) -> None:
    await unit(Membership.objects.filter(user=as_bob.user).update)(role=Role.VIEWER)
    with pytest.raises(NoAnswer, match="broken off"):
        await running


async def test_one_runs_at_a_time(running: Any, as_bob: Actor, computer: Computer) -> None:
    with pytest.raises(Refused, match="still runs"):
        await batch(as_bob, await fresh(computer), STEPS)
