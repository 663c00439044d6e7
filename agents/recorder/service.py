"""The service that records tasks: it claims them and runs one recording for each that is ours."""

from __future__ import annotations

import asyncio
import logging
import secrets

from agents import record
from agents.recorder import claims
from agents.recorder.recording import Recording
from dashboard import live

logger = logging.getLogger(__name__)

#: Claims are renewed, and tasks nobody records found, this often, seconds; a new task is told at once.
SCAN_EVERY = 1.5
#: After the news came away, it is listened for again, seconds.
LISTEN_AGAIN = 2.0


class Recorder:
    """Run any number of these in any number of processes: each task is recorded by one."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(8)
        self._recordings: dict[int, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = asyncio.Event()

    async def start(self) -> None:
        """Take up every unfinished task."""
        self._tasks = [
            asyncio.create_task(self._run(), name="recorder"),
            asyncio.create_task(self._hear(), name="recorder news"),
        ]

    async def stop(self) -> None:
        """End every recording and give up the claims: another process goes on where these stopped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keep(set())
        await claims.release(self._process)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                recorded = {pk for pk, task in self._recordings.items() if not task.done()}
                await self._keep(await claims.claim(self._process, recorded))
            except Exception:
                # A database that is away for a moment: the recordings go on trying, and so does this.
                logger.exception("The tasks to record could not be read.")
            try:
                async with asyncio.timeout(SCAN_EVERY):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _hear(self) -> None:
        while True:
            try:
                async with live.listen([live.RECORDERS]) as all_news:
                    async for news in all_news:
                        if news.kind == record.MADE:
                            self._woken.set()
            except Exception:
                logger.exception("The recorder does not hear of new tasks, and finds them a moment later.")
            await asyncio.sleep(LISTEN_AGAIN)

    async def _keep(self, wanted: set[int]) -> None:
        """Make the recordings match `wanted`; one that ended by itself is begun again if its task is still ours."""
        ending = [pk for pk, task in self._recordings.items() if pk not in wanted or task.done()]
        for pk in ending:
            self._recordings[pk].cancel()
        await asyncio.gather(*(self._recordings[pk] for pk in ending), return_exceptions=True)
        for pk in ending:
            del self._recordings[pk]
        for pk in wanted - self._recordings.keys():
            recording = Recording(pk, self._process)
            self._recordings[pk] = asyncio.create_task(recording.run(), name=f"recording of task {pk}")
