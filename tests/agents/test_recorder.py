"""The recorder against a service that behaves: every step once, in order, whoever looks."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from agents import reader
from agents.models import Task
from computers.models import Computer
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Role
from tests.agents.conftest import MakeTask, Recording, audit, fresh, steps, texts, until, until_state
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, thinks
from tests.support.fake_upstream import answer
from tests.support.pictures import jpeg_of

JPEG = jpeg_of(640, 480)


async def test_a_task_is_started_once_recorded_and_over(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task(model="m")
        theirs = await agents.started()
        assert theirs.body == {
            "instruction": "Pay the March invoices",
            "model": "m",
            "idempotency_key": task.idempotency_key,
        }
        await theirs.tell(
            STARTED, thinks("a"), {"type": "executed", "action": "click"}, thinks("b"), COMPLETED
        )
        await theirs.end()
        done = await until(lambda: _with_code(task))
    assert (len(agents.tasks), done.upstream_id, done.result) == (1, "task_1", "All done.")
    assert (done.model, done.exit_code, done.acts, done.gaps) == ("tzafon.lightcone-1", 0, 1, 0)
    kinds = [(step.number, step.kind) for step in await steps(task)]
    assert kinds == [(1, "started"), (2, "thinking"), (3, "executed"), (4, "thinking"), (5, "completed")]
    assert await audit() == [("Bob", "task.start", "requested"), ("Bob", "task.start", "succeeded")]


async def _with_code(task: Task) -> Task | None:
    row = await fresh(task)
    return row if row.exit_code is not None else None


async def test_a_paused_word_is_noticed_while_the_stream_is_open(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await until_state(task, "running")
        theirs.status = "paused"
        assert (await until_state(task, "paused")).upstream_word == "paused"
        theirs.status = "contemplating"
        row = await until(lambda: _word(task, "contemplating"))
        assert row.state == "paused"
        theirs.status = "running"
        await until_state(task, "running")


async def _word(task: Task, word: str) -> Task | None:
    row = await fresh(task)
    return row if row.upstream_word == word else None


async def test_unknown_events_are_kept_raw_and_repeated_ones_once(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell({"type": "subagent", "depth": 2}, thinks("once"))
        await theirs.tell(thinks("once"), id="1")
        await theirs.tell({"type": "error", "error": "hm"}, COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    found = await steps(task)
    assert [step.kind for step in found] == ["subagent", "thinking", "error", "completed"]
    assert found[0].data == {"type": "subagent", "depth": 2}


async def test_one_id_for_every_event_loses_none(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(thinks("one"), thinks("two"), thinks("one"), COMPLETED, id="task")
        await theirs.end()
        await until_state(task, "completed")
    assert [step.text for step in await steps(task)][:2] == ["one", "two"]
    assert (await fresh(task)).result == COMPLETED["result"]


async def test_what_is_nested_too_deep_to_be_kept_stops_no_record(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    raw = b"data: " + json.dumps({"type": "odd", "d": deep}).encode() + b"\n\n"
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(raw, thinks("after it"), COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    assert [step.kind for step in await steps(task)] == ["odd", "thinking", "completed"]


async def test_what_asks_for_a_person_waits_until_it_goes_on(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell({"type": "progress_update", "state": "needs_human", "content": "Which one?"})
        row = await until(lambda: _needing(task))
        assert row.needs_human_why == "Which one?"
        await theirs.tell({"type": "progress_update", "state": "running"})
        await until(lambda: _not_needing(task))


async def _needing(task: Task) -> Task | None:
    row = await fresh(task)
    return row if row.needs_human_since else None


async def _not_needing(task: Task) -> bool:
    return (await fresh(task)).needs_human_since is None


async def test_an_error_that_was_the_last_word_is_why_it_failed(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, {"type": "error", "error": "The page is gone."})
        await theirs.end("failed", 1)
        row = await until_state(task, "failed")
    assert (row.error, row.exit_code, row.gaps) == ("The page is gone.", 1, 0)


async def test_without_ids_events_are_known_by_their_place(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    agents.sends_ids = False
    agents.breaks_after = 3
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(thinks("a"), thinks("a"), thinks("b"))
        await until(lambda: _so_many(task, 3))
        agents.breaks_after = None
        await theirs.tell(thinks("a"), COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    assert await texts(task) == ["a", "a", "b", "a"]


async def _so_many(task: Task, count: int) -> bool:
    return len(await steps(task)) >= count


@pytest.mark.parametrize("form", ["link", "data"])
async def test_a_picture_is_copied_and_its_link_forgotten(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, computer: Computer, form: str
) -> None:
    agents.upstream.scripts["/shot.jpeg"] = answer(body=JPEG, content_type="image/jpeg")
    encoded = "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()
    image = f"{agents.url}/shot.jpeg" if form == "link" else encoded
    async with recorder():
        task = await make_task(computer)
        theirs = await agents.started()
        await theirs.tell({"type": "screenshot", "image": image}, COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
        step = await until(lambda: _copied(task))
    assert (step.picture_url, step.picture_trouble) == ("", "")
    assert await unit(lambda: step.capture.file.open("rb").read())() == JPEG


async def _copied(task: Task) -> object:
    return next((step for step in await steps(task) if step.capture or step.picture_trouble), None)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("http://10.0.0.1/secret.jpeg", "private or local"),
        ("http://127.0.0.1:1/x.jpeg", "private or local"),
        ("data:image/jpeg;base64,!!!", "no picture"),
        ("data:text/html;base64,PGh0bWw+", "no picture"),
    ],
)
async def test_a_picture_elsewhere_is_fetched_only_by_our_own_rules(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, computer: Computer, image: str, said: str
) -> None:
    async with recorder():
        task = await make_task(computer)
        theirs = await agents.started()
        await theirs.tell({"type": "screenshot", "image": image}, thinks("on"))
        step = await until(lambda: _copied(task))
        assert await texts(task) == ["on"]
    assert said in step.picture_trouble and step.picture_url == ""


async def test_the_computer_it_opened_is_found(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED)
        row = await until(lambda: _with_computer(task))
    assert row.computer is not None and row.computer.upstream_id == "comp_1"


async def _with_computer(task: Task) -> Task | None:
    row = await fresh(task)
    return row if row.computer_id else None


async def test_a_step_of_one_megabyte_is_cut_and_says_so(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording
) -> None:
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(thinks("x" * 1_048_576), thinks("y"), COMPLETED)
        await theirs.end()
        await until_state(task, "completed")
    long, short, _ = await steps(task)
    assert (len(long.text) + long.cut, short.text) == (1_048_576, "y")


async def test_what_it_used_stands_in_its_head_if_its_end_says_so(
    agents: FakeAgents, make_task: MakeTask, recorder: Recording, vera: User
) -> None:
    usage = {"usage": {"input_tokens": 900, "output_tokens": 40}, "cost_usd": 0.02}
    async with recorder():
        task = await make_task()
        theirs = await agents.started()
        await theirs.tell(STARTED, {**COMPLETED, **usage})
        await theirs.end()
        done = await until_state(task, "completed")
    assert done.used == "900 in, 40 out (tokens), cost $0.02"
    assert "used 900 in, 40 out" in (await reader.news(task.pk, 0, Role.VIEWER, vera)).head
