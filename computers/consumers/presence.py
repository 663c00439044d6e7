"""Who looks at a computer, told between processes: each says who looks through it, again and again, and is believed
only for a while."""

from __future__ import annotations

import asyncio
from typing import Any

from computers.relay.audience import Audience, Listener, Person
from computers.relay.hub import PROCESS
from dashboard import live

#: The news' name; its payload is {process, people, ask}: whoever asks is answered by every other process.
NEWS = "audience"
#: Said again this often, seconds.
SAY_EVERY = 10.0


async def say(public_id: str, audience: Audience, *, ask: bool = False) -> None:
    """Who looks through this process."""
    people = [[each.name, each.id, each.may_drive] for each in audience.here]
    await live.publish(live.computer_group(public_id), NEWS, process=PROCESS, people=people, ask=ask)


async def keep_saying(public_id: str, audience: Audience, listener: Listener) -> None:
    """As long as `listener` is the one who speaks for this process."""
    while True:
        await asyncio.sleep(SAY_EVERY)
        if audience.speaks(listener):
            await say(public_id, audience)


async def heard(public_id: str, audience: Audience, listener: Listener, payload: dict[str, Any]) -> None:
    """What another process said; every socket of this one hears it, one is enough."""
    if payload["process"] == PROCESS or not audience.speaks(listener):
        return
    people = [Person(name, id, may_drive) for name, id, may_drive in payload["people"]]
    audience.heard(payload["process"], people, asyncio.get_running_loop().time())
    if payload["ask"]:
        await say(public_id, audience)
