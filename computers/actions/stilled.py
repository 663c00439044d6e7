"""A driver's hands taken off a computer while the lease is still theirs: before an agent goes on there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from computers import leases
from computers.actions import pressed
from computers.actions.refusal import Refused
from computers.models import Computer
from computers.relay.hub import HUB
from computers.relay.lease import Driver

#: What is pressed is let go of within this long, or nobody can say that it was; seconds.
LET_GO_WITHIN, LOOK_EVERY = 4.0, 0.1


@asynccontextmanager
async def stilled(computer: Computer, epoch: int) -> AsyncIterator[None]:
    """Nothing is pressed, and nothing that anybody presses arrives, while the block runs; `Refused` where what is
    pressed cannot be let go of.

    This process takes the wheel under the holder's own epoch and sends nothing: the one that drove cannot send any
    more, whether it heard of it or not, and the lease stays fresh.
    """
    async with HUB.linked(computer) as link:
        driver = Driver(link, epoch, lambda: "", lambda: -1, lambda _code, _said: None, lambda: None)
        if not await driver.begin():
            raise Refused("Control was lost meanwhile.", "not_driving")
        try:
            if not await _let_go(computer):
                raise Refused("What is pressed there cannot be let go of just now.", "not_released")
            yield
        finally:
            await driver.end()


async def _let_go(computer: Computer) -> bool:
    deadline = asyncio.get_running_loop().time() + LET_GO_WITHIN
    while await leases.held_input(computer.pk):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return await pressed.let_go(computer)
