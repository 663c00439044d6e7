"""Agent tasks (contract §3.6): started, watched, paused, resumed and told something."""

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..agents.registry import Tasks
from ..agents.spec import read_task
from ..agents.task import Task
from ..bodies import read_body, text
from ..problems import bad_request, task_not_found
from .retries import once
from .screencast import HEADERS, ClosingStream

LONGEST_NUMBER = 12
"""Digits of a `Last-Event-ID`."""


def tasks(request: Request) -> Tasks:
    found: Tasks = request.app.state.tasks
    return found


def the_task(request: Request) -> Task:
    return tasks(request).find(request.path_params["id"])


@once
async def start(request: Request) -> Response:
    """Answered when the task has its computer; what it does comes later."""
    spec = read_task(await read_body(request))
    task, reused = await tasks(request).start(spec, str(request.base_url))
    body = {"task_id": task.id, "status": task.status, "reused": reused}
    return JSONResponse(body if spec.key is None else {**body, "idempotency_key": spec.key})


async def stream(request: Request) -> Response:
    """The same, and everything that the task tells. A reader who leaves leaves the task alone.

    A known key starts nothing: its task is told from the first event, or from the one after `Last-Event-ID`. Who
    wants to go on with a task that is not known any more does not start another.
    """
    after = _last_seen(request)
    if after >= 0 and not tasks(request).knows((await read_body(request)).get("idempotency_key")):
        raise task_not_found()
    task = tasks(request).find(orjson.loads((await start(request)).body)["task_id"])
    task.log.room()
    headers = {**HEADERS, "X-Task-Id": task.id}
    return ClosingStream(task.log.follow(after), media_type="text/event-stream", headers=headers)


async def status(request: Request) -> Response:
    return JSONResponse(the_task(request).as_json())


@once
async def message(request: Request) -> Response:
    task, said = the_task(request), text(await read_body(request), "message")
    if not said.strip():
        raise bad_request("message must not be empty.")
    return JSONResponse({"status": task.say(said)})


async def pause(request: Request) -> Response:
    return JSONResponse({"status": the_task(request).pause()})


async def resume(request: Request) -> Response:
    return JSONResponse({"status": tasks(request).resume(the_task(request))})


def _last_seen(request: Request) -> int:
    """What is no number of ours is as good as none: all is told again."""
    given = request.headers.get("last-event-id", "").strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER else -1
