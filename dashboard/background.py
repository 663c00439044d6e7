"""Background services: asyncio work that belongs to no request.

They run inside the web process, or apart from it with `LIGHTDECK_BACKGROUND=off` and `manage.py background`.
Each claims its work in the database, so any number of processes may run them at once.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

logger = logging.getLogger(__name__)

#: How long all services together may take to stop, in seconds.
STOP_SECONDS = 8.0


class Service(Protocol):
    """One long-lived piece of work. `start` returns once it runs; `stop` ends and awaits all it started."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Sweeper(ABC):
    """A service that looks again and again, from its start to its stop. A look that fails is logged, and is no end."""

    #: Between two looks, seconds.
    every: float

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def sweep(self) -> None:
        """Look once."""

    async def start(self) -> None:
        """Begin; the first look comes at once."""
        self._task = asyncio.create_task(self._run(), name=type(self).__name__)

    async def stop(self) -> None:
        """End, in the middle of a look too."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:
                logger.exception("%s failed; it looks again in %s seconds.", type(self).__name__, self.every)
            await asyncio.sleep(self.every)


class Services:
    """The services of one process: started once, stopped once, whoever asks first."""

    def __init__(self, makers: list[Callable[[], Service]]) -> None:
        self._makers = makers
        self._running: list[Service] = []
        self._started: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start them all; a second caller waits for the first one's start, and tries again if that failed."""
        if self._started is None or (self._started.done() and self._started.exception()):
            self._started = asyncio.create_task(self._start(), name="background services start")
        await asyncio.shield(self._started)

    async def _start(self) -> None:
        for make in self._makers[len(self._running) :]:
            service = make()
            await service.start()
            self._running.append(service)

    async def stop(self) -> None:
        """Stop them in reverse; one that fails or hangs does not keep the others running."""
        running, self._running, self._started = self._running[::-1], [], None
        try:
            async with asyncio.timeout(STOP_SECONDS):
                for service in running:
                    try:
                        await service.stop()
                    except Exception:
                        logger.exception("%s did not stop cleanly", type(service).__name__)
        except TimeoutError:
            logger.error("Background services did not stop within %s seconds", STOP_SECONDS)
