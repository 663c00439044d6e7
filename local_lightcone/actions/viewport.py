from typing import Any

from ..sessions.spec import checked_display
from .stage import Stage


async def viewport(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """Of one tab: others keep theirs."""
    scale = body.get("scale_factor")
    given = {"width": body.get("width"), "height": body.get("height"), "scale": 1 if scale is None else scale}
    names = {"width": "width", "height": "height", "scale": "scale_factor"}
    await stage.computer.tabs.resize(stage.tab, checked_display(given, names))
    return {}
