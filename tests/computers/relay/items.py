"""Input as a driver sends it, with everything that a test does not care about left out."""

from __future__ import annotations

from typing import Any

from computers.wire.screen import Key, Pointer, Text

VIEW, EPOCH = 7, 3


def move(x: float, y: float = 0.0, buttons: int = 0, view: int = VIEW) -> Pointer:
    return pointer("move", x, y, "none", buttons=buttons, view=view)


def down(button: str = "left", x: float = 0.0, y: float = 0.0, **changes: Any) -> Pointer:
    return pointer("down", x, y, button, clicks=1, **changes)


def up(button: str = "left", x: float = 0.0, y: float = 0.0, **changes: Any) -> Pointer:
    return pointer("up", x, y, button, clicks=1, **changes)


def pointer(action: str, x: float, y: float, button: str, **changes: Any) -> Pointer:
    fields = {"buttons": 0, "clicks": 0, "modifiers": 0, "dx": 0.0, "dy": 0.0, "view": VIEW, "epoch": EPOCH}
    return Pointer(action, x, y, button, **{**fields, **changes})


def key(
    action: str, name: str, code: str = "", text: str = "", repeat: bool = False, view: int = VIEW
) -> Key:
    return Key(action, name, code, 0, text, repeat, view, EPOCH)


def text(said: str, view: int = VIEW) -> Text:
    return Text(said, view, EPOCH)
