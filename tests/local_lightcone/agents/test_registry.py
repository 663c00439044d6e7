"""How many tasks there may be, and which are forgotten."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import pytest

from local_lightcone.agents import registry as module
from local_lightcone.agents.conversation import Conversation
from local_lightcone.agents.machine import Machine
from local_lightcone.agents.registry import Tasks
from local_lightcone.agents.spec import read_task
from local_lightcone.agents.task import Task
from local_lightcone.problems import Problem
from local_lightcone.sessions.registry import Registry
from local_lightcone.shots import Shots

from .fakes import FakeMachine, FakeMind, words


class FakeComputer:
    def __init__(self, number: int) -> None:
        self.id = f"comp_{number}"
        self.gone = asyncio.Event()


class TaskMachine(FakeMachine):
    made = False
    hold_seconds = 60.0

    def __init__(self, number: int) -> None:
        super().__init__()
        self.computer = FakeComputer(number)

    def hold(self) -> None:
        pass


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    numbers = iter(range(10_000))

    async def machine_for(*_: object) -> Machine:
        await asyncio.sleep(0)
        return cast(Machine, TaskMachine(next(numbers)))

    monkeypatch.setattr(module, "machine_for", machine_for)
    return Tasks(cast(Registry, None), Shots(), FakeMind([words("Done")]))


async def begin(tasks: Tasks, **body: Any) -> Task:
    task, _ = await tasks.start(read_task({"instruction": "go", **body}), "http://here/")
    return task


async def ended(*all_of: Task) -> None:
    async with asyncio.timeout(10):
        while not all(task.outcome for task in all_of):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_one_too_many_at_once_is_refused(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_UNFINISHED", 3)
    tried = await asyncio.gather(*(begin(tasks) for _ in range(5)), return_exceptions=True)
    begun = [task for task in tried if isinstance(task, Task)]
    refused = [problem for problem in tried if isinstance(problem, Problem)]
    assert (len(begun), [problem.status for problem in refused]) == (3, [429, 429])
    await ended(*begun)
    await ended(await begin(tasks))


@pytest.mark.parametrize(("name", "most"), [("MOST_ENDED", 3), ("MOST_KEPT_BYTES", 1500)])
async def test_the_oldest_ended_ones_are_forgotten_with_their_keys(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(module, name, most)
    begun = []
    for number in range(12):
        begun.append(await begin(tasks, idempotency_key=f"key {number}"))
        await ended(begun[-1])
        await asyncio.sleep(0)
    with pytest.raises(Problem) as gone:
        tasks.find(begun[0].id)
    assert gone.value.status == 404
    assert tasks.find(begun[-1].id) is begun[-1]
    assert await begin(tasks, idempotency_key="key 11") is begun[-1]
    assert await begin(tasks, idempotency_key="key 0") is not begun[0]
    assert len(tasks._tasks) <= 5 and len(tasks._keys) == len(tasks._tasks)


async def test_an_unfinished_one_is_never_forgotten(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENDED", 1)
    tasks._mind = FakeMind(5.0, [words("Done")])
    waiting = await begin(tasks)
    waiting.pause()
    for _ in range(5):
        await ended(await begin(tasks))
    assert tasks.find(waiting.id).status == "paused"
    tasks.resume(waiting)
    await ended(waiting)


async def test_a_server_that_stops_ends_all_and_starts_none(tasks: Tasks) -> None:
    tasks._mind = FakeMind(5.0)
    one, other = await begin(tasks), await begin(tasks, idempotency_key="k")
    one.pause()
    await tasks.close()
    assert [task.status for task in (one, other)] == ["cancelled", "cancelled"]
    assert one.log.ended
    with pytest.raises(Problem) as refused:
        await begin(tasks)
    assert refused.value.status == 503


async def test_a_failure_of_ours_is_told_without_its_details(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    tasks._mind = cast(Any, FakeMind(RuntimeError("inner secret")))
    task = await begin(tasks)
    await ended(task)
    assert task.status == "failed" and task.outcome
    assert "inner secret" not in task.outcome.text
    assert "failed" in caplog.text


async def test_a_computer_that_cannot_be_ended_keeps_no_reader_waiting(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(TaskMachine, "made", True)  # and there is no registry to end it with
    task = await begin(tasks)
    await ended(task)
    assert (task.status, task.log.ended) == ("completed", True)
    assert "could not be tidied up after" in caplog.text


async def test_an_ended_task_keeps_no_pictures(tasks: Tasks) -> None:
    """Two hundred of them are remembered."""
    task = await begin(tasks, instruction="remembered nowhere")
    await ended(task)
    await asyncio.sleep(0)
    gc.collect()
    # By type: asking a lazy object of somebody else's what it is would wake it.
    conversations = [each for each in gc.get_objects() if type(each) is Conversation]
    assert not [each for each in conversations if "remembered nowhere" in str(each.question(""))]
