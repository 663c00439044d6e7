"""The elements of a page, looked at beside its picture.

`DOMSnapshot` and `Accessibility` were left out: both walk the whole page without a bound, and hold it meanwhile.
"""

from pathlib import Path
from typing import Any

from ..chromium.cdp import CdpError
from ..models.elements import Element, Sight
from .stage import Stage

MOST_NODES = 2_000
LOOK_MS = 120
"""The page stands still so long at most. What was not looked at by then is missing, and the sight says so."""

ANSWER_SECONDS = 3.0
WORLD = "lightdeck"
SCRIPT = Path(__file__).with_name("elements.js").read_text(encoding="utf-8")


async def elements(stage: Stage) -> Sight | None:
    """None if the page cannot be looked at: it is held by a dialog, hangs, or is gone."""
    try:
        tree = await stage.call("Page.getFrameTree", seconds=ANSWER_SECONDS)
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD}
        world = await stage.call("Page.createIsolatedWorld", frame, seconds=ANSWER_SECONDS)
        asked = {
            "expression": f"({SCRIPT})({MOST_NODES}, {LOOK_MS})",
            "contextId": world["executionContextId"],
            "returnByValue": True,
            "silent": True,
        }
        answer = await stage.call("Runtime.evaluate", asked, seconds=ANSWER_SECONDS)
    except CdpError:
        return None
    found = answer["result"].get("value")
    return _sight(found) if isinstance(found, dict) else None


def _sight(found: dict[str, Any]) -> Sight:
    return Sight(
        width=found["width"],
        height=found["height"],
        title=found["title"],
        url=found["url"],
        elements=tuple(_element(*node) for node in found["nodes"]),
        partial=found["partial"],
    )


def _element(role: str, tag: str, names: list[str], *rest: Any) -> Element:
    return Element(role, tag, tuple(names), *rest)
