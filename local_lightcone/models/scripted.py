"""The built-in model behind `/v1/responses`: a conversation in, its next turn out."""

import asyncio
from typing import Any

from .answer import events_of, message, output_of, response
from .conversation import Event, Spoke, Told, read_input
from .kept import Responses
from .plan import follow
from .refusals import ModelProblem, refused
from .sights import Sights
from .steps import steps_of
from .turn import WHAT_I_AM, next_turn

COMPUTER_TOOLS = ("computer_use", "computer_use_preview")
MOST_TOOLS = 128


class Scripted:
    def __init__(self, sights: Sights, responses: Responses) -> None:
        self._sights, self._responses = sights, responses

    async def respond(self, body: dict[str, Any], *, navigates: bool = False) -> dict[str, Any]:
        """The response. `navigates`: its reader knows the action `navigate`, which the official SDK has no type for."""
        tools = _tools(body)
        with_computer = any(tool.get("type") in COMPUTER_TOOLS for tool in tools)
        before = self._before(body)
        events = read_input(
            body.get("input"), self._sights.identify, before=before, with_computer=with_computer
        )
        output = (
            await self._output(events, tools, navigates) if with_computer else [message(described(events))]
        )
        answer = response(body, output)
        if answer["store"]:
            events = (*events, *events_of(output))
            self._responses.keep(answer, events, len(events) - len(before))
        return answer

    async def _output(
        self, events: tuple[Event, ...], tools: list[dict[str, Any]], navigates: bool
    ) -> list[dict[str, Any]]:
        plan = await asyncio.to_thread(follow, events)  # a long conversation takes a while to read
        sight = await self._sights.of(plan.picture)
        if sight is None and self._sights.late(plan.picture):
            plan.shown = False  # a busy page: the next picture may fare better
        functions = [str(tool.get("name")) for tool in tools if tool.get("type") == "function"]
        return output_of(next_turn(plan, sight, navigates=navigates), functions)

    def _before(self, body: dict[str, Any]) -> tuple[Event, ...]:
        previous = body.get("previous_response_id")
        if previous is None:
            return ()
        if not isinstance(previous, str):
            raise refused("previous_response_id must be a string.")
        if found := self._responses.find(previous):
            return found.events
        raise ModelProblem(404, f"Previous response {previous[:80]!r} is not known here any more.")


def described(events: tuple[Event, ...]) -> str:
    """Without a computer there is nothing to do: which steps the newest words hold, and what this model is."""
    told = [event.text for event in events if isinstance(event, Told)]
    answered = [event for event in events if isinstance(event, Spoke)]
    steps = steps_of(told[-1]) if told else []
    known = [step for step in steps if step.kind != "unclear"]
    if not known:
        return WHAT_I_AM if not answered else f"There is no step in this. {WHAT_I_AM}"
    lines = [
        f"{number}. {step.words}" + (" (I do not understand this one.)" if step.kind == "unclear" else "")
        for number, step in enumerate(steps, 1)
    ]
    return "\n".join(
        ["With a computer I would do this:", *lines, "Send a picture and the computer tool to begin."]
    )


def _tools(body: dict[str, Any]) -> list[dict[str, Any]]:
    tools = body.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise refused("tools must be a list of objects.")
    if len(tools) > MOST_TOOLS:
        raise refused(f"There may be {MOST_TOOLS} tools.")
    return tools
