"""`GET /computers/{id}/events`: what is done to a computer through the API, by anybody. Source: contract §3.5, §4.

Names of keys are mostly unpublished, so an event is told apart by the keys that are known, and only a few of its fields
are taken over: never typed text, never a proxy's address.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from computers.upstream import errors
from computers.upstream.client import Client
from computers.upstream.sse import sse
from computers.upstream.verbs import path_of

#: A stream without a byte for this long is opened anew, seconds. Heartbeats come every 30 s, where there are any.
SILENCE_LIMIT = 120.0
#: Longest text taken over, characters.
TEXT_LIMIT = 300
ID_LIMIT = 128
#: What is taken over of an action.
NUMBERS = frozenset(
    {
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "end_x",
        "end_y",
        "dx",
        "dy",
        "scroll_x",
        "scroll_y",
        "ms",
        "width",
        "height",
    }
)
WORDS = frozenset({"tab_id", "button", "cwd"})
#: Where the name of an action may stand, and what is no name.
_NAMES = ("action", "action_type", "verb", "name", "type")
_NO_NAME = frozenset({"action_request", "request", "action"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks for an action. `fields` holds only what may be shown."""

    request_id: str
    action: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """An action is over. `error` is a sentence, empty when it succeeded; `exit_code` a command's."""

    request_id: str
    error: str
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of what a command writes; only its size is kept."""

    request_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Upstream itself left some events out."""

    count: int


Happening = Asked | Answered | Output | Missed


async def events(client: Client, id: str) -> AsyncGenerator[Happening, None]:
    """What happens to one computer. Ends when upstream ends the stream; raises `UpstreamError` otherwise.

    A broken or unknown event is skipped. `NoAnswer` after `SILENCE_LIMIT` without a byte.
    """
    async with aclosing(sse(client, path_of(id, "events"), SILENCE_LIMIT)) as all_events:
        async for event in all_events:
            if event.event == "error":
                raise errors.UpstreamFailed("The Lightcone service ended the stream of events.")
            happening = read_event(event.event, event.data)
            if happening is not None:
                yield happening


def read_event(name: str, data: str) -> Happening | None:
    """One event, or None for what says nothing."""
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict):
        return None
    if name == "gap":
        return Missed(_whole(told.get("dropped")) or 1)
    request_id = str(told.get("request_id") or "")[:ID_LIMIT]
    if "data" in told and "is_stderr" in told:
        return Output(request_id, len(str(told["data"])) * 3 // 4)
    if "exit_code" in told or "status" in told:
        return _answered(request_id, told)
    return _asked(request_id, told)


def _answered(request_id: str, told: dict[str, Any]) -> Answered:
    error = told.get("error_message") or ""
    status = str(told.get("status") or "").lower()
    if not error and status not in {"", "success", "ok", "completed"}:
        error = f"The computer answered {status}."
    return Answered(request_id, str(error)[:TEXT_LIMIT], _whole(told.get("exit_code")))


def _asked(request_id: str, told: dict[str, Any]) -> Asked | None:
    inner: dict[str, Any] = next(
        (told[name] for name in ("action", "request") if isinstance(told.get(name), dict)), {}
    )
    told = {**told, **inner}
    action = next(
        (name for name in map(told.get, _NAMES) if isinstance(name, str) and name not in _NO_NAME), ""
    )
    if not action and not request_id:
        return None
    return Asked(request_id, action[:40].replace("-", "_").lower(), _shown(told))


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        key: value
        for key, value in told.items()
        if key in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool)
    }
    shown |= {key: told[key][:TEXT_LIMIT] for key in WORDS if isinstance(told.get(key), str)}
    if isinstance(url := told.get("url"), str):
        shown["url"] = _plain(url)
    if isinstance(command := told.get("command"), str):
        shown["command"] = command[:TEXT_LIMIT]
    if isinstance(text := told.get("text"), str):
        shown["characters"] = len(text)
    elif (count := _whole(told.get("characters"))) is not None:
        shown["characters"] = count
    keys = told.get("keys") if isinstance(told.get("keys"), list) else [told.get("key")]
    if named := [key[:40] for key in keys or [] if isinstance(key, str)]:
        shown["keys"] = named
    return shown


def _plain(url: str) -> str:
    """Without the name and password that it may carry."""
    try:
        parts = urlsplit(url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()[:TEXT_LIMIT]
    except ValueError:
        return "…"


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
