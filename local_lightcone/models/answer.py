"""The built-in model's turn as a response object, every item whole (contract §3.7: else the SDK leaves it a dict)."""

import secrets
import time
from collections.abc import Iterable
from typing import Any

import orjson

from .conversation import ASK_TOOL, DONE_TOOL, Acted, Called, Event, Spoke
from .turn import NAME, Turn


def output_of(turn: Turn, functions: Iterable[str]) -> list[dict[str, Any]]:
    items = [message(text) for text in ["\n".join(turn.says)] if text]
    if turn.action is not None:
        items.append(_call(turn))
    if turn.question and ASK_TOOL in functions:
        items.append(_function(ASK_TOOL, {"question": turn.question}))
    if turn.done and DONE_TOOL in functions:
        items.append(_function(DONE_TOOL, {"message": "\n".join(turn.says)}))
    return items


def events_of(output: Iterable[dict[str, Any]]) -> list[Event]:
    """The same turn as a part of the conversation."""
    events: list[Event] = []
    for item in output:
        if item["type"] == "message":
            events.append(Spoke(item["content"][0]["text"]))
        elif item["type"] == "computer_call":
            events.append(Acted(item["action"]["type"], item["call_id"]))
        else:
            events.append(Called(item["name"], item["call_id"]))
    return events


def response(body: dict[str, Any], output: list[dict[str, Any]]) -> dict[str, Any]:
    words = len(orjson.dumps(body.get("input"))) // 4, len(orjson.dumps(output)) // 4
    return {
        "id": f"resp_{secrets.token_hex(16)}",
        "object": "response",
        "created_at": int(time.time()),
        "model": NAME,
        "status": "completed",
        "output": output,
        "usage": {"input_tokens": words[0], "output_tokens": words[1], "total_tokens": sum(words)},
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": body.get("metadata") or {},
        "parallel_tool_calls": False,
        "previous_response_id": body.get("previous_response_id"),
        "store": body.get("store") is not False,
        "tool_choice": "auto",
        "tools": body.get("tools") or [],
    }


def message(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {**_item("message", "msg"), "role": "assistant", "content": content}


def _call(turn: Turn) -> dict[str, Any]:
    """Its call id says which step it belongs to: the next request tells by it how far the steps are done."""
    end = "_end" if turn.ends else ""
    call_id = f"call_{turn.step}_{turn.part}{end}_{secrets.token_hex(4)}"
    call = {**_item("computer_call", "cu"), "call_id": call_id}
    return {**call, "pending_safety_checks": [], "action": turn.action}


def _function(name: str, arguments: dict[str, str]) -> dict[str, Any]:
    call = {**_item("function_call", "fc"), "call_id": f"call_{secrets.token_hex(8)}"}
    return {**call, "name": name, "arguments": orjson.dumps(arguments).decode()}


def _item(kind: str, prefix: str) -> dict[str, Any]:
    return {"type": kind, "id": f"{prefix}_{secrets.token_hex(8)}", "status": "completed"}
