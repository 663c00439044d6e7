"""A connection that changes, or goes, while its tasks are recorded: nothing is restarted for it."""

from __future__ import annotations

from agents.models import Task
from computers.actions import connections
from computers.actions.connections import Wish
from computers.models import Connection
from computers.removal import remove_rows
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.agents.conftest import MakeTask, Recording, texts, until, until_state
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, thinks
from tests.support.fake_upstream import answer

NEW_KEY = "Bearer sk_brand_new"


async def test_a_new_key_is_used_from_the_next_call_on_and_no_step_is_lost(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, as_alice: Actor
) -> None:
    agents.upstream.scripts["/computers"] = answer(body=[])
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, thinks("a"))
        await until(lambda: _has(task, ["a"]))
        connection = await unit(Connection.objects.get)()
        standing = connections.standing(connection)
        wish = Wish(connection.name, connection.base_url, "sk_brand_new", (), standing)
        await connections.change(as_alice, connection, wish)
        agents.upstream.hang_up()
        await theirs.tell(thinks("b"), COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    assert await texts(task) == ["a", "b"]
    streams = [each.headers["authorization"] for each in agents.asked("/agent/tasks/stream")]
    assert streams[0] == "Bearer sk_test" and streams[-1] == NEW_KEY


async def test_a_removed_connection_ends_the_record_and_asks_for_nothing_more(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder() as running:
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, thinks("a"))
        await until(lambda: _has(task, ["a"]))
        await remove_rows(task.connection_id)
        await until(lambda: _ended(running))
        asked = len(agents.upstream.requests)
        await theirs.tell(thinks("b"))
        await until(lambda: _ended(running))
    assert not await unit(Task.objects.exists)() and len(agents.upstream.requests) == asked


async def _has(task: Task, wanted: list[str]) -> bool:
    return await texts(task) == wanted


async def _ended(running: object) -> bool:
    return not getattr(running, "_recordings", None)
