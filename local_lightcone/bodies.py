"""Request bodies, read with the tolerance the contract asks for and no more."""

import math
from typing import Any

import orjson
from starlette.requests import Request

from .problems import Problem, bad_request

MAX_BODY_BYTES = 1024 * 1024
MOST = 1_000_000.0
"""No coordinate, distance or count of a caller's is larger; Chromium's own arithmetic ends not far above."""


async def raw_body(request: Request, most: int = MAX_BODY_BYTES) -> bytes:
    """The bytes sent, bounded. May be asked for again."""
    if not hasattr(request.state, "body"):
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise Problem(413, "Body too large", f"A body may have {most} bytes.")
        request.state.body = bytes(body)
    found: bytes = request.state.body
    return found


async def read_body(request: Request, most: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """The JSON object sent. An empty body is `{}`, whatever its content type says (contract §1.2)."""
    body = await raw_body(request, most)
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return value


def number(body: dict[str, Any], name: str, default: float | None = None) -> float:
    value = body.get(name)
    if value is None:
        value = default
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise bad_request(f"{name} must be a number.")
    if abs(value) > MOST:
        raise bad_request(f"{name} may be at most {MOST:.0f}.")
    return float(value)


def whole(body: dict[str, Any], name: str, default: int, most: int) -> int:
    value = number(body, name, default)
    if not 0 <= value <= most:
        raise bad_request(f"{name} must be from 0 to {most}.")
    return round(value)


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise bad_request(f"{name} must be a string.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request(f"{name} holds half a character.") from None
    return value


def flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool | None):
        raise bad_request(f"{name} must be true or false.")
    return bool(value)
