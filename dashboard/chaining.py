"""The services that chain the audit log and forget what is old. Both stand outside every verb's transaction: whoever
acts waits for neither."""

from __future__ import annotations

import asyncio

from dashboard import audit, env
from dashboard.background import Sweeper
from dashboard.database import unit
from dashboard.models import AuditChain

#: Between two looks for rows without a place in the chain, and between two batches while there are more, seconds.
LOOK_EVERY, BREATH = 0.5, 0.01
#: Between two looks for rows that are too old, seconds.
PRUNE_EVERY = 900.0


class Appender(Sweeper):
    """Chains what was written. Run any number of these: of two that read the same end of a chain, one moves it."""

    every = LOOK_EVERY

    async def sweep(self) -> None:
        """Chain all there is. Between two batches others may write: on SQLite there is one lock for everybody."""
        more = True
        while more:
            more = await audit.chain_some() == audit.CHAIN_MOST
            await asyncio.sleep(BREATH)


class AuditSweeper(Sweeper):
    """Forgets rows that are older than LIGHTDECK_AUDIT_DAYS, if that is set. Run any number of these."""

    every = PRUNE_EVERY

    async def sweep(self) -> None:
        """Forget all whose time is over, of one team after the other."""
        days = env.audit_days()
        for team_id in await _teams() if days else []:
            more = True
            while more:
                more = await audit.prune(team_id, days) == audit.PRUNE_MOST
                await asyncio.sleep(BREATH)


@unit
def _teams() -> list[int]:
    return list(AuditChain.objects.values_list("team_id", flat=True))
