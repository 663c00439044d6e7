"""A loop as upstream's own harness and examples are written (contract §3.7, §3.2): typed attributes of the SDK, their
model's name, `instructions` once, the last answer's id, and each call as one batch that ends with a screenshot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tzafon import Lightcone
from tzafon.types.response_computer_tool_call import ResponseComputerToolCall
from tzafon.types.response_function_tool_call import ResponseFunctionToolCall
from tzafon.types.response_output_message import ResponseOutputMessage

MODEL = "tzafon.northstar-cua-fast"
WIDTH, HEIGHT = 800, 600
DONE_PARAMETERS = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
DONE = {"type": "function", "name": "done", "description": "The work is done.", "parameters": DONE_PARAMETERS}
MOST_TURNS = 20


def tools(kind: str) -> list[Any]:
    size = {"display_width": WIDTH, "display_height": HEIGHT}
    return [{"type": kind, **size, "environment": "desktop" if kind == "computer_use" else "browser"}, DONE]


def batch_of(action: Any) -> list[Any]:
    """The batch's body as the examples make it: scaled but in the path of a drag, only what was given."""
    given = {name: value for name, value in action.to_dict().items() if value is not None}
    for name, side in {"x": WIDTH, "y": HEIGHT}.items():
        if name in given:
            given[name] = int(given[name] / 1000 * side)
    looks = [] if given["type"] == "screenshot" else [given]
    return [*looks, {"type": "screenshot"}]


def drive(sdk: Lightcone, computer: str, kind: str, output: str, instruction: str) -> tuple[list[str], str]:
    """The types of the actions, and what `done` was called with."""
    shown = str((sdk.computers.screenshot(computer).result or {})["screenshot_url"])
    image = {"type": "input_image", "image_url": shown, "detail": "auto"}
    content = [{"type": "input_text", "text": instruction}, image]
    more: dict[str, Any] = {
        "instructions": "You use a computer.",
        "input": [{"role": "user", "content": content}],
    }
    done: list[str] = []
    for _ in range(MOST_TURNS):
        answer = sdk.responses.create(model=MODEL, tools=tools(kind), **more)
        results: list[dict[str, Any]] = []
        for item in answer.output:
            if isinstance(item, ResponseFunctionToolCall):
                assert item.name == "done"
                return done, str(json.loads(item.arguments)["message"])
            if isinstance(item, ResponseComputerToolCall):
                ran: Any = sdk.computers.batch(computer, actions=batch_of(item.action))
                assert [each["status"] for each in ran["results"]] == ["SUCCESS"] * ran["total"]
                done.append(item.action.type)
                picture = {"type": output, "image_url": ran["results"][-1]["result"]["screenshot_url"]}
                results.append({"type": "computer_call_output", "call_id": item.call_id, "output": picture})
            else:
                # A dict here is what crashes code that uses attributes.
                assert isinstance(item, ResponseOutputMessage) and item.content[0].type == "output_text"
        more = {"previous_response_id": answer.id, "input": results}
    raise AssertionError(f"no end after {MOST_TURNS} turns: {done}")


@pytest.mark.must("conversations")
@pytest.mark.must("responses")
@pytest.mark.sdk("POST /v1/responses", "responses.create")
@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
@pytest.mark.parametrize(
    ("kind", "output"), [("computer_use", "input_image"), ("computer_use_preview", "computer_screenshot")]
)
def test_a_loop_written_for_the_real_service_runs_to_its_end(
    sdk: Lightcone, computer: str, shop: str, kind: str, output: str
) -> None:
    instruction = (
        f"Go to {shop}; type 'a@b.example' into 'Email'; click 'Sign in'; click 'Order now'; read '#said'"
    )
    actions, message = drive(sdk, computer, kind, output, instruction)
    seen = [each for each in actions if each != "screenshot"]
    assert seen == ["keypress", "type", "keypress", "click", "keypress", "type", "click", "scroll", "click"]
    assert "ordered" in message and message.endswith("Done: 5 steps.")
