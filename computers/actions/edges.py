"""Places that are on no screen. Services say success to them and do nothing, so where the size is known the person is
told; where it is not, they are sent on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from computers import records
from computers.actions.refusal import Invalid
from computers.models import Computer
from computers.relay.feed import Feed
from computers.relay.hub import HUB
from computers.relay.link import MAIN

#: The members of an action (contract §2.5) that are places, each with what people call it.
ACROSS = {"x": "x", "x1": "From x", "x2": "To x", "end_x": "end_x"}
DOWN = {"y": "y", "y1": "From y", "y2": "To y", "end_y": "end_y"}
#: What may put another tab on the screen, of another size.
TAB_STEPS = frozenset({"new_tab", "switch_tab", "close_tab"})


@dataclass(frozen=True, slots=True)
class Screen:
    """Its sides, picture pixels."""

    width: int
    height: int


def screen_of(computer: Computer, tab: str = "") -> Screen | None:
    """What is known of the size of a tab (else of the main one): what this process sees of it, else what its row says,
    which is the main tab's; None where neither does."""
    feed = _feed(computer, tab)
    if feed is not None and feed.width:
        return _screen(feed.width, feed.height, scale_of(computer, tab))
    if tab and tab != computer.main_tab:
        return None
    return _screen(computer.width, computer.height, computer.scale)


def scale_of(computer: Computer, tab: str = "") -> float:
    """How many picture pixels one CSS pixel takes there: what the pictures tell, else what the row says."""
    feed = _feed(computer, tab)
    return feed.scale if feed is not None and feed.scale != 1 else computer.scale


def _feed(computer: Computer, tab: str) -> Feed | None:
    link = HUB.opened(computer)
    return link.feeds.get(link.resolve(tab or MAIN)) if link is not None else None


def check_place(action: dict[str, Any], screen: Screen | None, field: str = "") -> None:
    """`Invalid` for a place beyond the screen; it belongs to `field`, else to the member's own."""
    if screen is None:
        return
    for name, label, value, limit in _places(action, screen):
        if isinstance(value, int | float) and not 0 <= value < limit:
            size = f"the screen is {screen.width} × {screen.height}"
            raise Invalid(f"{label} must be between 0 and {limit - 1}: {size}.", field or name)


def check_places(computer: Computer, steps: list[dict[str, Any]], field: str) -> None:
    """The same for a batch, whose own steps may change the size and the tab; a refusal says which step it is about."""
    screen = screen_of(computer)
    for place, step in enumerate(steps, 1):
        try:
            tab = step.get("tab_id")
            check_place(step, screen_of(computer, tab) if tab else screen, field)
        except Invalid as refusal:
            raise Invalid(f"Action {place}: {refusal}", field) from None
        if step["type"] == "set_viewport":
            # Without a scale the service decides.
            scale = step.get("scale_factor")
            screen = _screen(step["width"], step["height"], scale) if scale else None
        elif step["type"] in TAB_STEPS:
            screen = None


async def note_size(computer: Computer, action: dict[str, Any]) -> None:
    """`action` was done: if it changed the size, the row says so from now on."""
    if action["type"] == "set_viewport" and not action.get("tab_id"):
        scale = action.get("scale_factor") or computer.scale
        await records.note_size(computer.pk, action["width"], action["height"], scale)


def _screen(width: int | None, height: int | None, scale: float) -> Screen | None:
    return Screen(max(round(width * scale), 1), max(round(height * scale), 1)) if width and height else None


def _places(action: dict[str, Any], screen: Screen) -> Iterator[tuple[str, str, Any, int]]:
    path = action.get("path")
    points = [point for point in path if isinstance(point, dict)] if isinstance(path, list) else []
    for point in (action, *points):
        for names, limit in ((ACROSS, screen.width), (DOWN, screen.height)):
            for name, label in names.items():
                if name in point:
                    yield name, label, point[name], limit
