from typing import Any

from ..bodies import whole
from .stage import Stage

USUAL_MS = 1000
"""The upstream examples send `wait` without a time."""

LONGEST_MS = 50_000
"""The official client gives up reading after 60 s."""


async def wait(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    await stage.computer.cdp.pause(whole(body, "ms", USUAL_MS, LONGEST_MS) / 1000)
    return {}
