"""The service that keeps the fleet: it claims connections and runs one poller for each that is ours."""

from __future__ import annotations

import asyncio
import logging
import secrets

from computers.fleet import claims
from computers.fleet.poller import Poller
from computers.upstream.client import Access

logger = logging.getLogger(__name__)

#: Claims are renewed, and new or changed connections found, this often, seconds.
SCAN_EVERY = 3.0


class Fleet:
    """Run any number of these in any number of processes: each connection is listed by one."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(8)
        self._pollers: dict[int, tuple[Access, asyncio.Task[None]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; the first listing comes at once."""
        self._task = asyncio.create_task(self._run(), name="fleet")

    async def stop(self) -> None:
        """End every poller and give up the claims."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._keep({})
        await claims.release(self._process)

    async def _run(self) -> None:
        while True:
            try:
                await self._keep(await claims.claim(self._process))
            except Exception:
                # A database that is away for a moment: the pollers go on trying, and so does this.
                logger.exception("The connections could not be read.")
            await asyncio.sleep(SCAN_EVERY)

    async def _keep(self, wanted: dict[int, Access]) -> None:
        """Make the pollers match `wanted`; a connection that points elsewhere now gets a new one."""
        ending = [
            id for id, (access, task) in self._pollers.items() if wanted.get(id) != access or task.done()
        ]
        for id in ending:
            self._pollers[id][1].cancel()
        await asyncio.gather(*(self._pollers[id][1] for id in ending), return_exceptions=True)
        for id in ending:
            del self._pollers[id]
        for id in wanted.keys() - self._pollers.keys():
            task = asyncio.create_task(Poller(id, wanted[id]).run(), name=f"fleet connection {id}")
            self._pollers[id] = (wanted[id], task)
