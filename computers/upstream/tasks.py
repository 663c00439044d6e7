"""Agent tasks upstream: started, asked about, steered (contract §3.6). Their stream is in `task_stream`.

Only a start may be repeated: its key makes the second one the same task.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from computers.upstream import errors
from computers.upstream.verbs import segment
from computers.wire.tasks import TaskStarted, TaskStatus, read_answer

T = TypeVar("T")

#: A start blocks until its computer runs, seconds.
START_TIMEOUT = 60.0
#: Everything else, seconds.
TASK_TIMEOUT = 20.0

UNKNOWN_TASK = "The Lightcone service does not know this task (any more)."


class Tasks(ABC):
    """What `Client` can do with tasks; how a call is made is the client's."""

    @abstractmethod
    async def _call(
        self, method: str, path: str, body: Any = None, *, timeout: float = TASK_TIMEOUT, acts: bool = True
    ) -> Any:
        """The JSON of the answer; `UpstreamError`."""

    async def start_task(self, body: dict[str, Any]) -> TaskStarted:
        """`POST /agent/tasks`; `Gone` when the computer it names is not there."""
        data = await self._call("POST", "agent/tasks", body, timeout=START_TIMEOUT)
        return _understood(TaskStarted.read, data, acts=True)

    async def task(self, id: str) -> TaskStatus:
        """`GET /agent/tasks/{id}`."""
        return _understood(TaskStatus.read, await self._of(id, "GET"))

    async def message_task(self, id: str, message: str) -> str:
        """`POST /agent/tasks/{id}/messages`; upstream's word for it."""
        return read_answer(await self._of(id, "POST", "/messages", {"message": message}))

    async def pause_task(self, id: str) -> str:
        """`POST /agent/tasks/{id}/pause`; upstream's word for it. Accepted is not yet paused."""
        return read_answer(await self._of(id, "POST", "/pause"))

    async def resume_task(self, id: str) -> str:
        """`POST /agent/tasks/{id}/resume`; upstream's word for it."""
        return read_answer(await self._of(id, "POST", "/resume"))

    async def _of(self, id: str, method: str, verb: str = "", body: Any = None) -> Any:
        try:
            return await self._call(method, f"agent/tasks/{segment(id)}{verb}", body, timeout=TASK_TIMEOUT)
        except errors.Gone:
            raise errors.Gone(UNKNOWN_TASK) from None


def _understood(read: Callable[[Any], T], data: Any, *, acts: bool = False) -> T:
    try:
        return read(data)
    except ValueError as error:
        raise errors.NotUnderstood(
            f"The Lightcone service answered something unexpected. {error}", outcome_unknown=acts
        ) from None
