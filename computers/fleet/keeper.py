"""The service that keeps a computer alive while somebody drives it, or has asked to hold it open; never an abandoned
one. Live input over DevTools may not count as use upstream, so a driver who types for an hour would lose it."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from computers import records, timeline
from computers.connections import client_of
from computers.models import Computer, Kind
from computers.upstream.errors import UpstreamError
from dashboard.background import Sweeper
from dashboard.database import unit

logger = logging.getLogger(__name__)

#: Between two looks, seconds.
LOOK_EVERY = 3.0
#: A computer is kept alive when its idle limit is nearer than this, at most once in `PAUSE`; nearer than `URGENT`, at
#: most once in `URGENT_PAUSE`: some idle limits are that short. Seconds.
NEAR, PAUSE = 150.0, 20.0
URGENT, URGENT_PAUSE = 20.0, 3.0
#: A driver not heard of for this long does not drive: the process that sends their input renews twice a second.
HEARD_WITHIN = 10.0
#: Kept alive again within this long is the same stretch, which is told once.
STRETCH = 600.0


class Keeper(Sweeper):
    """Run any number of these: each computer is kept alive by the one whose UPDATE finds it due."""

    every = LOOK_EVERY

    async def sweep(self) -> None:
        """Look once. Computers are kept alive side by side: an upstream that does not answer delays only its own."""
        await asyncio.gather(*(_keep(computer) for computer in await claim_due()))


@unit
def claim_due() -> list[Computer]:
    """Those whose idle limit is near and that somebody drives or holds open, now claimed by this call."""
    now = timezone.now()

    def ago(seconds: float) -> Q:
        return Q(kept_alive_at=None) | Q(kept_alive_at__lt=now - timedelta(seconds=seconds))

    wanted = Q(held_open_until__gt=now) | Q(
        lease__holder__isnull=False, lease__renewed_at__gt=now - timedelta(seconds=HEARD_WITHIN)
    )
    due = Q(idle_expires_at__lt=now + timedelta(seconds=NEAR)) & ago(PAUSE)
    urgent = Q(idle_expires_at__lt=now + timedelta(seconds=URGENT)) & ago(URGENT_PAUSE)
    # Nothing keeps it alive longer than its lifetime, so there the idle limit matters no more.
    sooner = Q(expires_at=None) | Q(idle_expires_at__lt=F("expires_at"))
    found = Computer.objects.live().filter(wanted, sooner, due | urgent)
    return [
        computer
        for computer in found.select_related("connection__team")
        if Computer.objects.filter(pk=computer.pk, kept_alive_at=computer.kept_alive_at).update(
            kept_alive_at=now
        )
    ]


async def _keep(computer: Computer) -> None:
    """Once, quietly: a stretch of it is one entry, written by whoever begins it."""
    try:
        async with client_of(computer.connection) as client:
            await client.keep_alive(computer.upstream_id)
            await records.refresh(computer.pk, await client.status(computer.upstream_id))
    except UpstreamError as error:
        logger.warning("%s could not be kept alive: %s", computer.public_id, error)
    except Exception:
        logger.exception("%s could not be kept alive.", computer.public_id)
    else:
        before = computer.kept_alive_at
        if before is None or timezone.now() - before > timedelta(seconds=STRETCH):
            entry = timeline.Entry(Kind.MACHINE, "Lightdeck keeps it alive while it is driven or held open")
            timeline.note(computer.pk, computer.public_id, entry)
