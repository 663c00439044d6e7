"""An outbox with hands that only remember, and switches for everything it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from computers.relay.outbox import Outbox
from computers.upstream.errors import NoAnswer
from computers.wire.screen import Answer, Input
from tests.computers.relay.items import VIEW


class Notebook:
    """Hands that note what they are given; `room_for(0)` makes them busy."""

    def __init__(self, log: list[Any]) -> None:
        self.log, self.open, self.connected, self.rests = log, True, True, True
        self._room = asyncio.Event()
        self._room.set()

    def busy(self, busy: bool) -> None:
        self._room.clear() if busy else self._room.set()

    async def room(self, item: Input) -> None:
        await self._room.wait()
        if not self.connected:
            raise NoAnswer("gone")

    def put(self, item: Input, may_send: Callable[[], bool]) -> None:
        self.rests = False
        if may_send():
            self.log.append(item)

    def answer(self, answer: Answer, may_send: Callable[[], bool]) -> None:
        if may_send():
            self.log.append(answer)

    def rest(self) -> None:
        self.rests = True


class Desk:
    """The outbox under test and all around it. `log` has what was put and, as dicts, what was noted, in order."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.refused: list[str] = []
        self.lease, self.view, self.noting = True, VIEW, True
        self.hands = Notebook(self.log)
        self.note_gate = asyncio.Event()
        self.note_gate.set()
        self.outbox = Outbox(
            may_send=lambda: self.lease,
            view=lambda: self.view,
            hands=self._hands,
            note=self._note,
            refuse=lambda code, _sentence: self.refused.append(code),
        )
        self.task = asyncio.get_running_loop().create_task(self.outbox.run())

    @property
    def sent(self) -> list[Input]:
        return [entry for entry in self.log if not isinstance(entry, dict)]

    @property
    def noted(self) -> list[dict[str, Any]]:
        return [entry for entry in self.log if isinstance(entry, dict)]

    async def put(self, *items: Input) -> None:
        for item in items:
            self.outbox.put(item)
        await settle()

    async def _hands(self) -> Notebook:
        return self.hands

    async def _note(self, held: dict[str, Any]) -> bool:
        await self.note_gate.wait()
        if self.noting is None:
            raise RuntimeError("the database is away")
        if self.noting:
            self.log.append(held)
        return bool(self.noting)


async def settle() -> None:
    """Let everything that can happen now happen."""
    for _ in range(20):
        await asyncio.sleep(0)
