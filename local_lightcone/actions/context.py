"""What an action may bring back besides its own result: a picture of the page that it left, and where that stands."""

from dataclasses import dataclass
from typing import Any, Self

from ..bodies import flag, whole
from ..chromium.cdp import CdpError
from .stage import Stage

LONGEST_SETTLE_MS = 10_000
CONTEXT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wishes:
    include_context: bool = False
    screenshot_after: bool = False
    settle_ms: int = 0
    """How long the page is given after the action."""

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        return cls(
            flag(body, "include_context"),
            flag(body, "screenshot_after"),
            whole(body, "settle_ms", 0, LONGEST_SETTLE_MS),
        )


async def page_context(stage: Stage) -> dict[str, Any] | None:
    """Contract §2.3. None if the page cannot be asked: it is held by a dialog, or already gone."""
    tab, cdp = stage.tab, stage.computer.cdp
    try:
        info = (await cdp.call("Target.getTargetInfo", {"targetId": tab.target_id}))["targetInfo"]
        page = await cdp.call("Page.getLayoutMetrics", session=tab.session, seconds=CONTEXT_SECONDS)
    except CdpError:
        return None
    size, seen, display = page["cssContentSize"], page["cssVisualViewport"], tab.display
    return {
        "device_scale_factor": float(display.scale),
        "is_main_tab": stage.computer.tabs.is_main(tab),
        "page_height": round(size["height"]),
        "page_width": round(size["width"]),
        "scroll_x": float(seen["pageX"]),
        "scroll_y": float(seen["pageY"]),
        "tab_id": tab.target_id,
        "title": info["title"],
        "url": info["url"],
        "viewport_height": display.height,
        "viewport_width": display.width,
    }
