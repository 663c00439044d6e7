"""A call that acts for a while: control cannot change hands under it, and losing control breaks it off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied

from computers import leases, works
from computers.actions.allowed import permit
from computers.actions.refusal import Refused
from computers.models import Computer
from computers.upstream.errors import NoAnswer
from dashboard.permissions import Action, Actor

T = TypeVar("T")

BROKEN_OFF = (
    "Control ended before it was over, so it was broken off. The last step may have been carried out."
)


async def while_driving(
    actor: Actor, action: Action, computer: Computer, what: str, work: Coroutine[Any, Any, T]
) -> T:
    """What `work` returns. Meanwhile nobody takes control, and one such call runs at a time: `Refused` for a second.

    When the actor's lease or role is lost before it is over, `work` is cancelled and `NoAnswer` raised: its connection
    is closed, which is all that can be said upstream.
    """
    standing = await leases.standing(computer.pk)
    if not standing.held_by(actor) or not await works.begin_work(computer.pk, standing.epoch, what):
        work.close()
        raise Refused("Something else still runs on this computer: wait until it is over.", "working")
    task = asyncio.get_running_loop().create_task(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=works.WORK_RENEW)
            if not task.done() and not await _may_go_on(actor, action, computer, standing.epoch):
                raise NoAnswer(BROKEN_OFF)
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.shield(works.end_work(computer.pk))


async def _may_go_on(actor: Actor, action: Action, computer: Computer, epoch: int) -> bool:
    try:
        await permit(actor, action, computer.connection.team_id)
    except PermissionDenied:
        # The row still says that it works, until it has stopped.
        return False
    return await works.go_on_working(computer.pk, epoch)
