"""An answer of the Responses API, whole or not: every item is kept, as what it is or as it came. Source: contract §3.7.

The official SDK leaves an item a dict unless all of it is valid; here nothing is lost for a missing id or a float.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from computers.wire.model_actions import ModelAction, read_action
from computers.wire.models import Usage, word
from computers.wire.upstream import error_inside, one_line

#: Items that are read of one answer, actions of one call, and parts of one message.
ITEMS_LIMIT, ACTIONS_LIMIT, PARTS_LIMIT = 200, 50, 200
#: Longest text of one item, and longest JSON that is shown of one, characters.
TEXT_LIMIT, JSON_LIMIT = 100_000, 20_000

#: What a safety check consists of.
CHECKED = ("id", "code", "message")
TOO_DEEP = "(an item too deep to be shown)"


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the model; `refused` if they are why it will not."""

    text: str
    refused: bool = False
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Thought:
    """Its reasoning, where it is told."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A `computer_call`: what is to be done, and the safety checks that upstream wants acknowledged."""

    id: str
    actions: tuple[ModelAction, ...]
    checks: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A `function_call`. Nothing here runs functions."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Other:
    """An item that nobody here knows, as it came."""

    kind: str
    json: str


Item = Said | Thought | Call | Function | Other


@dataclass(frozen=True, slots=True)
class ModelResponse:
    """One answer. `id` is empty where it was not stored; `error` is a sentence, empty where there is none."""

    id: str
    status: str
    model: str
    items: tuple[Item, ...]
    usage: Usage | None
    error: str
    previous: str = ""
    #: Items beyond the limit, which were not read.
    left_out: int = 0

    @classmethod
    def read(cls, data: Any) -> ModelResponse:
        """`ValueError` for what is no answer at all."""
        if not isinstance(data, dict) or not ("output" in data or word(data.get("id"))):
            raise ValueError("An answer without an id and without an output.")
        output = data.get("output")
        listed = output if isinstance(output, list) else [] if output is None else [output]
        return cls(
            word(data.get("id")),
            word(data.get("status"), 40),
            word(data.get("model")),
            tuple(_item(each) for each in listed[:ITEMS_LIMIT]),
            Usage.read(data.get("usage")),
            _error(data),
            word(data.get("previous_response_id")),
            max(0, len(listed) - ITEMS_LIMIT),
        )

    @property
    def calls(self) -> list[Call]:
        """The calls of the computer, in order."""
        return [item for item in self.items if isinstance(item, Call)]

    @property
    def functions(self) -> list[Function]:
        """The calls of functions, in order."""
        return [item for item in self.items if isinstance(item, Function)]


def read_deleted(data: Any) -> bool:
    """Whether the service says that it deleted it; a success that says nothing counts."""
    return not (isinstance(data, dict) and data.get("deleted") is False)


def _item(data: Any) -> Item:
    kind = data.get("type", "message") if isinstance(data, dict) else ""
    match kind:
        case "message" if (said := _message(data)) is not None:
            return said
        case "reasoning" if text := "\n".join(_texts(data.get("summary") or data.get("content"))):
            return Thought(text[:TEXT_LIMIT])
        case "computer_call":
            return _call(data)
        case "function_call":
            arguments = data.get("arguments")
            told = arguments if isinstance(arguments, str) else _json(arguments)
            return Function(word(data.get("call_id")), word(data.get("name")), told[:JSON_LIMIT])
    return Other(word(kind, 40) or "item", _json(data))


def _message(data: dict[str, Any]) -> Said | None:
    content = data.get("content")
    text = content if isinstance(content, str) else "\n".join(_texts(content))
    if not text:
        return None
    parts = content if isinstance(content, list) else []
    refused = any(isinstance(part, dict) and part.get("type") == "refusal" for part in parts)
    return Said(text[:TEXT_LIMIT], refused, max(0, len(text) - TEXT_LIMIT))


def _texts(content: Any) -> Iterator[str]:
    for part in content[:PARTS_LIMIT] if isinstance(content, list) else [content]:
        found = part if isinstance(part, str) else None
        if isinstance(part, dict):
            found = next(
                (part[name] for name in ("text", "refusal") if isinstance(part.get(name), str)), None
            )
        if found:
            yield found


def _call(data: dict[str, Any]) -> Call:
    actions = data["actions"] if isinstance(data.get("actions"), list) else [data.get("action")]
    checks = data["pending_safety_checks"] if isinstance(data.get("pending_safety_checks"), list) else []
    return Call(
        word(data.get("call_id")) or word(data.get("id")),
        tuple(read_action(each) for each in actions[:ACTIONS_LIMIT]),
        tuple(_check(each) for each in checks[:PARTS_LIMIT] if isinstance(each, dict)),
    )


def _check(data: dict[str, Any]) -> dict[str, str]:
    """What goes back when a person has considered it."""
    told = {name: data[name] for name in CHECKED if isinstance(data.get(name), str)}
    return {name: one_line(value) if name == "message" else word(value) for name, value in told.items()}


def _error(data: dict[str, Any]) -> str:
    error = data.get("error")
    if error:
        return error_inside({"error": error})
    details = data.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    return f"It is not complete: {one_line(reason)}." if isinstance(reason, str) and reason.strip() else ""


def _json(value: Any) -> str:
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except TypeError:
        return TOO_DEEP
    return text if len(text) <= JSON_LIMIT else f"{text[:JSON_LIMIT]}… ({len(text)} characters)"
