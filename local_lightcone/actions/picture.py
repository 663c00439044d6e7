from base64 import b64decode
from typing import Any

from ..bodies import flag
from .elements import elements
from .stage import Stage

QUALITY = 80


async def screenshot(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    wants_bytes = flag(body, "base64")
    flag(body, "from_shm")  # a desktop's; a browser always takes a new picture
    answer = await stage.look("Page.captureScreenshot", {"format": "jpeg", "quality": QUALITY})
    name = stage.shots.put(b64decode(answer["data"]), beside=lambda: elements(stage))
    result = {"screenshot_url": f"{stage.base_url}shots/{name}.jpeg"}
    if wants_bytes:
        result["screenshot_base64"] = answer["data"]
    return result


async def html(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """Asked of the DOM, not of the page's scripts, which could answer what they like."""
    flag(body, "auto_detect_encoding")  # the DOM is text already
    document = await stage.look("DOM.getDocument", {"depth": 0})
    answer = await stage.look("DOM.getOuterHTML", {"nodeId": document["root"]["nodeId"]})
    return {"html_content": answer["outerHTML"]}
