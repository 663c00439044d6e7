"""The wall's socket: what browsers say there, strictly, and what stands before each frame. Pure.

A frame is a u32 stream id, then the screen socket's header (`wire/screen.py`), then a small JPEG.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any

import orjson

from computers.wire.screen import SEQUENCE_MODULUS, Malformed

#: What stands before a frame's header: its stream.
STREAM = struct.Struct("<I")
STREAM_MODULUS = 1 << 32
#: Most tiles that one wall shows live: more than any window holds at a size one can see.
TILES_LIMIT = 120
_ID = re.compile(r"[0-9A-Za-z_-]{1,16}")


@dataclass(frozen=True, slots=True)
class Watch:
    """The computers whose tiles are on the screen now; no other is shown live."""

    computers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """For each stream, the newest frame that has been painted."""

    frames: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """Answered with `pong`."""


def parse(text: str) -> Watch | Seen | Ping:
    """One message; `Malformed` for anything else."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("That is no JSON.") from None
    if not isinstance(message, dict):
        raise Malformed("A message is an object.")
    match message.get("type"):
        case "ping":
            return Ping()
        case "watch":
            return Watch(tuple(dict.fromkeys(map(_id, _list(message, "computers")))))
        case "seen":
            return Seen(tuple(map(_frame, _list(message, "frames"))))
    raise Malformed("The wall understands watch, seen and ping.")


def _list(message: dict[str, Any], name: str) -> list[Any]:
    value = message.get(name)
    if not isinstance(value, list) or len(value) > TILES_LIMIT:
        raise Malformed(f"`{name}` is a list of at most {TILES_LIMIT}.")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed("That is no computer's id.")
    return value


def _frame(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not all(type(each) is int for each in value):
        raise Malformed("A frame is [stream, sequence].")
    stream, sequence = value
    if not (0 <= stream < STREAM_MODULUS and 0 <= sequence < SEQUENCE_MODULUS):
        raise Malformed("A frame is [stream, sequence].")
    return stream, sequence
