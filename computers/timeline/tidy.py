"""What fits the timeline's columns: one entry that a database refuses would keep back all that came after it."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

#: The columns' sizes, characters (`TimelineEvent`).
SENTENCE_LENGTH, REQUEST_ID_LENGTH, KEY_LENGTH, NAME_LENGTH = 300, 128, 160, 200
#: Longest request, result or step that is kept, bytes of JSON; longer ones are named and left out.
JSON_LIMIT = 64 * 1024
#: Deepest JSON that is kept.
DEPTH_LIMIT = 20
#: PostgreSQL keeps no NUL, no database half a surrogate pair; other control characters would break a line of the log.
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def line(text: str, length: int) -> str:
    """`text` as one line of at most `length` characters."""
    text = _UNSEEN.sub(" ", text).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def word(text: str, length: int) -> str:
    """`text` as it is, as far as it fits: an id or a key."""
    return _UNKEPT.sub("", text)[:length]


def json(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """`value` as JSON that every database takes."""
    if value is None:
        return None
    kept = _kept(value, DEPTH_LIMIT)
    size = len(orjson.dumps(kept))
    return kept if size <= JSON_LIMIT else {"left out": f"{size} bytes: more than an entry keeps"}


def _kept(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value)
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {_UNKEPT.sub("", str(name)): _kept(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(each, depth - 1) for each in value]
    return _kept(str(value), depth)
