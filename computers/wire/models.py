"""What is common to everything that models answer: their names, what they used. Source: contract §3.7, §3.8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computers.wire.upstream import one_line

#: Longest name of a model or id of a response, characters, and how many models a list may have.
NAME_LIMIT, MODELS_LIMIT = 256, 500

_INPUT, _OUTPUT = ("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the service counts them; None where it does not say."""

    input: int | None
    output: int | None
    total: int | None

    @classmethod
    def read(cls, data: Any) -> Usage | None:
        """Of either endpoint; None when there is nothing in it."""
        if not isinstance(data, dict):
            return None
        found = cls(_count(data, *_INPUT), _count(data, *_OUTPUT), _count(data, "total_tokens"))
        return found if (found.input, found.output, found.total) != (None, None, None) else None

    def __str__(self) -> str:
        parts = ((self.input, "in"), (self.output, "out"))
        told = [f"{count} {way}" for count, way in parts if count is not None] or [f"{self.total} in all"]
        return f"{', '.join(told)} (tokens)"


def read_models(data: Any) -> list[str]:
    """The names of `GET /v1/models`, each once; `ValueError` when there is no list."""
    listed = data.get("data") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise ValueError("Not a list of models.")  # noqa: TRY004 — the data is wrong, not the caller
    names = (word(each.get("id") if isinstance(each, dict) else each) for each in listed[:MODELS_LIMIT])
    return list(dict.fromkeys(filter(None, names)))


def word(value: Any, limit: int = NAME_LIMIT) -> str:
    """A name or an id on one line; empty for anything that cannot be one. A cut id would be another's."""
    return one_line(value) if isinstance(value, str) and len(value) <= limit else ""


def _count(data: dict[str, Any], *names: str) -> int | None:
    for name in names:
        value = data.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            return value
    return None
