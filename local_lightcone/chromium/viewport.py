from dataclasses import dataclass

from .cdp import Cdp


@dataclass(frozen=True, slots=True)
class Display:
    """A viewport in CSS pixels, and how many picture pixels one of them takes."""

    width: int = 1280
    height: int = 720
    scale: float = 1.0


async def window_of(cdp: Cdp, target_id: str) -> int:
    return int((await cdp.call("Browser.getWindowForTarget", {"targetId": target_id}))["windowId"])


async def show(cdp: Cdp, session: str, window: int, display: Display, *, alone: bool) -> None:
    """Gives a tab exactly this viewport. `session` must stay attached: a scale vanishes with it.

    Another tab in its window, a popup's opener, say, keeps its own size.
    """
    size = {"width": display.width, "height": display.height}
    if alone:
        # `--window-size` would count the window's frame in (measured: 1280x800 gave 1280x713).
        await cdp.call("Browser.setContentsSize", {"windowId": window, **size})
    if display.scale != 1 or not alone:
        metrics = {**size, "deviceScaleFactor": display.scale, "mobile": False}
        await cdp.call("Emulation.setDeviceMetricsOverride", metrics, session)
    else:
        await cdp.call("Emulation.clearDeviceMetricsOverride", session=session)
