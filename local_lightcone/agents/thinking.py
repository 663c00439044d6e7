"""One question to the model, with patience for what passes and none for what does not."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from ..problems import Problem
from .answers import ASK, DONE, Answer, read_answer
from .conversation import Conversation
from .machine import Picture
from .outcome import Outcome, failed
from .spec import TaskSpec

MODEL_SECONDS = 180.0
"""For one answer."""

PAUSES = (1.0, 3.0)
"""Before the second and the third try."""

LONGEST_REASON = 500


class Mind(Protocol):
    """The models of this server."""

    def check(self, body: dict[str, Any]) -> None:
        """`Problem` if there is no model of the body's `model`."""

    def answering(self, name: str | None) -> str | None:
        """The model that answers what asks for this one, or for none; None if only another server knows."""

    async def respond(self, body: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/responses` without the way there. `Problem`: it refused or failed."""


def _function(name: str, about: str, argument: str) -> dict[str, Any]:
    properties = {argument: {"type": "string"}}
    parameters = {"type": "object", "properties": properties, "required": [argument]}
    return {"type": "function", "name": name, "description": about, "parameters": parameters}


FUNCTIONS = (
    _function(DONE, "The task is finished. Say what came of it.", "message"),
    _function(ASK, "Ask a person to answer or to do something, and wait for them.", "question"),
)


async def answer(
    spec: TaskSpec, mind: Mind, conversation: Conversation, picture: Picture
) -> Answer | Outcome:
    """What the model says to this picture, or how the task ends because it says nothing."""
    body = _body(spec, conversation, picture)
    reason = ""
    for pause in (0.0, *PAUSES):
        await asyncio.sleep(pause)
        try:
            async with asyncio.timeout(MODEL_SECONDS):
                given = await mind.respond(body)
        except TimeoutError:
            reason = f"it did not answer within {MODEL_SECONDS:.0f} s"
            continue
        except Problem as problem:
            reason = problem.detail or problem.title
            if problem.status < 500 and problem.status != 429:
                break
            continue
        said = read_answer(given)
        status = given.get("status")
        if status not in ("failed", "cancelled") and (said.calls or status != "incomplete"):
            return said
        reason = _reason(given)
    return failed("model", f"The model failed: {reason[:LONGEST_REASON]}")


def _body(spec: TaskSpec, conversation: Conversation, picture: Picture) -> dict[str, Any]:
    computer = {
        "type": "computer_use_preview",
        "display_width": picture.width,
        "display_height": picture.height,
        "environment": "browser",
    }
    body = {
        "instructions": conversation.instructions,
        "input": conversation.question(picture.inline),
        "tools": [computer, *FUNCTIONS],
        "store": False,
    }
    wishes = {"model": spec.model, "temperature": spec.temperature}
    return {**body, **{name: wish for name, wish in wishes.items() if wish is not None}}


def _reason(given: Mapping[str, Any]) -> str:
    if given.get("status") == "incomplete":
        return "its answer was cut off"
    error = given.get("error")
    said = error.get("message") if isinstance(error, dict) else error
    return str(said or "it gave no reason")
