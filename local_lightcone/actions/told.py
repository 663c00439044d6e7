"""What the readers of `/events` are told of an action: never typed text, a proxy's or an address's credentials."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .keys import MODIFIERS, find_key
from .verbs import type_of

LONGEST = 500
NUMBERS = (
    *("x", "y", "x1", "y1", "x2", "y2", "end_x", "end_y", "dx", "dy", "scroll_x", "scroll_y"),
    *("ms", "width", "height", "scale_factor"),
)
HIDDEN = "•"


def request(name: str, request_id: str, body: Mapping[str, Any]) -> dict[str, object]:
    told: dict[str, object] = {"type": "action_request", "request_id": request_id, "action": type_of(name)}
    told |= {key: body[key] for key in NUMBERS if isinstance(body.get(key), int | float)}
    told |= {key: body[key][:LONGEST] for key in ("tab_id", "button") if isinstance(body.get(key), str)}
    if isinstance(url := body.get("url"), str):
        told["url"] = plain_url(url)
    if name == "type" and isinstance(text := body.get("text"), str):
        told["characters"] = len(text)
    if isinstance(keys := body.get("keys"), list):
        told["keys"] = plain_keys([key for key in keys if isinstance(key, str)])
    if isinstance(key := body.get("key"), str):
        told["key"] = plain_keys([key])[0]
    if isinstance(path := body.get("path"), list):
        told["points"] = len(path)
    return told


def response(name: str, answer: Mapping[str, object]) -> dict[str, object]:
    """Without the result: pages and pictures go to whoever asked for them."""
    kept = ("request_id", "status", "error_message", "executed_tab_id", "timestamp")
    told = {key: answer[key] for key in kept if answer.get(key) is not None}
    return {"type": "action_response", "action": type_of(name), **told}


def plain_url(url: str) -> str:
    """Without a name and a password in front of its host."""
    url = url.strip()
    if url.lower().startswith("data:"):
        return "data:…"
    try:
        parts = urlsplit(url)
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return HIDDEN
    return shown[:LONGEST]


def plain_keys(keys: list[str]) -> list[str]:
    """A letter struck alone is typed text; struck with Control, Alt or Meta it is a command."""
    parts = [part for key in keys for part in (key.split("+") if len(key) > 1 else [key])]
    named = [find_key(part) for part in parts]
    if any(key and key.key in MODIFIERS and key.key != "Shift" for key in named):
        return [key[:40] for key in keys]
    return [
        HIDDEN if found is None or found.text.strip() else part
        for part, found in zip(parts, named, strict=True)
    ]
