"""The service that finds tasks which a person left in the middle: a taking over or handing back whose process died, a
driver who fell silent or let go without handing back. Such a task needs a human, and says so."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agents import record
from agents.models import Task
from agents.record import Noted
from agents.states import State
from computers import leases, turns
from computers.actions import control
from computers.models import Computer
from computers.timeline import tidy
from computers.turns import HANDING_BACK, TAKING_OVER, Left
from dashboard.background import Sweeper
from dashboard.database import atomic_unit, unit

#: Between two looks, seconds.
LOOK_EVERY = 2.0

#: What happened, for the person who finds the task.
WHY = {
    TAKING_OVER: "{name} began to take over and the server stopped in the middle; it may be paused",
    HANDING_BACK: "{name} began to hand back and the server stopped in the middle; it may still be paused",
    "lapsed": "{name} took control, fell silent and drives no more; it is still paused",
    "released": "{name} released control without handing back; it is still paused",
}


class Stranded(Sweeper):
    """Run any number of these: each is found by one."""

    every = LOOK_EVERY

    async def sweep(self) -> None:
        """Look once."""
        for left in await turns.unfinished():
            await _see_to(left)


async def _see_to(left: Left) -> None:
    task = await _task_on(left.computer_pk)
    if task is None or not _is_stranded(task, left):
        await _claim(left)
        return
    why = WHY[left.how].format(name=left.name or "The driver")

    def also(_task: Task) -> None:
        if not turns.claim(left):
            raise turns.Lost

    try:
        await record.note(
            task.pk, Noted("notice", f"{why}.", True), also, taken_by_id=None, **_needs_human(why)
        )
    except turns.Lost:
        # Another process was quicker.
        return
    if left.how in (TAKING_OVER, HANDING_BACK):
        computer = await _computer(left.computer_pk)
        await control.announce(computer, await leases.standing(computer.pk))


def _is_stranded(task: Task, left: Left) -> bool:
    """Whoever began to take over or to hand back may have paused it; of a driver who went, only a paused task is left
    behind."""
    return (
        left.how in (TAKING_OVER, HANDING_BACK) or task.state == State.PAUSED or task.taken_by_id is not None
    )


def _needs_human(why: str) -> dict[str, Any]:
    return {
        "needs_human_since": timezone.now(),
        "needs_human_why": tidy.line(why, 300),
        "claimed_by_id": None,
    }


@unit
def _task_on(computer_pk: int) -> Task | None:
    return Task.objects.unfinished().filter(computer_id=computer_pk).order_by("-pk").first()


@unit
def _computer(pk: int) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=pk)


_claim = atomic_unit(turns.claim)
