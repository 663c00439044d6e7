import asyncio
from collections.abc import Iterable

from ..problems import Problem, stopping, task_not_found
from ..sessions.registry import Registry
from ..shots import Shots
from .machine import machine_for
from .spec import TaskSpec
from .task import Task
from .thinking import Mind

MOST_UNFINISHED = 32
"""At work, paused or starting."""

MOST_ENDED = 200
MOST_KEPT_BYTES = 64 * 1024 * 1024
"""Of what ended tasks told. Beyond either limit the tasks go, and their keys, that ended first."""


class Tasks:
    """Every task of this server. A key is known as long as its task is: whoever repeats it gets that task."""

    def __init__(self, computers: Registry, shots: Shots, mind: Mind) -> None:
        self._computers, self._shots, self._mind = computers, shots, mind
        self._tasks: dict[str, Task] = {}
        self._ended: list[Task] = []
        self._keys: dict[str, asyncio.Future[Task]] = {}
        self._starting: set[asyncio.Future[Task]] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self, spec: TaskSpec, base_url: str) -> tuple[Task, bool]:
        """The task, once its computer is there, and whether its key was known. A start that fails leaves neither."""
        if spec.key is not None and (known := self._keys.get(spec.key)):
            return await _begun(known), True
        if self._closed:
            raise stopping()
        if len(self._tasks) - len(self._ended) + len(self._starting) >= MOST_UNFINISHED:
            raise Problem(429, "Concurrent limit reached", f"At most {MOST_UNFINISHED} tasks at once.")
        beginning = asyncio.ensure_future(self._begin(spec, base_url))
        self._starting.add(beginning)
        if spec.key is not None:
            self._keys[spec.key] = beginning
        beginning.add_done_callback(lambda _: self._settle(spec, beginning))
        return await _begun(beginning), False

    def knows(self, key: object) -> bool:
        return isinstance(key, str) and key in self._keys

    def find(self, task_id: str) -> Task:
        try:
            return self._tasks[task_id]
        except KeyError:
            raise task_not_found() from None

    def resume(self, task: Task) -> str:
        self._alone(task.machine.computer.id, (other for other in self._tasks.values() if other is not task))
        return task.resume()

    async def close(self) -> None:
        """Ends every task, so that each says so to its readers."""
        self._closed = True
        for beginning in self._starting:
            beginning.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for task in self._tasks.values():
            task.stop()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _begin(self, spec: TaskSpec, base_url: str) -> Task:
        self._mind.check({"model": spec.model})
        machine = await machine_for(spec, self._computers, self._shots, base_url)
        if not machine.made:
            self._alone(machine.computer.id, self._tasks.values())
            if spec.persistent:
                machine.persist()
        task = Task(spec, machine, self._mind)
        self._tasks[task.id] = task
        run = asyncio.create_task(self._run(task))
        self._running.add(run)
        run.add_done_callback(self._running.discard)
        return task

    def _settle(self, spec: TaskSpec, beginning: "asyncio.Future[Task]") -> None:
        self._starting.discard(beginning)
        if (beginning.cancelled() or beginning.exception()) and spec.key is not None:
            del self._keys[spec.key]

    async def _run(self, task: Task) -> None:
        await task.run(self._computers)
        self._ended.append(task)
        self._forget()

    def _forget(self) -> None:
        size = sum(task.log.size for task in self._ended)
        while len(self._ended) > 1 and (len(self._ended) > MOST_ENDED or size > MOST_KEPT_BYTES):
            gone = self._ended.pop(0)
            size -= gone.log.size
            del self._tasks[gone.id]
            if gone.spec.key is not None:
                self._keys.pop(gone.spec.key, None)

    def _alone(self, computer_id: str, others: Iterable[Task]) -> None:
        if any(other.is_at_work_on(computer_id) for other in others):
            raise Problem(409, "Computer busy", "Another task works on this computer: pause it first.")


async def _begun(beginning: "asyncio.Future[Task]") -> Task:
    """Whoever waits for it may leave; the others have it all the same."""
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:
        if beginning.cancelled():
            raise stopping() from None
        raise
