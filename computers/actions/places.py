"""Pixels of an action on another scale. The endpoints count in picture pixels, a page in its own CSS pixels; a macro
holds the latter, so that it means the same place on every computer."""

from __future__ import annotations

from typing import Any

#: The members of an action (contract §2.5) that count pixels of the picture: places, and how far it scrolls.
COUNTED = frozenset({"x", "y", "x1", "y1", "x2", "y2", "end_x", "end_y", "dx", "dy", "scroll_x", "scroll_y"})


def in_css_pixels(action: dict[str, Any], scale: float) -> dict[str, Any]:
    """An action as it was sent to a computer of this scale, as a macro holds it."""
    return _scaled(action, 1 / scale) if scale > 0 else action


def in_picture_pixels(action: dict[str, Any], scale: float) -> dict[str, Any]:
    """A macro's step as a computer of this scale takes it."""
    return _scaled(action, scale)


def _scaled(action: dict[str, Any], factor: float) -> dict[str, Any]:
    if factor == 1:
        return action
    return {key: _member(key, value, factor) for key, value in action.items()}


def _member(key: str, value: Any, factor: float) -> Any:
    if key in COUNTED and isinstance(value, int | float):
        return value * factor
    if key == "path" and isinstance(value, list):
        return [_scaled(place, factor) if isinstance(place, dict) else place for place in value]
    return value
