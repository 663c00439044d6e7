"""How much of a timeline is kept: the newest entries of each computer, and none that is too old."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from computers.models import TimelineCounter, TimelineEvent
from dashboard import env
from dashboard.background import Sweeper
from dashboard.database import unit

#: Between two looks, seconds.
SWEEP_EVERY = 900.0
#: Entries that one unit of work deletes: whoever writes waits for it.
SWEEP_MOST = 500


class TimelineSweeper(Sweeper):
    """The service that forgets old entries. Run any number of these: what one deleted, another does not find."""

    every = SWEEP_EVERY

    async def sweep(self) -> None:
        """Forget all whose time is over, of one computer after the other."""
        days, most = env.timeline_days(), env.timeline_entries()
        for computer_pk in await _computers():
            while await forget_old(computer_pk, days, most) == SWEEP_MOST:
                pass


@unit
def _computers() -> list[int]:
    return list(TimelineCounter.objects.values_list("computer_id", flat=True))


@unit
def forget_old(computer_pk: int, days: int, most: int) -> int:
    """Delete some of the computer's oldest entries: those older than `days` (0: none is), and those beyond the newest
    `most`. How many. Numbers stay what they are, so whoever asks for what is after one misses nothing that is there."""
    counter = TimelineCounter.objects.filter(computer_id=computer_pk).first()
    if counter is None:
        return 0
    rows = TimelineEvent.objects.filter(computer_id=computer_pk)
    oldest = rows.order_by("number").values_list("number", "at")[:SWEEP_MOST]
    limit = timezone.now() - timedelta(days=days)
    past = [number for number, at in oldest if number <= counter.last - most or (days and at < limit)]
    # From the front, without holes: entries are numbered nearly in the order of their times.
    return rows.filter(number__lte=max(past)).delete()[1].get("computers.TimelineEvent", 0) if past else 0
