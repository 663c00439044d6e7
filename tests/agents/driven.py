"""A computer whose browser is a script, and a task on it that Bob took over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agents.actions import takeover
from agents.models import Task
from computers import leases
from computers.models import Computer, Connection
from computers.relay import hub
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.agents.conftest import Running, loaded
from tests.support.fake_agents import FakeAgents, FakeTask
from tests.support.fake_upstream import ID

Driven = tuple[Task, FakeTask]


@pytest.fixture
async def computer(connection: Connection, agents: FakeAgents) -> AsyncIterator[Computer]:
    """One whose browser is a script of the same service."""
    yield await unit(Computer.objects.create)(
        connection=connection,
        upstream_id=ID,
        name="checkout-1",
        cdp_path=f"/computers/{ID}/cdp",
        status="running",
    )
    await hub.HUB.stop()


@pytest.fixture
async def driven(running: Running, computer: Computer, as_bob: Actor) -> Driven:
    """Bob took over."""
    task, theirs = await running(computer)
    await takeover.take_over(as_bob, task)
    return await loaded(task), theirs


@unit
def row_of(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


async def holds(computer: Computer, actor: Actor) -> bool:
    standing = await leases.standing(computer.pk)
    return standing.held_by(actor) and not standing.state
