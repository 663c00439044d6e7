"""How much output is on its way to a page: bounded, so that neither side has to keep what the other cannot take."""

from __future__ import annotations

import asyncio
from collections import deque

#: Output that the page has not yet shown, bytes. At 100 ms there and back this is 5 MB/s.
WINDOW = 512 * 1024
#: One message of it, bytes: the window's grain.
PIECE_LIMIT = 32 * 1024
#: What a message counts at least, bytes: many tiny ones cost both sides more than their bytes say.
PIECE_COST = 4096
#: Sequence numbers wrap here; far fewer than half of them are ever on their way.
MODULUS = 1 << 32


class Flight:
    """Numbers pieces and knows which are still on their way. For one sender."""

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._pieces: deque[tuple[int, int]] = deque()
        self._landed = asyncio.Event()
        self._last = 0
        self.in_flight = 0

    async def room(self, size: int) -> int:
        """Wait until `size` bytes may leave; the number of the piece that they are."""
        cost = max(size, PIECE_COST)
        while self._pieces and self.in_flight + cost > self._window:
            self._landed.clear()
            await self._landed.wait()
        self._last = (self._last + 1) % MODULUS
        self._pieces.append((self._last, cost))
        self.in_flight += cost
        return self._last

    def seen(self, seq: int) -> None:
        """Everything up to `seq` has been shown. A number that is not on its way says nothing."""
        if all(number != seq for number, _ in self._pieces):
            return
        while self._pieces:
            number, cost = self._pieces.popleft()
            self.in_flight -= cost
            if number == seq:
                break
        self._landed.set()


def pieces(text: str) -> list[bytes]:
    """`text` as UTF-8 in messages of at most `PIECE_LIMIT` bytes, none of which ends inside a character."""
    data = text.encode("utf-8", "replace")
    found, start = [], 0
    while start < len(data):
        end = min(start + PIECE_LIMIT, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        found.append(data[start:end])
        start = end
    return found
