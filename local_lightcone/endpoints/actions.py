"""`POST /computers/{id}/<verb>`, `/execute` and `/batch`: things done on a tab, answered with ActionResults."""

import asyncio
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..actions.perform import named, perform, perform_item
from ..bodies import read_body
from ..problems import Problem, bad_request
from ..sessions.computer import Computer
from .computers import the_computer
from .retries import RETRY_HEADER, Endpoint, once

MOST_ACTIONS = 100
BATCH_SECONDS = 600.0
"""No further action of a batch is begun after this long."""

TOO_LONG = "The batch took too long."
ENVELOPE = ("tab_id", "request_id", "include_context", "screenshot_after", "settle_ms")
"""What execute takes beside its action as well as inside it."""

WISHES = ("include_context", "screenshot_after", "settle_ms")


def endpoint(name: str) -> Endpoint:
    async def act(request: Request) -> Response:
        body = await read_body(request)
        return await perform_for(request, name, body)

    return once(act)


async def perform_for(request: Request, name: str, body: dict[str, Any]) -> Response:
    """The verb done on the request's computer, with what its query wishes."""
    computer = the_computer(request)
    shots, base_url = request.app.state.shots, str(request.base_url)
    return JSONResponse(await perform(computer, shots, base_url, name, {**body, **wishes(request)}))


@once
async def execute(request: Request) -> Response:
    """One action, wrapped in `action` as the SDK sends it, or flat as older clients do."""
    body = await read_body(request)
    action = body.get("action", body)
    if not isinstance(action, dict):
        raise bad_request("action must be an object.")
    outer = {key: body[key] for key in ENVELOPE if body.get(key) is not None}
    return await perform_for(request, named(action), {**outer, **action})


@once
async def batch(request: Request) -> Response:
    """Many actions, one after the other. It stops at the first that fails, and is answered with 200 all the same."""
    computer = the_computer(request)
    actions = (await read_body(request)).get("actions")
    if not isinstance(actions, list):
        raise bad_request("actions must be a list of actions.")
    if len(actions) > MOST_ACTIONS:
        raise bad_request(f"A batch may have {MOST_ACTIONS} actions.")
    if actions and isinstance(actions[-1], dict):
        actions[-1] = {**actions[-1], **wishes(request)}
    results = await _run(request, computer, actions)
    return JSONResponse({"executed": len(results), "total": len(actions), "results": results})


async def _run(request: Request, computer: Computer, actions: list[Any]) -> list[dict[str, Any]]:
    until = time.monotonic() + BATCH_SECONDS
    results: list[dict[str, Any]] = []
    shots, base_url = request.app.state.shots, str(request.base_url)
    left = asyncio.create_task(_left_for_good(request))
    try:
        for action in actions:
            if time.monotonic() > until:
                return [*results, {"status": "error", "error_message": TOO_LONG}]
            item = asyncio.create_task(perform_item(computer, shots, base_url, action))
            if isinstance(action, dict) and action.get("type") == "wait":
                await asyncio.wait([item, left], return_when=asyncio.FIRST_COMPLETED)
                if not item.done():
                    item.cancel()
            if left.done():
                await asyncio.gather(item, return_exceptions=True)
                raise Problem(499, "Client left")  # nobody reads it
            results.append(await item)
            if results[-1]["status"] != "SUCCESS":
                break
        return results
    finally:
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)


async def _left_for_good(request: Request) -> None:
    """A client that hangs up takes the rest of its batch with it, unless it is one that hangs up to ask again."""
    if RETRY_HEADER in request.headers:
        await asyncio.Event().wait()
    while (await request.receive())["type"] != "http.disconnect":
        pass


def wishes(request: Request) -> dict[str, Any]:
    """`?screenshot_after=true&settle_ms=500`, on any action."""
    given = {name: request.query_params[name] for name in WISHES if name in request.query_params}
    return {name: _plain(name, value) for name, value in given.items()}


def _plain(name: str, value: str) -> bool | int:
    if name == "settle_ms":
        if value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        raise bad_request(f"{name} must be a whole number.")
    if value.lower() in ("true", "1", "false", "0"):
        return value.lower() in ("true", "1")
    raise bad_request(f"{name} must be true or false.")
