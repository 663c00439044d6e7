"""The elements of recent pictures, found again by the picture's own bytes."""

import asyncio
import binascii
import hashlib
import re
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from ..shots import Shots
from .elements import Sight

LIFE_SECONDS = 600.0
MOST_SIGHTS = 400
MOST_UNDER_WAY = 32
MOST_ELEMENTS = 200_000
"""Of all sights together; an element takes about half a kilobyte."""

WAIT_SECONDS = 0.3
"""How long the model waits for elements that are still being looked at."""

_SHOT = re.compile(r"^(?:https?://[^/]+)?/shots/([\w-]+)\.jpeg$")
_DATA = re.compile(r"^data:image/[\w.+-]+;base64,", re.IGNORECASE)


def name_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


class Sights:
    """Each is kept for a time and within bounds; the oldest go first."""

    def __init__(self, shots: Shots, clock: Callable[[], float] = time.monotonic) -> None:
        self._shots, self._clock = shots, clock
        self._kept: OrderedDict[str, tuple[float, Sight]] = OrderedDict()
        self._elements = 0
        self._looking: dict[str, asyncio.Task[None]] = {}

    def look(self, picture: bytes, beside: Callable[[], Coroutine[Any, Any, Sight | None]]) -> None:
        """Keeps what a look at the page finds, and begins it. Nobody waits for it here."""
        if len(self._looking) >= MOST_UNDER_WAY:
            return
        name = name_of(picture)
        task = asyncio.create_task(self._keep(name, beside()))
        self._looking[name] = task
        task.add_done_callback(lambda done: self._looked(name, done))

    def put(self, name: str, sight: Sight) -> None:
        self._drop(name)
        self._kept[name] = (self._clock() + LIFE_SECONDS, sight)
        self._elements += len(sight.elements)
        self._forget()

    async def of(self, name: str | None) -> Sight | None:
        """The elements of a picture, if they are known in time."""
        if name is None:
            return None
        if task := self._looking.get(name):
            await asyncio.wait([task], timeout=WAIT_SECONDS)
        self._forget()
        found = self._kept.get(name)
        return found[1] if found else None

    def late(self, name: str | None) -> bool:
        """Whether a picture's elements are still being looked at."""
        return name in self._looking

    def identify(self, address: str) -> str | None:
        """The name of a picture of ours by its address, or of any that is given as a data URL. Nothing is fetched."""
        if (picture := self.shot(address)) is not None:
            return name_of(picture)
        if data := _DATA.match(address):
            try:
                return name_of(b64decode(address[data.end() :], validate=True))
            except (binascii.Error, ValueError):
                return None
        return None

    def shot(self, address: str) -> bytes | None:
        """A picture of ours by its address, whatever name of this server that begins with."""
        found = _SHOT.match(address)
        return self._shots.get(found[1]) if found else None

    async def close(self) -> None:
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, looking: Coroutine[Any, Any, Sight | None]) -> None:
        if sight := await looking:
            self.put(name, sight)

    def _looked(self, name: str, done: "asyncio.Task[None]") -> None:
        if self._looking.get(name) is done:
            del self._looking[name]

    def _drop(self, name: str) -> None:
        if found := self._kept.pop(name, None):
            self._elements -= len(found[1].elements)

    def _forget(self) -> None:
        now = self._clock()
        while self._kept:
            name, (until, _) = next(iter(self._kept.items()))
            if until > now and len(self._kept) <= MOST_SIGHTS and self._elements <= MOST_ELEMENTS:
                return
            self._drop(name)
