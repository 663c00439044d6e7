"""The service that ends abandoned leases and requests: a closed tab must not keep a computer from everybody else."""

from __future__ import annotations

import asyncio
import logging

from computers import leases, passing
from computers.actions import control
from dashboard.background import Sweeper

logger = logging.getLogger(__name__)

#: Between two looks, seconds; a lease lapses at most this much after its grace.
SWEEP_EVERY = 5.0


class LeaseSweeper(Sweeper):
    """Run any number of these: each lease is ended by one."""

    every = SWEEP_EVERY

    async def sweep(self) -> None:
        """Look once. Leases end side by side: an upstream that does not answer delays only its own."""
        ended = await asyncio.gather(*map(control.lapse, await leases.abandoned()), return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                logger.error("A lease could not be ended.", exc_info=error)
        for computer in await passing.ran_out():
            await control.announce(computer, await leases.standing(computer.pk))
