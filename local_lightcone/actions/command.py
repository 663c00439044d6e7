"""`debug`, deprecated upstream: a command's bounded output inside an ActionResult."""

import contextlib
from typing import Any

from ..bodies import whole
from ..exec.buffered import gathered
from ..exec.commands import Refusal
from ..exec.limits import KEPT_BYTES
from ..exec.order import read_order
from ..problems import bad_request
from .stage import ActionFailed, Stage

DEFAULT_OUTPUT_BYTES = 65536


async def debug(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """Its fields stand in the body, or in an object of their own as execute sends them (contract §2.5)."""
    asked = body.get("debug")
    if asked is None:
        asked = body
    if not isinstance(asked, dict):
        raise bad_request("debug must be an object.")
    order = read_order(asked)
    most = whole(asked, "max_output_length", DEFAULT_OUTPUT_BYTES, KEPT_BYTES)
    try:
        async with contextlib.aclosing(stage.computer.commands.run(order, stage.request_id)) as pieces:
            answer = await gathered(pieces, most)
    except Refusal as refusal:
        raise ActionFailed(f"{refusal.title}: {refusal.detail}") from None
    return {"debug_response": f"{answer['stdout']}{answer['stderr']}", **answer}
