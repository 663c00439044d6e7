"""A page that is closed in the middle of taking over or handing back: one drives afterwards, never two."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from agents.actions import handback, steering, takeover
from computers import leases, turns
from computers.models import Computer
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.conftest import Running, fresh
from tests.agents.driven import Driven, driven
from tests.support.fake_agents import FakeAgents

__all__ = ["driven"]

pytestmark = pytest.mark.usefixtures("quick_to_confirm")


async def test_closed_while_the_takeover_is_written_the_agent_stays_paused(
    agents: FakeAgents,
    running: Running,
    computer: Computer,
    bob: User,
    as_bob: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task, theirs = await running(computer)
    writing, go_on = threading.Event(), threading.Event()
    activate = turns.activate

    def slowly(*args: Any) -> leases.Standing:
        writing.set()
        assert go_on.wait(20)
        return activate(*args)

    monkeypatch.setattr(turns, "activate", slowly)
    taking = asyncio.create_task(takeover.take_over(as_bob, task))
    await asyncio.to_thread(writing.wait, 20)
    taking.cancel()
    # Whatever would be undone meanwhile is given the time.
    asyncio.get_running_loop().call_later(0.5, go_on.set)
    await asyncio.gather(taking, return_exceptions=True)
    assert (await leases.standing(computer.pk)).holder_id == bob.pk
    assert (await fresh(task)).taken_by_id == bob.pk
    assert theirs.status == "paused" and not agents.asked(f"/agent/tasks/{theirs.id}/resume")


async def test_closed_after_the_agent_was_told_to_go_on_nobody_drives_beside_it(
    driven: Driven, computer: Computer, as_bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, theirs = driven
    resumed, until_running = asyncio.Event(), steering.until

    async def slowly(*args: Any) -> Any:
        resumed.set()
        await asyncio.sleep(0.3)
        return await until_running(*args)

    monkeypatch.setattr(steering, "until", slowly)
    handing = asyncio.create_task(handback.hand_back(as_bob, task, "Go on."))
    await asyncio.wait_for(resumed.wait(), 20)
    handing.cancel()
    await asyncio.gather(handing, return_exceptions=True)
    now = await leases.standing(computer.pk)
    assert (theirs.status, now.free, now.state) == ("running", True, "")
    assert (await fresh(task)).taken_by_id is None
