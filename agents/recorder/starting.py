"""How a task comes to be upstream: its stream opened with a key, and its id by a start with the same key.

The second start must say that it is the first one's task. If it does not, two tasks run: the second is paused at once,
and the connection's tasks are started without a stream from then on.
"""

from __future__ import annotations

import logging
from typing import Any

from agents import record
from agents.models import Task
from agents.record import Noted
from computers.models import Connection
from computers.upstream import errors
from computers.upstream.client import Client
from computers.wire.tasks import start_body
from dashboard.audit import Target, recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

logger = logging.getLogger(__name__)

TWICE = "A stream and a start with one key became two tasks: this service's tasks are read without steps from now on."


def body_of(task: Task) -> dict[str, Any]:
    """What starts it, with its key."""
    return start_body(task.wish, task.idempotency_key)


def actor_of(task: Task) -> Actor | None:
    """Whoever started it, as far as they are still there."""
    return Actor(task.started_by, address=task.started_from) if task.started_by else None


def detail_of(task: Task) -> dict[str, Any]:
    """What the audit log keeps of a start: never what the agent is told."""
    told: dict[str, Any] = {"connection": task.connection.name}
    told |= {
        name: task.wish[name] for name in ("kind", "computer_id", "model", "max_steps") if name in task.wish
    }
    return told


async def start_plainly(client: Client, task: Task, token: str) -> None:
    """`POST /agent/tasks`: its id, and no stream. `UpstreamError`."""
    started = await client.start_task(body_of(task))
    await record.change(
        task.pk, token, upstream_id=started.task_id, upstream_word=started.status, state="running"
    )
    task.upstream_id = started.task_id


async def join(client: Client, task: Task, token: str) -> None:
    """Find the id of the task whose stream is open. Never raises `UpstreamError`: the steps go on without it."""
    try:
        started = await client.start_task(body_of(task))
    except errors.UpstreamError as error:
        step = Noted(
            "notice", f"Its id could not be asked for, so it cannot be paused or spoken to. {error}", True
        )
        await record.change(task.pk, token, step)
        return
    if started.reused is True:
        await record.change(task.pk, token, upstream_id=started.task_id, upstream_word=started.status)
        task.upstream_id = started.task_id
    else:
        await _stop_second(client, task, token, started.task_id)


async def _stop_second(client: Client, task: Task, token: str, second: str) -> None:
    """The guard: pause it before anything else, then say so wherever somebody looks."""
    connection = task.connection
    target = Target(connection.team_id, f"connection:{connection.pk}", connection.name)
    said = f"A second task ({second}) was started by mistake and paused at once."
    async with recorded(
        None, Action.MANAGE_CONNECTIONS, target, streams_tasks=False, second_task=second
    ) as found:
        try:
            found["answer"] = await client.pause_task(second)
        except errors.UpstreamError as error:
            found["error"] = str(error)
            said = f"A second task ({second}) was started by mistake and could not be paused. {error}"
        await _gives_no_steps(connection.pk)
    logger.warning("Connection %s: %s", connection.pk, TWICE)
    trouble = f"{said} This one has no id here, so it cannot be paused or spoken to."
    await record.change(task.pk, token, Noted("notice", trouble, True))


@unit
def _gives_no_steps(pk: int) -> None:
    Connection.objects.filter(pk=pk).update(streams_tasks=False)
