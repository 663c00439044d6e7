"""New entries for open pages: rendered once for each batch and process, however many look.

A batch begins where the one before it in this process ended; a page that finds a number missing asks for what it has
not.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass

from computers.timeline import reader

logger = logging.getLogger(__name__)

#: Entries that are pushed; a page fetches more than that by itself.
PUSHED_LIMIT = 100
#: Computers whose newest batch is remembered; one more than that drops the one longest unused.
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """The entries numbered `first` to `last` as fragments; `html` is empty when the page must ask for them."""

    first: int
    last: int
    html: str


class Batches:
    """The newest batch of each computer that somebody here looks at."""

    def __init__(self) -> None:
        self._newest: OrderedDict[int, asyncio.Task[Batch]] = OrderedDict()
        self._last: dict[int, int] = {}

    async def at(self, computer_pk: int, last: int) -> Batch | None:
        """The batch that ends with `last`; None for news that is older than the newest batch."""
        task, known = self._newest.get(computer_pk), self._last.get(computer_pk)
        if known is None or last > known:
            # The first batch seen here begins with its own last entry: pages know from their numbers what they lack.
            task = asyncio.create_task(_render(computer_pk, last - 1 if known is None else known, last))
            self._remember(computer_pk, last, task)
        elif last < known or task is None or task.get_loop() is not asyncio.get_running_loop():
            return None
        # Shielded: the socket that asked first may close while others wait for the same.
        return await asyncio.shield(task)

    async def newest(self, computer_pk: int) -> Batch:
        """How far the timeline is, for a page that has just connected: what came before it listened, it asks for."""
        last = await reader.newest_number(computer_pk)
        self._last.setdefault(computer_pk, last)
        return Batch(last + 1, last, "")

    def _remember(self, computer_pk: int, last: int, task: asyncio.Task[Batch]) -> None:
        self._newest[computer_pk], self._last[computer_pk] = task, last
        self._newest.move_to_end(computer_pk)
        if len(self._newest) > REMEMBERED:
            forgotten, _ = self._newest.popitem(last=False)
            self._last.pop(forgotten, None)


async def _render(computer_pk: int, after: int, last: int) -> Batch:
    if last - after > PUSHED_LIMIT:
        return Batch(after + 1, last, "")
    try:
        return Batch(after + 1, last, await reader.rendered(computer_pk, after, last))
    except Exception:
        # A database that is away for a moment: the pages will ask for it.
        logger.exception("New entries of a timeline could not be read.")
        return Batch(after + 1, last, "")


#: This process's.
BATCHES = Batches()
