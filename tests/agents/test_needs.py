"""The queue of those that wait for a person: who is in it, since when, who sees to it, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents import needs as queue
from agents import record
from agents.actions import needs, steering
from agents.models import Task
from agents.record import Noted
from agents.wall import WallConsumer
from computers import leases
from computers.actions.refusal import Refused
from computers.models import Computer
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.conftest import MakeTask, audit, fresh
from tests.support.fake_agents import FakeAgents
from tests.support.sockets import opened, sign_in


@unit
def loaded(task: Task) -> Task:
    return Task.objects.select_related("connection__team", "computer", "claimed_by").get(pk=task.pk)


async def asks(task: Task, why: str = "Which user?", **changes: Any) -> Task:
    """It waits for a person from now on."""
    needed = {"needs_human_since": timezone.now(), "needs_human_why": why}
    await record.note(task.pk, Noted("login_required", why), **{**needed, **changes})
    return await loaded(task)


async def test_whoever_has_waited_longest_stands_first(make_task: MakeTask, vera: User) -> None:
    first, second, third = [await make_task() for _ in range(3)]
    await asks(second, "second")
    await record.note(first.pk, Noted("notice", "x", True), stuck_why="Nothing has been heard of it.")
    await asks(third, "third", needs_human_since=timezone.now() - timedelta(hours=1))
    found = await queue.queue_of(vera)
    assert [each.task.needs for each in found.needs] == ["third", "second", "Nothing has been heard of it."]
    assert not any(each.may_answer for each in found.needs)


async def test_a_second_question_does_not_start_the_waiting_anew(make_task: MakeTask) -> None:
    task = await asks(await make_task())
    again = await asks(task, "And which shop?")
    assert (again.needs_since, again.needs) == (task.needs_since, "And which shop?")


async def test_its_computer_says_so_too_until_it_is_settled(make_task: MakeTask, computer: Computer) -> None:
    task = await asks(await make_task(computer))
    assert (await unit(Computer.objects.get)(pk=computer.pk)).agent_needs == "Which user?"
    await record.note(task.pk, Noted("notice", "x", True), needs_human_since=None, needs_human_why="")
    row = await unit(Computer.objects.get)(pk=computer.pk)
    assert (row.agent_needs, row.agent_needs_since) == ("", None)


async def test_one_claims_it_and_anybody_may_end_that(
    make_task: MakeTask, as_bob: Actor, as_alice: Actor
) -> None:
    task = await asks(await make_task())
    await needs.claim(as_bob, task)
    with pytest.raises(Refused, match="Bob sees to it already") as refused:
        await needs.claim(as_alice, await loaded(task))
    assert refused.value.code == "claimed"
    await needs.claim(as_bob, await loaded(task))
    await needs.give_up(as_alice, await loaded(task))
    assert (await loaded(task)).claimed_by is None
    claims = [row for row in await audit() if row[1] == "task.claim"]
    assert [row[0] for row in claims] == ["Bob", "Bob", "Alice", "Alice"]


async def test_of_two_claims_at_once_one_counts(make_task: MakeTask, as_bob: Actor, as_alice: Actor) -> None:
    task = await asks(await make_task())
    await needs.claim(as_bob, task)
    with pytest.raises(Refused, match="Bob sees to it"):
        # Alice's page had not heard of it.
        await needs.claim(as_alice, task)
    assert (await loaded(task)).claimed_by == as_bob.user


async def test_a_claim_ends_with_the_need(make_task: MakeTask, as_bob: Actor) -> None:
    task = await asks(await make_task())
    await needs.claim(as_bob, task)
    await record.note(task.pk, Noted("completed", "Done"), state="completed")
    over = await loaded(task)
    assert (over.needs, over.claimed_by) == ("", None)
    with pytest.raises(Refused, match="does not wait"):
        await needs.claim(as_bob, over)


async def test_a_viewer_and_a_stranger_may_neither_claim_nor_answer(
    make_task: MakeTask, vera: User, charlie: User
) -> None:
    task = await asks(await make_task())
    for user in (vera, charlie):
        for act in (needs.claim(Actor(user), task), needs.give_up(Actor(user), task)):
            with pytest.raises(PermissionDenied):
                await act
        with pytest.raises(PermissionDenied):
            await needs.answer(Actor(user), task, "x")
    assert await audit() == []


async def paused(agents: FakeAgents, make_task: MakeTask, computer: Computer | None = None) -> Task:
    """One that asks and has paused itself, as the local agent does."""
    task = await make_task(computer)
    theirs = agents._task_of({"idempotency_key": task.idempotency_key})[0]
    theirs.status = "paused"
    return await asks(task, state="paused", upstream_id=theirs.id)


async def test_an_answer_reaches_it_and_lets_it_go_on(
    agents: FakeAgents, make_task: MakeTask, as_bob: Actor
) -> None:
    task = await paused(agents, make_task)
    said = await needs.answer(as_bob, task, "The second one")
    assert said == "Sent; the service answers: queued. It is running again."
    after = await fresh(task)
    assert (after.state, after.needs, after.claimed_by_id) == ("running", "", None)
    assert (agents.tasks[0].messages, agents.tasks[0].status) == (["The second one"], "running")


async def test_that_it_is_paused_is_no_news_to_whoever_answers(
    agents: FakeAgents, make_task: MakeTask, as_bob: Actor
) -> None:
    """The local server answers a message with the task's state."""
    task = await paused(agents, make_task)
    agents.message_answer = "paused"
    alone = await steering.message(as_bob, task, "The first one")
    assert alone.sentence == "Sent. It is paused: it reads this once it is resumed."
    assert await needs.answer(as_bob, task, "The second one") == "Sent. It is running again."


async def test_one_that_was_not_paused_is_only_told(
    agents: FakeAgents, make_task: MakeTask, as_bob: Actor
) -> None:
    task = await paused(agents, make_task)
    agents.tasks[0].status = "running"
    with pytest.raises(Refused, match="write what it asks for"):
        await needs.answer(as_bob, task, " ")
    assert await needs.answer(as_bob, task, "Go on") == "Sent; the service answers: queued."
    assert (await fresh(task)).needs == ""


async def test_where_somebody_drives_the_answer_says_what_was_done_and_what_not(
    agents: FakeAgents, make_task: MakeTask, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    task = await paused(agents, make_task, computer)
    await leases.take(computer, as_alice)
    with pytest.raises(Refused, match=r"queued\. It was not resumed: Alice is driving"):
        await needs.answer(as_bob, task, "The second one")
    still = await loaded(task)
    assert (still.needs, still.claimed_by) == ("Which user?", as_bob.user)


async def test_one_that_is_not_heard_going_on_stays_in_the_queue(
    agents: FakeAgents, make_task: MakeTask, as_bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "CONFIRM_WITHIN", 0.3)
    task = await paused(agents, make_task)

    async def deaf(*_wires: Any) -> None:
        await agents.upstream.scripts[f"/agent/tasks/{task.upstream_id}"](*_wires)

    agents.upstream.scripts[f"/agent/tasks/{task.upstream_id}/resume"] = deaf
    assert "still says paused" in await needs.answer(as_bob, task, "")
    assert (await loaded(task)).needs == "Which user?"


async def test_an_open_wall_hears_of_it_as_its_own_fragment(
    make_task: MakeTask, bob: User, vera: User, charlie: User, as_bob: Actor
) -> None:
    task = await make_task()
    keys = [await sign_in(user) for user in (bob, vera, charlie)]

    def wall(key: str) -> Any:
        return opened(WallConsumer.as_asgi(), "/ws/fleet/", key)

    async with wall(keys[0]) as bobs, wall(keys[1]) as veras, wall(keys[2]) as charlies:
        for socket in (bobs, veras, charlies):
            await socket.next_of("versions")
        await asks(task, "Which <user>?")
        facts = [await socket.next_of("fact") for socket in (bobs, veras)]
        assert {fact["key"] for fact in facts} == {f"need:{task.public_id}"}
        assert all("Which &lt;user&gt;?" in fact["html"] for fact in facts)
        assert ["Claim" in fact["html"] for fact in facts] == [True, False]
        await needs.claim(as_bob, await loaded(task))
        assert "Bob sees to it" in (await veras.next_of("fact"))["html"]
        await record.note(task.pk, Noted("completed", "Done"), state="completed")
        gone = await veras.next_of("fact")
        assert (gone["key"], gone["html"]) == (f"need:{task.public_id}", "")
        assert await charlies.silent()


async def test_a_page_that_missed_it_sees_that_by_its_version(make_task: MakeTask, vera: User) -> None:
    task = await asks(await make_task())
    async with opened(WallConsumer.as_asgi(), "/ws/fleet/", await sign_in(vera)) as socket:
        assert (await socket.next())["versions"] == {f"need:{task.public_id}": task.version}
