"""A computer kept alive: once, or for a while without anybody driving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from computers import records
from computers.actions.acted import acted
from computers.actions.allowed import admit, ended
from computers.models import Computer, Kind
from computers.relay.hub import HUB
from computers.upstream.errors import UpstreamError
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: A computer is held open this long at most without being asked for again: nothing forgotten lives for ever.
HOLD_LIMIT = timedelta(hours=2)


async def keep_alive(actor: Actor | None, computer: Computer) -> None:
    """Start the idle limit anew; the lifetime stays as it is. Without an actor, Lightdeck does it for a driver."""
    if actor is None:
        if computer.is_gone:
            raise ended(computer)
    else:
        await admit(actor, Action.KEEP_ALIVE, computer)
    async with acted(
        actor, Action.KEEP_ALIVE, computer, "kept it alive", kind=Kind.MACHINE, request={}
    ) as found:
        async with HUB.client(computer) as client:
            await client.keep_alive(computer.upstream_id)
            try:
                facts = await client.status(computer.upstream_id)
            except UpstreamError:
                # It was kept alive; the next listing tells until when.
                return
        if facts.idle_expires_at is not None:
            found["result"] = {"idle_expires_at": facts.idle_expires_at.isoformat()}
    await records.refresh(computer.pk, facts)


async def hold_open(actor: Actor, computer: Computer) -> None:
    """Keep it alive though nobody drives, until `HOLD_LIMIT` from now or until somebody lets go."""
    await admit(actor, Action.HOLD_OPEN, computer)
    await keep_alive(actor, computer)
    until = timezone.now() + HOLD_LIMIT
    async with acted(
        actor, Action.HOLD_OPEN, computer, "holds it open", kind=Kind.MACHINE, until=until.isoformat()
    ):
        await records.note_hold(computer.pk, actor.user.pk, until)


async def let_go(actor: Actor, computer: Computer) -> None:
    """End what `hold_open` began, whoever began it."""
    await admit(actor, Action.HOLD_OPEN, computer)
    if await standing(computer.pk) is None:
        return
    async with acted(actor, Action.HOLD_OPEN, computer, "let go of it", kind=Kind.MACHINE, until=""):
        await records.note_hold(computer.pk, None, None)


@dataclass(frozen=True, slots=True)
class Hold:
    """Who keeps a computer alive, and until when."""

    name: str
    until: datetime


@unit
def standing(pk: int) -> Hold | None:
    """The hold that is in force now, if there is one."""
    row = Computer.objects.select_related("held_open_by").filter(pk=pk).first()
    if row is None or row.held_open_until is None or not (name := row.held_by()):
        return None
    return Hold(name, row.held_open_until)
