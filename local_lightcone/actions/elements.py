"""The elements of a page, looked at beside its picture.

`DOMSnapshot` and `Accessibility` were left out: both walk the whole page without a bound, and hold it meanwhile.
"""

from pathlib import Path
from typing import Any

from ..chromium.cdp import CdpError
from ..models.elements import Element, Sight
from .stage import Stage

MOST_NODES = 2_000
LOOKS_MS = (120, 400)
"""The page stands still so long at most. What was not looked at by then is missing, and the sight says so. A second
look is had only where the first ran out of time: where others had the processor meanwhile, it sees what there is."""

ANSWER_SECONDS = 3.0
WORLD = "lightdeck"
SCRIPT = Path(__file__).with_name("elements.js").read_text(encoding="utf-8")


async def elements(stage: Stage) -> Sight | None:
    """None if the page cannot be looked at: it is held by a dialog, hangs, or is gone."""
    try:
        tree = await stage.call("Page.getFrameTree", seconds=ANSWER_SECONDS)
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD}
        world = await stage.call("Page.createIsolatedWorld", frame, seconds=ANSWER_SECONDS)
        for milliseconds in LOOKS_MS:
            asked = {
                "expression": f"({SCRIPT})({MOST_NODES}, {milliseconds})",
                "contextId": world["executionContextId"],
                "returnByValue": True,
                "silent": True,
            }
            answer = await stage.call("Runtime.evaluate", asked, seconds=ANSWER_SECONDS)
            found = answer["result"].get("value")
            if not isinstance(found, dict):
                return None
            if not found["late"]:
                break
    except CdpError:
        return None
    return _sight(found)


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
