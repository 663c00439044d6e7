"""What a verb's values must be: numbers, texts, keys, made whole or refused with a sentence and the field's name."""

from __future__ import annotations

import math
import re
from typing import Any

from computers.actions.refusal import Invalid

#: No page is larger than this, picture pixels; a mouse wheel turned further than this is a mistake.
COORDINATE_LIMIT = 100_000.0
#: Longest text that is typed in one call, characters: key by key it must end before the call's deadline.
TEXT_LIMIT = 10_000
#: Keys pressed together, and the longest name of one.
KEYS_LIMIT = 8
KEY_LIMIT = 32
#: Longest id of a tab, characters.
TAB_LIMIT = 128

_VISIBLE_ID = re.compile(r"[!-~]+")
_TYPABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*")


def number(
    value: Any, field: str, label: str, most: float = COORDINATE_LIMIT, least: float | None = None
) -> float:
    """A finite number within its limits."""
    least = -most if least is None else least
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(f"{label} must be a number.", field)
    if not least <= value <= most:
        raise Invalid(f"{label} is between {least:g} and {most:g}.", field)
    return float(value)


def coordinate(value: Any, field: str, label: str) -> float:
    """A place on the picture, picture pixels from its top left."""
    return number(value, field, label, least=0.0)


def text(value: Any, field: str = "text", label: str = "The text") -> str:
    """Something to type: no control characters but tabs and new lines."""
    if not isinstance(value, str) or not value:
        raise Invalid(f"{label} is empty.", field)
    if len(value) > TEXT_LIMIT:
        raise Invalid(f"{label} is too long: at most {TEXT_LIMIT} characters at once.", field)
    if not _TYPABLE.fullmatch(value):
        raise Invalid(f"{label} contains control characters.", field)
    return value


def key(value: Any, field: str = "key") -> str:
    """One key's name: "shift", "Enter", "a"."""
    name = value.strip() if isinstance(value, str) and value.strip() else value
    if not isinstance(name, str) or not name:
        raise Invalid("Please name a key.", field)
    if len(name) > KEY_LIMIT or not name.isprintable():
        raise Invalid(f"A key's name has at most {KEY_LIMIT} characters, all of them visible.", field)
    return name


def keys(value: Any, field: str = "keys") -> list[str]:
    """Keys that are pressed together: a list, or one text like "ctrl+shift+t" ("ctrl++" ends with the plus key)."""
    if isinstance(value, str):
        value = [each for each in re.split(r"\+(?!$)", value.strip()) if each.strip()]
    if not isinstance(value, list) or not value:
        raise Invalid("Please name the keys, joined by +: ctrl+c.", field)
    if len(value) > KEYS_LIMIT:
        raise Invalid(f"At most {KEYS_LIMIT} keys can be pressed together.", field)
    return [key(each, field) for each in value]


def tab_id(value: Any, *, required: bool = False) -> str:
    """A tab's id as upstream gave it; empty means the main one."""
    if not value and not required:
        return ""
    if not isinstance(value, str) or len(value) > TAB_LIMIT or not _VISIBLE_ID.fullmatch(value):
        raise Invalid("That is not the id of a tab.", "tab_id")
    return value


def whole(value: Any, field: str, label: str, least: int, most: int) -> int:
    """A whole number within its limits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(f"{label} must be a whole number.", field)
    if not least <= value <= most:
        raise Invalid(f"{label} is between {least} and {most}.", field)
    return value
