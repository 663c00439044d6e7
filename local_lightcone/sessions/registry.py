import asyncio
import logging
from typing import Any

from ..problems import limit_reached, session_not_found, stopping
from .computer import Computer, Workshop
from .spec import Spec

log = logging.getLogger(__name__)


class Registry:
    """Every computer of this server, each watched until its time is up or its browser ends."""

    def __init__(self, workshop: Workshop, max_computers: int) -> None:
        self._workshop, self._max = workshop, max_computers
        self._live: dict[str, Computer] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._starting: set[asyncio.Task[Computer]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def create(self, spec: Spec) -> Computer:
        if self._closed:
            raise stopping()
        if len(self._live) + len(self._starting) >= self._max:
            raise limit_reached()
        start = asyncio.create_task(Computer.start(spec, self._workshop))
        self._starting.add(start)
        try:
            computer = await start
        finally:
            self._starting.discard(start)
        self._live[computer.id] = computer
        self._watchers[computer.id] = asyncio.create_task(self._watch(computer))
        return computer

    def all(self) -> list[Computer]:
        return list(self._live.values())

    async def saved(self) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._workshop.saved.all)

    def find(self, computer_id: str) -> Computer:
        try:
            return self._live[computer_id]
        except KeyError:
            raise session_not_found() from None

    async def terminate(self, computer_id: str) -> None:
        """Ends a computer and everything it left. From the first moment on it is not found any more."""
        computer = self.find(computer_id)
        del self._live[computer.id]
        watcher = self._watchers.pop(computer.id)
        if watcher is not asyncio.current_task():
            watcher.cancel()
        ending = asyncio.create_task(computer.close())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.shield(ending)

    async def close(self) -> None:
        self._closed = True
        for start in self._starting:
            start.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(self.terminate(id) for id in self._live), return_exceptions=True)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _watch(self, computer: Computer) -> None:
        ended = asyncio.ensure_future(computer.chromium.process.wait())
        try:
            while (left := computer.clock.seconds_left()) > 0 and not ended.done():
                await asyncio.wait([ended], timeout=left)
        finally:
            ended.cancel()
        if ended.done():
            log.warning("%s lost its browser, %s", computer.id, await computer.chromium.last_words())
        await self.terminate(computer.id)
