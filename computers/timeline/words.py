"""The words for one piece of input. Nothing here repeats what was typed."""

from __future__ import annotations

import re

from computers.wire.keys import ALT, CTRL, META, SHIFT
from computers.wire.screen import Key

MODIFIER_KEYS = frozenset({"Control", "Alt", "AltGraph", "Shift", "Meta"})
_NAMES = ((CTRL, "Ctrl", "ctrl"), (ALT, "Alt", "alt"), (SHIFT, "Shift", "shift"), (META, "Meta", "meta"))
#: Keys that are called otherwise than the DOM calls them.
_KEYS = {" ": "Space", "Dead": "a dead key", "Process": "a key", "Unidentified": "a key"}
#: Anything else is no key of a keyboard, and may be text.
_KEY = re.compile(r"[A-Z][A-Za-z0-9]*|.")


def at(x: float, y: float) -> str:
    """ "(412, 300)"."""
    return f"({round(x)}, {round(y)})"


def characters(count: int) -> str:
    """ "1 character", "12 characters"."""
    return f"{count} character" + ("" if count == 1 else "s")


def scrolled(dx: float, dy: float) -> str:
    """ " down 300 and left 20"."""
    ways = [
        f"{way} {abs(round(by))}"
        for way, by in (("down" if dy > 0 else "up", dy), ("right" if dx > 0 else "left", dx))
        if round(by)
    ]
    return " " + " and ".join(ways) if ways else ""


def plus(modifiers: int) -> str:
    """What is held during something else: "Ctrl+"."""
    return "".join(f"{name}+" for bit, name, _ in _NAMES if modifiers & bit)


def typed_by(key: Key) -> str:
    """The text that a key going down types; empty when it does something else."""
    commands = key.modifiers & (CTRL | META) and not key.modifiers & ALT
    if key.text and key.text.isprintable() and not commands:
        return key.text
    # A single character that came without its text: no name of a key, so it must not be shown as one.
    return key.key if len(key.key) == 1 and not key.modifiers & (CTRL | META | ALT) else ""


def key_name(key: str) -> str:
    """ "A", "Enter", "Space"."""
    if not _KEY.fullmatch(key):
        return "a key"
    return _KEYS.get(key) or (key.upper() if len(key) == 1 else key)


def chord(key: Key) -> list[str]:
    """The key and what is held with it, as `keys` of the action "keypress"."""
    return [*(word for bit, _, word in _NAMES if key.modifiers & bit), key.key]


def chord_name(key: Key) -> str:
    """ "Ctrl+Shift+T"."""
    return plus(key.modifiers) + key_name(key.key)
