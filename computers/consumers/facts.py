"""Fragments as facts, rendered once for everybody who sees the same, however many pages are open."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from computers.fragments import CockpitFacts, Fact, cockpit_facts, wall_fact
from dashboard.permissions import Role

#: Renderings that are remembered; one more than that drops the one longest unused.
REMEMBERED = 1000


class Versioned(Protocol):
    """A rendering of a computer's row at one version."""

    @property
    def version(self) -> int:
        """The row's version."""


K = TypeVar("K")
V = TypeVar("V", bound=Versioned)


class Memory(Generic[K, V]):
    """Remembers renderings. One is true for its version for ever: what a page shows counts the version up."""

    def __init__(self, render: Callable[[K], Awaitable[V | None]]) -> None:
        self._render = render
        self._known: OrderedDict[K, V] = OrderedDict()
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, K], asyncio.Task[V | None]] = {}

    async def at(self, key: K, version: int) -> V | None:
        """The rendering at `version` or later; None for a computer that was deleted."""
        known = self._known.get(key)
        if known is None or known.version < version:
            known = await self._rendered(key)
        if known is not None and known.version < version:
            # Joined a rendering that had read the row before the news.
            known = await self._rendered(key)
        return known

    async def _rendered(self, key: K) -> V | None:
        place = (asyncio.get_running_loop(), key)
        task = self._under_way.get(place)
        if task is None:
            task = self._under_way[place] = asyncio.create_task(self._remember(key))
            task.add_done_callback(lambda _: self._under_way.pop(place, None))
        # Shielded: the socket that asked first may close while others wait for the same rendering.
        return await asyncio.shield(task)

    async def _remember(self, key: K) -> V | None:
        rendered = await self._render(key)
        if rendered is not None:
            self._known[key] = rendered
            self._known.move_to_end(key)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return rendered


async def _row(key: tuple[str, Role]) -> Fact | None:
    return await wall_fact(*key)


async def _cockpit(public_id: str) -> CockpitFacts | None:
    return await cockpit_facts(public_id)


#: This process's: the wall's rows by computer and role, and what the cockpit shows beside the picture by computer.
ROWS: Memory[tuple[str, Role], Fact] = Memory(_row)
COCKPITS: Memory[str, CockpitFacts] = Memory(_cockpit)
