"""What a driver types while a macro is recorded, kept only where the focus is known to be in no secret field.

The page is asked whenever the focus may have moved, and again during each burst of typing. A burst is kept only if the
answer was known before its first character, and if what was asked during it was answered the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from computers.timeline.words import MODIFIER_KEYS, typed_by
from computers.upstream.errors import UpstreamError
from computers.wire.screen import Answer, Input, Key, Text

#: Asks the page where its focus is: True for a secret field, False for another, None where it cannot be told.
AskFocus = Callable[[], Awaitable[bool | None]]

#: How long an answer may take, seconds; later ones count for nothing.
ANSWER_WITHIN = 3.0


class Guard:
    """One driver's, while a recording is on."""

    def __init__(self, ask: AskFocus) -> None:
        self._ask, self._task = ask, asyncio.get_running_loop().create_task(self._run())
        self._wanted = asyncio.Event()
        self._wanted.set()
        #: +1 whenever the focus may have moved: an answer about an earlier focus is worth nothing.
        self._focus = 0
        self._plain = False
        self._bursting = self._tainted = self._confirmed = False

    def sent(self, item: Input | Answer) -> None:
        """One item went upstream."""
        if _types(item):
            if not self._bursting:
                self._bursting, self._tainted, self._confirmed = True, not self._plain, False
            self._wanted.set()
        elif _moves_focus(item):
            self._focus += 1
            self._plain = False
            self._wanted.set()

    def keeps(self) -> bool:
        """Whether the burst that has just ended may be kept."""
        kept = self._bursting and self._confirmed and not self._tainted
        self._bursting = False
        return kept

    def close(self) -> None:
        """Ask no more."""
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            focus, during = self._focus, self._bursting
            plain = await self._is_plain()
            if focus != self._focus:
                continue
            self._plain = plain
            if self._bursting:
                self._tainted |= not plain
                self._confirmed |= during and plain

    async def _is_plain(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._ask() is False
        except (UpstreamError, TimeoutError):
            return False


def _types(item: Input | Answer) -> bool:
    return isinstance(item, Text) or (
        isinstance(item, Key) and item.action == "down" and bool(typed_by(item))
    )


def _moves_focus(item: Input | Answer) -> bool:
    if isinstance(item, Key):
        return item.action == "down" and item.key not in MODIFIER_KEYS
    return isinstance(item, Answer) or getattr(item, "action", "") in {"down", "up"}
