"""One event of a streamed chat completion. Source: contract §3.8: `data: {…chunk…}` and `data: [DONE]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from computers.wire.models import Usage, word
from computers.wire.upstream import error_inside

#: The event that ends a stream.
DONE = "[DONE]"
#: Instead of calls nested deeper than JSON is written.
TOO_DEEP = "(nested too deep to be shown)"


@dataclass(frozen=True, slots=True)
class Delta:
    """What one chunk adds. `calls` is JSON of tool calls, which nothing here runs; `error` ends the stream."""

    text: str = ""
    thought: str = ""
    calls: str = ""
    finish: str = ""
    model: str = ""
    usage: Usage | None = None
    error: str = ""


def read_chunk(data: str) -> Delta | None:
    """None for what says nothing; `ValueError` for what is no JSON object."""
    chunk = orjson.loads(data)
    if not isinstance(chunk, dict):
        raise ValueError("Not a chunk of a chat completion.")  # noqa: TRY004 — the data is wrong, not the caller
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    # A service that does not stream sends the whole message.
    part: dict[str, Any] = next(
        (choice[name] for name in ("delta", "message") if isinstance(choice.get(name), dict)), {}
    )
    found = Delta(
        _text(part, "content", "refusal"),
        _text(part, "reasoning_content", "reasoning"),
        _calls(part["tool_calls"]) if part.get("tool_calls") else "",
        word(choice.get("finish_reason"), 40),
        word(chunk.get("model")),
        Usage.read(chunk.get("usage")),
        error_inside(chunk),
    )
    return found if found != Delta() else None


def _calls(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return TOO_DEEP


def _text(part: dict[str, Any], *names: str) -> str:
    return next((part[name] for name in names if isinstance(part.get(name), str) and part[name]), "")
