"""What an agent or somebody else did through the API, in the words of our own entries. Pure."""

from __future__ import annotations

from typing import Any

from computers.timeline.words import at, characters, key_name, scrolled
from computers.wire.key_names import KEY_NAMES

#: What stands for a key that no keyboard has.
HIDDEN = "…"
#: Who did what began while a task of ours was at work: events do not tell who asked, and it is what acts there then.
AGENT = "Agent"
#: How a chord's modifiers are called by those who send them.
_MODIFIERS = {
    "ctrl": "Ctrl",
    "control": "Ctrl",
    "alt": "Alt",
    "shift": "Shift",
    "meta": "Meta",
    "cmd": "Meta",
}
_AIMED = {
    "click": "clicked",
    "double_click": "double-clicked",
    "right_click": "right-clicked",
    "mouse_down": "pressed the button at",
    "mouse_up": "released the button at",
}
_PLAIN = {
    "screenshot": "took a screenshot",
    "html": "read the page's HTML",
    "get_html_content": "read the page's HTML",
    "wait": "waited",
    "list_tabs": "listed the tabs",
    "new_tab": "opened a tab",
    "switch_tab": "switched to another tab",
    "close_tab": "closed a tab",
    "change_proxy": "changed the proxy",
    "debug": "ran a debugging command",
    "execute": "ran an action",
    "batch": "ran a batch",
}


def sentence(action: str, fields: dict[str, Any]) -> str:
    """ "somebody else: clicked (10, 20)". What an unknown action does, nobody here knows."""
    return f"somebody else: {what(action, fields)}"


def without_letters(fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` without what a key types: a letter struck alone is typed text, and what no keyboard has may be."""
    keys = fields.get("keys")
    kept = {name: value for name, value in fields.items() if name != "keys"}
    if keys and _is_chord(keys):
        kept["keys"] = [key if all(map(_is_key, _parts([key]))) else HIDDEN for key in keys]
    return kept


def what(action: str, fields: dict[str, Any]) -> str:
    """ "clicked (10, 20)", without who."""
    place = at(fields["x"], fields["y"]) if {"x", "y"} <= fields.keys() else ""
    if action in _AIMED:
        return f"{_AIMED[action]} {place}".strip()
    if action == "scroll":
        dx, dy = (
            fields.get(name, fields.get(other, 0)) for name, other in (("dx", "scroll_x"), ("dy", "scroll_y"))
        )
        return f"scrolled{scrolled(dx, dy)}" + (f" at {place}" if place else "")
    if action == "drag":
        if not {"x1", "y1", "x2", "y2"} <= fields.keys():
            return "dragged"
        return f"dragged {at(fields['x1'], fields['y1'])} → {at(fields['x2'], fields['y2'])}"
    if action == "type":
        return f"typed {characters(fields['characters'])}" if "characters" in fields else "typed something"
    if action in {"keypress", "hotkey", "key_down", "key_up"}:
        return f"{'released' if action == 'key_up' else 'pressed'} {_keys(fields.get('keys') or [])}"
    if action in {"navigate", "go_to_url"}:
        return f"opened {fields.get('url') or 'a page'}"
    if action in {"viewport", "set_viewport"} and {"width", "height"} <= fields.keys():
        return f"made the screen {round(fields['width'])} × {round(fields['height'])}"
    if action == "exec":
        return "ran a command"
    return _PLAIN.get(action) or (f"did “{action}”" if action else "did something")


def _is_chord(keys: list[str]) -> bool:
    parts = _parts(keys)
    commands = any(part.lower() in _MODIFIERS and part.lower() != "shift" for part in parts)
    return commands or all(len(part) > 1 for part in parts)


def _keys(keys: list[str]) -> str:
    if not keys:
        return "a key"
    if not _is_chord(keys):
        return "a key that types"
    return "+".join(
        (_MODIFIERS.get(part.lower()) or key_name(part)) if _is_key(part) else HIDDEN for part in _parts(keys)
    )


def _is_key(part: str) -> bool:
    return len(part) == 1 or part.lower() in KEY_NAMES


def _parts(keys: list[str]) -> list[str]:
    """Each key by itself: some send "ctrl+c" as one."""
    return [part for key in keys for part in (key.split("+") if len(key) > 1 else [key])]
