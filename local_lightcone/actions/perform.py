"""One action, from its request to its ActionResult (contract §2.2)."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ..bodies import text
from ..chromium.cdp import CdpError
from ..chromium.tabs import Tab
from ..problems import Problem, bad_request, session_not_found
from ..sessions.clock import stamp
from ..sessions.computer import Computer
from ..shots import Shots
from . import told
from .context import Wishes, page_context
from .picture import screenshot
from .stage import ActionFailed, Stage
from .verbs import name_of, verb

LONGEST_REQUEST_ID = 128


async def perform(
    computer: Computer, shots: Shots, base_url: str, name: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Does it and tells the readers of `/events`. A failed action is an answer; a bad request is a `Problem`."""
    answer: dict[str, Any] = {"request_id": _request_id(body)}
    computer.clock.touch()
    computer.events.publish(told.request(name, answer["request_id"], body))
    try:
        wishes = Wishes.read(body)
        tab = await _tab(computer, body)
        answer["executed_tab_id"] = tab.target_id
        stage = Stage(computer, tab, shots, base_url, answer["request_id"])
        answer["result"] = await verb(name)(stage, body)
        answer["status"] = "SUCCESS"
        if wishes.settle_ms:
            await computer.cdp.pause(wishes.settle_ms / 1000)
        if wishes.screenshot_after or wishes.include_context:
            stage = await _left_at(stage, answer["result"])
        if wishes.screenshot_after:
            answer["result"] = {**answer["result"], **await screenshot(stage, {})}
        if wishes.include_context:
            answer["page_context"] = await page_context(stage)
    except (ActionFailed, CdpError) as error:
        if computer.cdp.closed:
            raise session_not_found() from None
        answer |= {"status": "EXECUTION_ERROR", "error_message": str(error)}
        if isinstance(error, ActionFailed) and error.result:
            answer["result"] = error.result
    finally:
        computer.clock.touch()
        answer["timestamp"] = stamp(time.time())
        computer.events.publish(told.response(name, {"status": "error", **answer}))
    return answer


def named(action: Mapping[str, Any]) -> str:
    """The verb that an action of execute or batch asks for."""
    kind = action.get("type")
    if not isinstance(kind, str):
        raise bad_request("type must be the name of an action.")
    if name := name_of(kind):
        return name
    raise bad_request(f"There is no action called {kind[:40]!r}.")


async def perform_item(computer: Computer, shots: Shots, base_url: str, action: object) -> dict[str, Any]:
    """One of a batch: what would be refused as a request is an item with status `error`."""
    try:
        if not isinstance(action, dict):
            raise bad_request("An action must be an object.")
        return await perform(computer, shots, base_url, named(action), action)
    except Problem as problem:
        if problem.status == 404:
            raise
        message = problem.detail or problem.title
        return {"status": "error", "error_message": message, "timestamp": stamp(time.time())}


async def _left_at(stage: Stage, result: Mapping[str, Any]) -> Stage:
    """The tab that was acted on; a new one is looked at itself, a closed one gives way to the main tab."""
    tabs = stage.computer.tabs
    tab = tabs.find(result.get("created_tab_id", stage.tab.target_id))
    return replace(stage, tab=tab or await tabs.main())


async def _tab(computer: Computer, body: dict[str, Any]) -> Tab:
    if body.get("tab_id") is None:
        return await computer.tabs.main()
    if tab := await computer.tabs.awaited(text(body, "tab_id")):
        return tab
    raise ActionFailed("Tab not found")


def _request_id(body: Mapping[str, Any]) -> str:
    """The caller's own, if it sent one: it finds its answer among the events by it."""
    given = body.get("request_id")
    if given is None:
        return f"req_{uuid4().hex[:16]}"
    if (
        isinstance(given, str)
        and 0 < len(given) <= LONGEST_REQUEST_ID
        and given.isascii()
        and given.isprintable()
    ):
        return given
    raise bad_request(f"request_id must be plain text of 1 to {LONGEST_REQUEST_ID} characters.")
