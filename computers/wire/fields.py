"""Typed access to one JSON message of a browser: strict, and clear about what is wrong."""

from __future__ import annotations

import math
from typing import Any


class Malformed(ValueError):
    """A message that this protocol does not have; `str()` says what is wrong with it."""


class Fields:
    """Typed access to one message's fields."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def number(
        self, name: str, limit: float, *, low: float | None = None, default: float | None = None
    ) -> float:
        value = self._data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Malformed(f"{name} is not a number.")
        if not (-limit if low is None else low) <= value <= limit:
            raise Malformed(f"{name} is out of range.")
        return float(value)

    def whole(self, name: str, limit: int, *, default: int | None = None) -> int:
        value = self._data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
            raise Malformed(f"{name} is not a whole number in range.")
        return value

    def text(self, name: str, limit: int, *, default: str | None = None) -> str:
        value = self._data.get(name, default)
        if not isinstance(value, str) or len(value) > limit:
            raise Malformed(f"{name} is not a text of at most {limit} characters.")
        if "\0" in value:
            raise Malformed(f"{name} holds a null character.")
        return value

    def flag(self, name: str) -> bool:
        value = self._data.get(name, False)
        if not isinstance(value, bool):
            raise Malformed(f"{name} is not true or false.")
        return value

    def word(self, name: str, words: frozenset[str], *, default: str | None = None) -> str:
        value = self._data.get(name, default)
        if not isinstance(value, str) or value not in words:
            raise Malformed(f"{name} is none of {', '.join(sorted(words))}.")
        return value
