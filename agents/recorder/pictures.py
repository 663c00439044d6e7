"""Pictures of steps, copied while the next steps already come: one after the other, in their order."""

from __future__ import annotations

import asyncio
import logging

from agents import record
from agents.models import Task
from agents.recorder import claims
from computers import captures
from computers.models import Capture, Computer
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from computers.upstream.pictures import fetched
from computers.wire.results import read_picture
from dashboard.database import unit

logger = logging.getLogger(__name__)

#: One picture may take this long, seconds, however slowly its bytes come.
PICTURE_DEADLINE = 40.0
#: How long the end of a task waits for its last pictures, seconds.
LAST_PICTURES = 60.0
#: A picture waits this long for its computer to become known, seconds.
COMPUTER_WITHIN, LOOK_EVERY = 10.0, 0.25


class Pictures:
    """One recording's. `wake` says that there may be new ones; what is pending stands in the rows."""

    def __init__(self, pk: int, client: Client) -> None:
        self._pk, self._client = pk, client
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        self._given_up: set[int] = set()

    def wake(self) -> None:
        """Look for pending pictures."""
        self._idle.clear()
        self._woken.set()

    async def run(self) -> None:
        """Copy until cancelled."""
        while True:
            self._woken.clear()
            try:
                while pending := [
                    each for each in await claims.pending_pictures(self._pk) if each[0] not in self._given_up
                ]:
                    for step, url in pending:
                        await self._copy(step, url)
            except Exception:
                logger.exception("The pictures of a task could not be copied.")
            if not self._woken.is_set():
                self._idle.set()
            await self._woken.wait()

    async def finished(self) -> None:
        """Wait for the last ones, but not for ever."""
        try:
            async with asyncio.timeout(LAST_PICTURES):
                await self._idle.wait()
        except TimeoutError:
            logger.warning("The last pictures of a task were not copied in time.")

    async def _copy(self, step: int, url: str) -> None:
        capture, trouble = None, ""
        try:
            async with asyncio.timeout(PICTURE_DEADLINE):
                capture = await self._kept(url)
        except UpstreamError as error:
            trouble = str(error)
        except TimeoutError:
            trouble = "The picture did not come in time."
        except _NoComputerError:
            trouble = "It is not known which computer this shows."
        try:
            await record.picture_copied(step, capture.pk if capture else None, trouble)
        except Exception:
            # Once more would be the same: the row, or its task, is gone.
            self._given_up.add(step)
            logger.exception("A picture could not be noted.")

    async def _kept(self, url: str) -> Capture:
        picture = read_picture({"screenshot_url" if not url.startswith("data:") else "image": url})
        if picture is None:
            raise UpstreamError("The Lightcone service sent no picture that can be read.")
        content = await fetched(self._client, picture)
        computer = await self._computer()
        return await captures.keep(computer, Capture.Kind.SCREENSHOT, content, None)

    async def _computer(self) -> Computer:
        try:
            async with asyncio.timeout(COMPUTER_WITHIN):
                while True:
                    if (computer := await _computer_of(self._pk)) is not None:
                        return computer
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            raise _NoComputerError from None


class _NoComputerError(Exception):
    pass


@unit
def _computer_of(pk: int) -> Computer | None:
    task = Task.objects.select_related("computer").filter(pk=pk).first()
    if task is None:
        raise _NoComputerError
    return task.computer
