"""What a model wants done, as actions of a computer. Pure.

Models count 0–999 across the picture, whatever its size (contract §1.6); computers count its pixels. Distances to
scroll are pixels on both sides, as the upstream examples pass them on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..actions.told import plain_url

GRID = 1000
"""`pixels = coordinate / 1000 × size`."""

POINTED = ("click", "double_click", "triple_click", "right_click", "move", "mouse_down", "mouse_up")

ACROSS = ("x", "x1", "x2", "end_x")
DOWN = ("y", "y1", "y2", "end_y")
MOST_PARTS = 16
"""Key names in one action."""

LONGEST_TOLD = 200

Action = dict[str, Any]


def moves(wanted: Mapping[str, Any], width: int, height: int) -> list[Action] | None:
    """One action of a model, as those of a computer whose picture has this size. Empty: nothing needs doing, for a
    new picture is taken before each answer anyway. None: no model here has such an action."""
    made = MOVES.get(str(wanted.get("type")))
    return made(_scaled(wanted, width, height)) if made else None


def describe(action: Mapping[str, Any]) -> str:
    """One line for a person."""
    kind = str(action.get("type"))
    told = [kind.replace("_", " ")]
    if action.get("x") is not None:
        told.append(f"at ({_plain(action['x'])}, {_plain(action.get('y'))})")
    if isinstance(text := action.get("text"), str):
        told.append(repr(text[:LONGEST_TOLD]))
    if isinstance(url := action.get("url"), str):
        told.append(plain_url(url))
    if isinstance(key := action.get("key"), str):
        told.append(key)
    if isinstance(keys := action.get("keys"), list):
        told.append("+".join(map(str, keys)))
    if kind == "scroll":
        told.append(f"by ({_plain(action.get('dx'))}, {_plain(action.get('dy'))})")
    if kind == "wait":
        told.append(f"{_plain(action.get('ms'))} ms")
    return " ".join(told)


def _scaled(wanted: Mapping[str, Any], width: int, height: int) -> Action:
    sizes = {**dict.fromkeys(ACROSS, width), **dict.fromkeys(DOWN, height)}
    scaled = {name: _pixels(value, sizes[name]) if name in sizes else value for name, value in wanted.items()}
    if isinstance(path := wanted.get("path"), list):
        scaled["path"] = [
            _scaled(point, width, height) if isinstance(point, dict) else point for point in path
        ]
    return scaled


def _pixels(value: object, size: int) -> object:
    """What is no number stays as it is: the action's own check says so."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    return round(value * size / GRID, 1)


def _scroll(at: Action, *, sideways: bool) -> Action:
    across, down = at.get("scroll_x", at.get("dx")), at.get("scroll_y", at.get("dy"))
    if sideways and across is None:
        across, down = at.get("amount", down), 0
    return {"type": "scroll", "dx": across or 0, "dy": down or 0, **_only(at, "x", "y")}


def _keys(wanted: Mapping[str, Any]) -> list[Any]:
    for name in ("keys", "key", "text"):
        value = wanted.get(name)
        if isinstance(value, list):
            return value[:MOST_PARTS]
        if isinstance(value, str):
            return [value]
    return []


def _milliseconds(wanted: Mapping[str, Any]) -> object:
    """Without a time: what the action itself takes for usual."""
    if wanted.get("ms") is not None:
        return wanted["ms"]
    seconds = wanted.get("seconds", wanted.get("duration"))
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        return seconds * 1000
    return None


def _only(action: Action, *names: str) -> Action:
    return {name: action[name] for name in names if action.get(name) is not None}


def _plain(value: object) -> object:
    return f"{value:.0f}" if isinstance(value, float) else value


def _pointed(kind: str) -> Callable[[Action], list[Action]]:
    return lambda at: [{"type": kind, **_only(at, "x", "y", "button")}]


def _typed(at: Action) -> list[Action]:
    return [{"type": "type", "text": at.get("text")}]


def _struck(at: Action) -> list[Action]:
    return [{"type": "keypress", "keys": _keys(at)}]


def _held(kind: str) -> Callable[[Action], list[Action]]:
    return lambda at: [{"type": kind, "key": key} for key in _keys(at)]


MOVES: dict[str, Callable[[Action], list[Action]]] = {
    **{kind: _pointed(kind) for kind in POINTED},
    "type": _typed,
    "point_and_type": lambda at: [{"type": "click", **_only(at, "x", "y")}, *_typed(at)],
    "key": _struck,
    "keypress": _struck,
    "key_down": _held("key_down"),
    "key_up": _held("key_up"),
    "scroll": lambda at: [_scroll(at, sideways=False)],
    "hscroll": lambda at: [_scroll(at, sideways=True)],
    "drag": lambda at: [{"type": "drag", **_only(at, "path", *ACROSS, *DOWN)}],
    "navigate": lambda at: [{"type": "go_to_url", "url": at.get("url")}],
    "wait": lambda at: [{"type": "wait", "ms": _milliseconds(at)}],
    "screenshot": lambda at: [],
}
