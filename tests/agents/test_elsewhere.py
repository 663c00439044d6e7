"""A task that others started: known by its id it is taken over as any other; without it, what is not known is said."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from agents.actions import elsewhere, takeover
from agents.models import Task
from computers import leases
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, Connection, Kind, TimelineEvent
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.conftest import Recording, audit, fresh, loaded, steps, until_state
from tests.computers.views.conftest import HTMX, Windows
from tests.support.fake_agents import FakeAgents, FakeTask

pytestmark = pytest.mark.usefixtures("quick_to_confirm")


@pytest.fixture
def theirs(agents: FakeAgents) -> FakeTask:
    """A task that the service runs and nobody here started."""
    task, _ = agents._task_of({"idempotency_key": "another tool's"})
    return task


@unit
def whole(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


async def test_with_its_id_it_is_paused_and_followed_and_never_started_again(
    agents: FakeAgents, theirs: FakeTask, computer: Computer, as_bob: Actor, recorder: Recording
) -> None:
    async with recorder():
        task = await elsewhere.adopt(as_bob, await whole(computer), f" {theirs.id} ")
        assert (await whole(computer)).agent_state == "running"
        done = await takeover.take_over(as_bob, task)
        assert (done.confirmed, theirs.status) == (True, "paused")
        assert (await leases.standing(computer.pk)).held_by(as_bob)
        theirs.status, theirs.exit_code = "completed", 0
        await until_state(task, "completed")
    assert [step.kind for step in await steps(task)] == ["gap", "taken_over"] and (
        await fresh(task)
    ).gaps == 1
    assert (
        len(agents.tasks) == 1 and agents.asked("/agent/tasks") == agents.asked("/agent/tasks/stream") == []
    )
    assert [line[1] for line in await audit()][:2] == ["task.adopt", "task.adopt"]


async def test_the_same_one_is_the_same_row(theirs: FakeTask, computer: Computer, as_bob: Actor) -> None:
    one = await elsewhere.adopt(as_bob, await whole(computer), theirs.id)
    assert (await elsewhere.adopt(as_bob, await whole(computer), theirs.id)).pk == one.pk
    assert await unit(Task.objects.count)() == 1 and (await loaded(one)).elsewhere


@pytest.mark.parametrize("id", ["", "x" * 129, "a\nb", "no-such-task"])
async def test_an_id_that_is_none_is_refused_beside_its_field(
    agents: FakeAgents, computer: Computer, as_bob: Actor, id: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await elsewhere.adopt(as_bob, await whole(computer), id)
    assert refused.value.code == "task_id" and await unit(Task.objects.count)() == 0


async def test_not_one_that_is_over_or_works_elsewhere_or_under_somebodys_hands(
    agents: FakeAgents, theirs: FakeTask, computer: Computer, as_bob: Actor, as_alice: Actor, vera: User
) -> None:
    said: dict[str, Any] = {"task_id": theirs.id, "status": "running", "computer_id": "another"}
    agents.answers(f"/agent/tasks/{theirs.id}", 200, said)
    with pytest.raises(Invalid, match="another computer"):
        await elsewhere.adopt(as_bob, await whole(computer), theirs.id)
    agents.answers(f"/agent/tasks/{theirs.id}", 200, {**said, "status": "failed"})
    with pytest.raises(Refused, match="over: failed"):
        await elsewhere.adopt(as_bob, await whole(computer), theirs.id)
    await leases.take(computer, as_alice)
    with pytest.raises(Refused, match="Alice is driving"):
        await elsewhere.adopt(as_bob, await whole(computer), theirs.id)
    with pytest.raises(PermissionDenied):
        await elsewhere.adopt(Actor(vera, "tab"), await whole(computer), theirs.id)
    assert await unit(Task.objects.count)() == 0


def test_its_dialog_says_what_is_not_known(
    window: Windows, computer: Computer, connection: Connection, bob: User
) -> None:
    address = f"/computers/{computer.public_id}/others/"
    assert "What others do is not read" in window(bob).get(address, headers=HTMX).content.decode()
    TimelineEvent.objects.create(
        computer=computer, number=1, kind=Kind.UPSTREAM, sentence="somebody else: clicked <1>"
    )
    page = window(bob).get(address).content.decode()
    assert "“somebody else: clicked &lt;1&gt;”" in page and "A task that is known here" not in page
    assert "does not say which tasks work on a computer" in page and "Skip to the content" in page
