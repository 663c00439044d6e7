"""One connection's listing, again and again: rows follow it, and only a computer's own 404 ends a computer."""

from __future__ import annotations

import asyncio
import logging
import random

from django.utils import timezone

from computers import records
from computers.fleet import claims
from computers.upstream import errors
from computers.upstream.client import Access, Client

logger = logging.getLogger(__name__)

#: Between two listings that went well, seconds, and the share of it that is random: dashboards must not march in step.
#: The longest wait leaves a moment of the two seconds within which every wall shows a change.
INTERVAL = 1.4
JITTER = 0.2
#: After a failure the wait doubles up to this, seconds.
BACKOFF_MOST = 60.0
#: After a refused key, seconds: ten refusals in ten minutes block our address (contract §1.1). A new key starts anew.
BAD_KEY_WAIT = 90.0
#: The longest wait that upstream's `Retry-After` may ask for, seconds.
RETRY_AFTER_MOST = 600.0
#: A whole listing may take this long, seconds, however slowly its bytes come.
LISTING_DEADLINE = 20.0
#: Missing computers asked for in one round; a list that is suddenly empty must not become a flood of questions.
MISSING_PER_ROUND = 20

NO_ANSWER = "The Lightcone service did not answer in time, or broke off."
FAILED_HERE = "The listing failed here; it has been logged."


class Poller:
    """Lists one connection until cancelled."""

    def __init__(self, connection_id: int, access: Access) -> None:
        self.connection_id, self.access = connection_id, access
        self._client = Client(access)
        self._wait = INTERVAL

    async def run(self) -> None:
        """List, wait, list. Ends only by cancellation."""
        try:
            while True:
                wait = await self.round()
                await asyncio.sleep(wait * random.uniform(1 - JITTER, 1 + JITTER))
        finally:
            await self._client.aclose()

    async def round(self) -> float:
        """One listing; returns how long to wait for the next, in seconds."""
        try:
            async with asyncio.timeout(LISTING_DEADLINE):
                await self._follow()
        except (errors.UpstreamError, TimeoutError) as error:
            return await self._failed(_sentence(error), _least_wait(error))
        except Exception:
            # Our own fault, or the database's: it must end neither this poller nor the others.
            logger.exception("Listing connection %s failed.", self.connection_id)
            return await self._failed(FAILED_HERE, 0.0)
        self._wait = INTERVAL
        return INTERVAL

    async def _follow(self) -> None:
        asked_at = timezone.now()
        listed = await self._client.list()
        missing = await records.follow(self.connection_id, listed, asked_at)
        for upstream_id in random.sample(missing, min(len(missing), MISSING_PER_ROUND)):
            await self._ask_for(upstream_id)
        await claims.note_listed(self.connection_id)

    async def _ask_for(self, upstream_id: str) -> None:
        """A list may be late or wrong; what the computer's own address says counts."""
        try:
            await self._client.get(upstream_id)
        except errors.Gone:
            await records.mark_gone(self.connection_id, upstream_id)

    async def _failed(self, sentence: str, least: float) -> float:
        self._wait = min(BACKOFF_MOST, self._wait * 2)
        try:
            await claims.note_trouble(self.connection_id, sentence)
        except Exception:
            logger.exception("The trouble of connection %s could not be noted.", self.connection_id)
        return max(self._wait, least)


def _sentence(error: Exception) -> str:
    match error:
        case TimeoutError():
            return NO_ANSWER
        case errors.Gone():
            return errors.NO_LIST
    return str(error)


def _least_wait(error: Exception) -> float:
    match error:
        case errors.Busy(retry_after=float(seconds)):
            return min(seconds, RETRY_AFTER_MOST)
        case errors.BadKey():
            return BAD_KEY_WAIT
    return 0.0
