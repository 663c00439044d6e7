import asyncio
from collections.abc import Coroutine, Iterable
from itertools import groupby
from typing import Any

from ..bodies import text
from ..problems import bad_request
from . import address_line
from .keys import MODIFIERS, Key, find_key
from .stage import Stage

LONGEST_TEXT = 100_000
TYPED_KEYS = {"\n": "enter", "\r": "enter", "\t": "tab"}
MOST_KEYS = 16
BATCH = 100
"""How many key strokes are under way at once."""


async def type_text(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """Strokes where a US keyboard has the character, so that pages see keys; else the character itself."""
    typed = text(body, "text").replace("\r\n", "\n")
    if len(typed) > LONGEST_TEXT:
        raise bad_request(f"text may have {LONGEST_TEXT} characters.")
    if await address_line.typed(stage, typed):
        return {}
    for struck, run in groupby(typed, key=lambda character: _stroke(character) is not None):
        part = "".join(run)
        if struck:
            await _strike(stage, part)
        else:
            await stage.input("Input.insertText", {"text": part})
    return {}


async def hotkey(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    names = body.get("keys")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise bad_request("keys must be a list of key names.")
    keys = [_known(part) for name in names for part in _parts(name)]
    if len(keys) > MOST_KEYS:
        raise bad_request(f"keys may be {MOST_KEYS} at once.")
    if not stage.computer.hands.modifiers and await address_line.pressed(stage, keys):
        return {}
    pressed: list[Key] = []
    try:
        for key in keys:
            pressed.append(key)
            await _down(stage, key)
    finally:
        for key in reversed(pressed):
            await _up(stage, key)
    return {}


async def key_down(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    await _down(stage, _known(text(body, "key")))
    return {}


async def key_up(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    await _up(stage, _known(text(body, "key")))
    return {}


async def _strike(stage: Stage, characters: str) -> None:
    """Sent without waiting for each answer; the socket keeps their order."""
    for start in range(0, len(characters), BATCH):
        keys = filter(None, map(_stroke, characters[start : start + BATCH]))
        await stage.unless_dialog(_all(_send(stage, *event) for key in keys for event in _events(key)))


async def _all(strokes: Iterable[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*strokes)


def _events(key: Key) -> list[tuple[str, Key, str]]:
    return [("keyDown", key, key.text), ("keyUp", key, "")]


def _stroke(character: str) -> Key | None:
    key = find_key(TYPED_KEYS.get(character, character))
    return key if key and key.code else None


async def _down(stage: Stage, key: Key) -> None:
    hands = stage.computer.hands
    hands.modifiers |= MODIFIERS.get(key.key, 0)
    shortcut = hands.modifiers & ~MODIFIERS["Shift"]
    kind = "rawKeyDown" if shortcut or not key.text else "keyDown"
    await stage.unless_dialog(_send(stage, kind, key, "" if shortcut else key.text))


async def _up(stage: Stage, key: Key) -> None:
    stage.computer.hands.modifiers &= ~MODIFIERS.get(key.key, 0)
    await stage.unless_dialog(_send(stage, "keyUp", key))


async def _send(stage: Stage, kind: str, key: Key, typed: str = "") -> None:
    event: dict[str, Any] = {"type": kind, "key": key.key, "code": key.code, "text": typed}
    event |= {"windowsVirtualKeyCode": key.number, "modifiers": stage.computer.hands.modifiers}
    if commands := _editing(stage, kind, key):
        event["commands"] = commands
    await stage.call("Input.dispatchKeyEvent", event)


def _editing(stage: Stage, kind: str, key: Key) -> list[str]:
    """Chromium leaves Ctrl+A and its like to the window system, which a headless browser has not."""
    if kind != "rawKeyDown" or stage.computer.hands.modifiers != MODIFIERS["Control"]:
        return []
    commands = {"a": "selectAll", "c": "copy", "x": "cut", "v": "paste", "z": "undo", "y": "redo"}
    return [commands[key.key.lower()]] if key.key.lower() in commands else []


def _parts(name: str) -> list[str]:
    """Some clients send `ctrl+a` as one string."""
    return name.split("+") if "+" in name and len(name) > 1 and not name.endswith("+") else [name]


def _known(name: str) -> Key:
    if key := find_key(name):
        return key
    raise bad_request(f"There is no key called {name[:40]!r}.")
