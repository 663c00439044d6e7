"""Folding input into the action endpoints, for computers without DevTools. No sockets, no clock.

The endpoints know gestures, not events: there is no hover, and a drag is told when it is over. A click waits to see
whether it becomes a double one (`flush` ends the wait): told one by one, two clicks would never be a double click, and
a click followed by a double click would be three. Source: contract §3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computers.wire.keys import ALT, CTRL, META, SHIFT
from computers.wire.screen import Input, Key, Pointer, Text

#: A call is a verb and its body.
Call = tuple[str, dict[str, Any]]

#: A press and a release closer than this are a click, CSS pixels.
CLICK_SLACK = 4.0
_MODIFIERS = ((CTRL, "ctrl"), (ALT, "alt"), (SHIFT, "shift"), (META, "meta"))
_MODIFIER_KEYS = frozenset({"Control", "Alt", "AltGraph", "Shift", "Meta"})


@dataclass(frozen=True, slots=True)
class _Clicks:
    x: float
    y: float
    count: int


class Gestures:
    """`scale` is how many picture pixels one CSS pixel takes: the endpoints count in picture pixels."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._pressed: dict[str, Pointer] = {}
        self._clicks: _Clicks | None = None

    @property
    def waits(self) -> bool:
        """Whether a click waits for another one."""
        return self._clicks is not None

    def fold(self, item: Input) -> list[Call]:
        """The calls that `item` completes, in order."""
        if isinstance(item, Pointer):
            return self._pointer(item)
        if isinstance(item, Text):
            return [*self.flush(), ("type", {"text": item.text})]
        return self._key(item)

    def flush(self) -> list[Call]:
        """No further click followed: the calls for what was clicked."""
        clicks, self._clicks = self._clicks, None
        if clicks is None:
            return []
        at = self._at(clicks.x, clicks.y)
        single, double = ("click", at), ("double-click", at)
        return {1: [single], 2: [double]}.get(clicks.count, [double, single])

    def _pointer(self, item: Pointer) -> list[Call]:
        if item.action == "wheel":
            by = {"dx": item.dx * self.scale, "dy": item.dy * self.scale}
            return [*self.flush(), ("scroll", {**by, **self._at(item.x, item.y)})]
        if item.action == "down":
            self._pressed[item.button] = item
            return [] if item.button == "left" and item.clicks > 1 else self.flush()
        if item.action == "up" and (press := self._pressed.pop(item.button, None)) is not None:
            return self._released(press, item)
        return []

    def _released(self, press: Pointer, release: Pointer) -> list[Call]:
        if press.button == "right":
            return [("right-click", self._at(release.x, release.y))]
        if press.button != "left":
            return []
        if abs(press.x - release.x) <= CLICK_SLACK and abs(press.y - release.y) <= CLICK_SLACK:
            self._clicks = _Clicks(release.x, release.y, max(1, press.clicks))
            return []
        start, end = self._at(press.x, press.y), self._at(release.x, release.y)
        body = {"x1": start["x"], "y1": start["y"], "x2": end["x"], "y2": end["y"]}
        return [*self.flush(), ("drag", body)]

    def _key(self, item: Key) -> list[Call]:
        if item.action == "up" or item.key in _MODIFIER_KEYS:
            return []
        if item.text and not item.modifiers & (CTRL | ALT | META):
            return [*self.flush(), ("type", {"text": item.text})]
        modifiers = [name for bit, name in _MODIFIERS if item.modifiers & bit]
        return [*self.flush(), ("hotkey", {"keys": [*modifiers, item.key]})]

    def _at(self, x: float, y: float) -> dict[str, float]:
        return {"x": x * self.scale, "y": y * self.scale}


def merged(last: Call, call: Call) -> Call | None:
    """One call for two adjacent ones that wait: text after text, scrolling after scrolling at one place. None if they
    differ."""
    (verb, before), (other, after) = last, call
    if verb == other == "type":
        return verb, {"text": before["text"] + after["text"]}
    if verb == other == "scroll" and (before["x"], before["y"]) == (after["x"], after["y"]):
        return verb, {**after, "dx": before["dx"] + after["dx"], "dy": before["dy"] + after["dy"]}
    return None
