"""Whether a computer's workspace is full: looked at once for all its commands, and seldom if it takes long."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .watch import workspace_full

PATIENCE = 1.0
REST = 10
"""Times as long as the last look took is none begun."""

LOOKERS = ThreadPoolExecutor(2, "exec-room")


class Room:
    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._looking: asyncio.Task[str | None] | None = None
        self._full: str | None = None
        self._next = 0.0

    async def full(self, patience: float = 0.0) -> str | None:
        """Why, as of now or of the last look; `patience` is how long to wait for the next to be due."""
        if self._looking is None:
            wait = self._next - time.monotonic()
            if wait > 0:
                await asyncio.sleep(min(wait, patience))
                if wait > patience:
                    return self._full
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> str | None:
        try:
            loop = asyncio.get_running_loop()
            self._full, self._next = await loop.run_in_executor(LOOKERS, _timed, self.workspace)
            return self._full
        finally:
            self._looking = None


def _timed(workspace: Path) -> tuple[str | None, float]:
    begun = time.monotonic()
    full = workspace_full(workspace)
    ended = time.monotonic()
    return full, ended + REST * (ended - begun)
