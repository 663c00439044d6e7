"""Pictures that a client fetches by address: unguessable, without a key, for a limited time."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

LIFE_SECONDS = 3600.0
MOST_BYTES = 128 * 1024 * 1024

Beside = Callable[[], Coroutine[Any, Any, Any]]


class Shots:
    """The newest pictures, in memory. The oldest go when time or space runs out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self.look: Callable[[bytes, Beside], None] | None = None
        """Who keeps what was seen beside a picture."""

    def put(self, picture: bytes, beside: Beside | None = None) -> str:
        """`beside` looks at what the picture shows. Nobody waits for it here."""
        if self.look is not None and beside is not None:
            self.look(picture, beside)
        name = secrets.token_urlsafe(24)
        self._kept[name] = (self._clock() + LIFE_SECONDS, picture)
        self._bytes += len(picture)
        self._forget()
        return name

    def get(self, name: str) -> bytes | None:
        self._forget()
        found = self._kept.get(name)
        return found[1] if found else None

    def _forget(self) -> None:
        now = self._clock()
        while self._kept:
            name, (until, picture) = next(iter(self._kept.items()))
            if until > now and self._bytes <= MOST_BYTES:
                return
            del self._kept[name]
            self._bytes -= len(picture)
