"""A driver's input on its way upstream: lossless and in order; only adjacent pointer moves merge.

Immediately before each write the lease and the view are checked: an item of an old epoch or aimed at an old picture is
refused by name, except that letting go of what is pressed is always let through.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from computers.relay.hands import Hands
from computers.relay.held import Held, name_of, presses_what_is_noted
from computers.upstream.errors import UpstreamError
from computers.wire.screen import Input, Key, Pointer

logger = logging.getLogger(__name__)

#: Items that may wait for a slow computer; more are refused by name. What lets go has room beyond that, or a press that
#: still waits would never be released.
WAITING_LIMIT = 1000
RELEASES_LIMIT = 2000
#: A key that has been down for so long is noted too, seconds: longer than anybody types.
LASTING = 0.3

Refuse = Callable[[str, str], None]

SENTENCES = {
    "stale_lease": "You are not driving this computer any more.",
    "stale_view": "The picture has changed since; that input was not sent.",
    "closed_dialog": "That dialog is no longer open.",
    "busy": "This computer takes input too slowly; some was not sent.",
    "not_connected": "This computer is not connected right now; that input was not sent.",
    "not_noted": "The database did not answer; that input was not sent.",
}


class Outbox:
    """`may_send` and `view` are asked before each write; `hands` is where input goes now; `note` writes down what is
    pressed, or is about to be, and says whether it may be; `refuse(code, sentence)` tells the driver; `on_sent` hears
    of every item that went upstream, in order."""

    def __init__(
        self,
        *,
        may_send: Callable[[], bool],
        view: Callable[[], int],
        hands: Callable[[], Awaitable[Hands]],
        note: Callable[[dict[str, Any]], Awaitable[bool]],
        refuse: Refuse,
        on_sent: Callable[[Input], None] = lambda _item: None,
    ) -> None:
        self._on_sent = on_sent
        self._may_send, self._view, self._hands, self._note, self._refuse = (
            may_send,
            view,
            hands,
            note,
            refuse,
        )
        self._items: deque[Input] = deque()
        self._wake = asyncio.Event()
        #: What the row says; None while that is being written, and unknown if it was broken off.
        self._noted: dict[str, Any] | None = {}
        self._noting = asyncio.Lock()
        #: +1 whenever everything is let go of: an item from before, however far it has come, is not sent after.
        self._round = 0
        self._last_hands: Hands | None = None
        self.held = Held()
        self._lasting: dict[str, asyncio.TimerHandle] = {}
        #: Let go of where nobody looks any more: when its own release comes, there is nothing left to do.
        self._left = Held()

    def put(self, item: Input) -> None:
        """Queue one item; a move directly behind another one for the same picture replaces it."""
        last = self._items[-1] if self._items else None
        if _is_move(item) and _is_move(last) and _same_aim(item, last):
            self._items[-1] = item
        elif len(self._items) < (RELEASES_LIMIT if _lets_go(item) else WAITING_LIMIT):
            self._items.append(item)
        else:
            self._say("busy")
        self._wake.set()

    async def run(self) -> None:
        """Send what is queued, for ever."""
        while True:
            if not self._items:
                await self._note_what_is_held()
                await self._wake.wait()
            self._wake.clear()
            while self._items:
                await self._send_first()

    async def release_everything(self) -> None:
        """Drop what waits and let go of all that is pressed, if this process may still send."""
        self._round += 1
        self._items.clear()
        hands = self._last_hands
        if hands is None or not hands.open:
            try:
                hands = await self._hands()
            except UpstreamError:
                return
        self._release_into(hands)
        # If the epoch is over this writes nothing, and whoever drives next releases the same once more.
        await self._note_what_is_held()

    async def leave_tab(self) -> None:
        """Another tab is shown from now on: let go, in the one before, of what is pressed there. Waiting for the next
        item would be too late: a tab that nobody watches is soon left, and its hands with it."""
        last = self._last_hands
        if last is None or not last.open:
            return
        self._left = self.held.copy()
        self._release_into(last)
        await self._note_what_is_held()

    def _release_into(self, hands: Hands) -> None:
        for item in self.held.releases():
            if self._may_send():
                self._put(hands, item)
        hands.rest()

    async def _send_first(self) -> None:
        this_round = self._round
        try:
            hands = await self._hands()
            if this_round == self._round:
                # While there is no room the first item stays in the queue, so that moves go on merging into it.
                await hands.room(self._items[0])
        except UpstreamError:
            if this_round == self._round:
                self._items.popleft()
                self._say("not_connected")
            return
        if this_round != self._round:
            return
        item = self._items.popleft()
        if self._left.is_release_of_held(item) and not self.held.is_release_of_held(item):
            self._left.apply(item)
            return
        if self._is_welcome(item) and await self._noted_first(item) and this_round == self._round:
            last, self._last_hands = self._last_hands, hands
            if last is not None and last is not hands and last.open and self._moved_from(last, item):
                return
            self._put(hands, item)

    def _put(self, hands: Hands, item: Input) -> None:
        hands.put(item, self._may_send)
        self.held.apply(item)
        if isinstance(item, Key):
            self._time(name_of(item))
        self._on_sent(item)

    def _time(self, name: str) -> None:
        """From a key's press to its release."""
        if name not in self.held.keys:
            if running := self._lasting.pop(name, None):
                running.cancel()
        elif name not in self._lasting:
            self._lasting[name] = asyncio.get_running_loop().call_later(LASTING, self._lasts, name)

    def _lasts(self, name: str) -> None:
        self.held.lasts(name)
        self._wake.set()

    def _moved_from(self, last: Hands, item: Input) -> bool:
        """Input goes into another tab from now on: let go, in the one before, of what is pressed there. True if that
        was all that `item` wanted. (Over a new connection to the same tab, what is pressed stays pressed.)"""
        wanted_only_that = self.held.is_release_of_held(item)
        self._release_into(last)
        return wanted_only_that

    def _is_welcome(self, item: Input) -> bool:
        if not self._may_send():
            self._say("stale_lease")
            return False
        if item.view != self._view() and not self.held.is_release_of_held(item):
            self._say("stale_view")
            return False
        return True

    async def _noted_first(self, item: Input) -> bool:
        if not presses_what_is_noted(item):
            return True
        ahead = self.held.copy()
        ahead.apply(item)
        if refusal := await self._write(ahead.noted):
            self._say(refusal)
            return False
        # The write took time, and time is what a lease runs out of: ask again after it.
        return self._is_welcome(item)

    async def _note_what_is_held(self) -> None:
        if self._noted != self.held.noted():
            await self._write(self.held.noted)

    async def _write(self, noted: Callable[[], dict[str, Any]]) -> str:
        """Note what `noted` says when it is its turn: the row must end as the last of several writes. The code of the
        refusal, or empty."""
        async with self._noting:
            held, before, self._noted = noted(), self._noted, None
            try:
                written = await self._note(held)
            except Exception:
                logger.exception("What is held could not be noted.")
                return "not_noted"
            self._noted = held if written else before
            return "" if written else "stale_lease"

    def _say(self, code: str) -> None:
        self._refuse(code, SENTENCES[code])


def _is_move(item: Input | None) -> bool:
    return isinstance(item, Pointer) and item.action == "move"


def _lets_go(item: Input) -> bool:
    return isinstance(item, Pointer | Key) and item.action == "up"


def _same_aim(one: Input, other: Input | None) -> bool:
    return (
        isinstance(one, Pointer)
        and isinstance(other, Pointer)
        and (one.view, one.epoch, one.buttons) == (other.view, other.epoch, other.buttons)
    )
