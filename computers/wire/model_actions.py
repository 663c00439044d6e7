"""What a model wants done on a computer: the 17 documented actions, and those of the SDK's types. Pure and liberal.

Places count thousandths of the picture, 0 to 999 (contract §1.6); distances to scroll are pixels. An unknown action is
kept as it came. Source: contract §3.7.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from computers.wire.models import word
from computers.wire.upstream import one_line

#: A model's picture has this many steps each way.
GRID = 1000
#: Longest text and most keys of one action, and points of one drag.
TEXT_LIMIT, KEYS_LIMIT, PATH_LIMIT = 10_000, 16, 1000
#: Longest JSON of one action, bytes: what is longer, or nested too deep to be written, is not kept.
RAW_LIMIT = 64 * 1024
#: What is shown of a text in a sentence, characters.
SHOWN = 200

#: Those with one place, and how a sentence about them begins.
_VERBS = {
    "click": "Click",
    "double_click": "Double-click",
    "triple_click": "Triple-click",
    "right_click": "Right-click",
    "move": "Move the mouse to",
    "mouse_down": "Press the mouse at",
    "mouse_up": "Let go of the mouse at",
    "point_and_type": "Click",
}
POINTED = frozenset(_VERBS)
STRUCK = frozenset({"key", "keypress"})
HELD = frozenset({"key_down", "key_up"})
SCROLLED = frozenset({"scroll", "hscroll"})
#: They end the conversation and do nothing.
ENDS = {"terminate": "ends the work", "answer": "answers", "done": "says that it is done"}
KNOWN = POINTED | STRUCK | HELD | SCROLLED | ENDS.keys() | {"type", "drag", "navigate", "wait", "screenshot"}

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ModelAction:
    """One action. `kind` is the model's own word; `raw` is the whole of it."""

    kind: str
    raw: dict[str, Any]
    at: Place | None = None
    #: Where a drag ends.
    to: Place | None = None
    button: str = ""
    text: str = ""
    keys: tuple[str, ...] = ()
    #: Pixels to the right and down.
    by: tuple[float, float] = (0.0, 0.0)
    ms: float | None = None
    url: str = ""
    #: Why it cannot be run, as a sentence; empty when it can.
    trouble: str = field(default="", compare=False)

    @property
    def ends(self) -> bool:
        """Whether it ends the conversation."""
        return self.kind in ENDS

    @property
    def known(self) -> bool:
        """Whether it is in the contract."""
        return self.kind in KNOWN

    def words(self, width: int = GRID, height: int = GRID) -> str:
        """One sentence without its full stop; places on a picture of this size."""
        return " ".join(filter(None, self._words(width, height)))

    def _words(self, width: int, height: int) -> Iterator[str]:
        at = told(pixels(self.at, width, height)) if self.at else ""
        text = f"“{shown(self.text)}”" if self.text else ""
        if self.kind in POINTED:
            joined = _VERBS[self.kind].endswith((" at", " to"))
            yield _VERBS[self.kind]
            yield at if joined or not at else f"at {at}"
            yield f"with the {self.button} button" if self.button not in {"", "left"} else ""
            yield f"and type {text}" if self.kind == "point_and_type" else ""
        elif self.kind == "type":
            yield f"Type {text}"
        elif self.kind in STRUCK | HELD:
            verb = {"key_down": "Hold", "key_up": "Let go of"}.get(self.kind, "Press")
            yield f"{verb} {'+'.join(self.keys)}"
        elif self.kind in SCROLLED:
            yield f"Scroll by {told(self.by)}"
            yield f"at {at}" if at else ""
        elif self.kind == "drag":
            yield f"Drag {at} to {told(pixels(self.to, width, height)) if self.to else 'nowhere'}"
        elif self.kind == "navigate":
            yield f"Open {shown(self.url)}"
        elif self.kind == "wait":
            yield "Wait" if self.ms is None else f"Wait {self.ms:g} ms"
        elif self.kind == "screenshot":
            yield "Take a new screenshot"
        elif self.ends:
            yield f"It {ENDS[self.kind]}{': ' if self.text else ''}{shown(self.text)}"
        else:
            yield f"Unknown action: {self.kind or 'without a name'}"


def read_action(data: Any) -> ModelAction:
    """Whatever a call wants, however odd; what is missing of a known one is its `trouble`."""
    raw = {**data} if isinstance(data, dict) else {"given": str(data)[:SHOWN]}
    kind = word(raw.get("type"), 40)
    if not _is_bearable(raw):
        return ModelAction(kind, {"type": kind}, trouble="This action is too large to be shown and run.")
    at, to = _ends(raw)
    action = ModelAction(
        kind,
        raw,
        at,
        to,
        word(raw.get("button"), 20),
        _text(raw),
        tuple(_keys(raw)) if kind in STRUCK | HELD else (),
        _by(raw, kind) if kind in SCROLLED else (0.0, 0.0),
        _milliseconds(raw),
        word(raw.get("url"), 2048),
    )
    return replace(action, trouble=_trouble(action))


def _is_bearable(raw: dict[str, Any]) -> bool:
    try:
        return len(orjson.dumps(raw)) <= RAW_LIMIT
    except TypeError:
        return False


def pixels(place: Place, width: int, height: int) -> Place:
    """A place on a picture of this size."""
    return round(place[0] * width / GRID, 1), round(place[1] * height / GRID, 1)


def told(place: Place) -> str:
    """As people write a place: (640, 165)."""
    return f"({place[0]:.0f}, {place[1]:.0f})"


def shown(text: str) -> str:
    """The beginning of a text, on one line."""
    line = one_line(text)
    return line if len(text) <= SHOWN else f"{line[:SHOWN]}…"


def _trouble(action: ModelAction) -> str:
    if not action.known:
        return "This action is in no documentation, so it cannot be run from here."
    if action.ends:
        return "There is nothing to run."
    if action.kind in POINTED | {"drag"} and action.at is None:
        return "The model did not say where."
    if action.kind == "drag" and action.to is None:
        return "The model did not say where to."
    if any(place and not _on_grid(place) for place in (action.at, action.to)):
        return "The model points outside the picture."
    if action.kind in {"type", "point_and_type"} and not action.text:
        return "The model did not say what to type."
    if action.kind in STRUCK | HELD and not action.keys:
        return "The model named no key."
    if action.kind == "navigate" and not action.url:
        return "The model named no address."
    return ""


def _on_grid(place: Place) -> bool:
    return all(0 <= each < GRID for each in place)


def _ends(raw: dict[str, Any]) -> tuple[Place | None, Place | None]:
    path = raw.get("path")
    if isinstance(path, list) and 2 <= len(path) <= PATH_LIMIT:
        first, last = (
            _place(each, "x", "y") if isinstance(each, dict) else None for each in (path[0], path[-1])
        )
        return first, last
    at = _place(raw, "x", "y") or _place(raw, "x1", "y1")
    return at, _place(raw, "end_x", "end_y") or _place(raw, "x2", "y2")


def _place(raw: dict[str, Any], across: str, down: str) -> Place | None:
    x, y = number(raw.get(across)), number(raw.get(down))
    return (x, y) if x is not None and y is not None else None


def number(value: Any) -> float | None:
    """A finite number, also one in a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _by(raw: dict[str, Any], kind: str) -> tuple[float, float]:
    across, down = (_first(raw, *names) for names in (("scroll_x", "dx"), ("scroll_y", "dy")))
    if kind == "hscroll" and across is None:
        across, down = _first(raw, "amount", "scroll_y", "dy"), None
    return across or 0.0, down or 0.0


def _first(raw: dict[str, Any], *names: str) -> float | None:
    return next((value for name in names if (value := number(raw.get(name))) is not None), None)


def _milliseconds(raw: dict[str, Any]) -> float | None:
    if (ms := number(raw.get("ms"))) is not None:
        return ms
    seconds = _first(raw, "seconds", "duration")
    return seconds * 1000 if seconds is not None else None


def _text(raw: dict[str, Any]) -> str:
    found = (raw.get(name) for name in ("text", "result", "status"))
    return next((each for each in found if isinstance(each, str) and each), "")[:TEXT_LIMIT]


def _keys(raw: dict[str, Any]) -> Iterator[str]:
    for name in ("keys", "key", "text"):
        value = raw.get(name)
        listed = value if isinstance(value, list) else [value]
        if found := [each for each in (word(one, 40) for one in listed[:KEYS_LIMIT]) if each]:
            yield from found
            return
