"""A question to a page, asked in a world of our own: its scripts neither see it nor can answer in its place."""

from __future__ import annotations

from computers.relay.session import Session

#: How long each step of a question may take, seconds.
ASK_TIMEOUT = 2.0
_WORLD = "lightdeck"


async def evaluate(session: Session, expression: str) -> str:
    """What the main frame says to `expression`, as a word; an odd answer is an empty one."""
    tree = await session.call("Page.getFrameTree", timeout=ASK_TIMEOUT)
    frame = tree.get("frameTree", {}).get("frame", {}).get("id")
    world = await session.call(
        "Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD}, ASK_TIMEOUT
    )
    asked = {
        "expression": expression,
        "contextId": world.get("executionContextId"),
        "returnByValue": True,
        "timeout": ASK_TIMEOUT * 1000,
    }
    answer = await session.call("Runtime.evaluate", asked, ASK_TIMEOUT)
    result = answer.get("result")
    return str(result.get("value")) if isinstance(result, dict) else ""
