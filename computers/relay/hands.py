"""Where input leaves for the computer: over DevTools, or as gestures over the action endpoints."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from computers.upstream.cdp import CdpConnection
from computers.upstream.client import Client
from computers.upstream.errors import ActionFailed, NoAnswer, UpstreamError
from computers.wire import cdp as wire
from computers.wire.gestures import Call, Gestures, merged
from computers.wire.screen import Answer, Input, Key, Pointer

logger = logging.getLogger(__name__)

#: Commands whose answers are awaited at most: beyond that a page is busy, and more would only pile up inside it.
COMMANDS_IN_FLIGHT = 64
#: Moves wait earlier, so that they merge here instead: a page that is busy wants the newest place, not the way there.
MOVES_IN_FLIGHT = 4
#: Action calls that may wait.
CALLS_WAITING = 100
#: How long a click waits to become a double click, seconds.
CLICK_WAIT = 0.25
#: Seconds to wait for room.
ROOM_TIMEOUT = 10.0


#: Asked once more at the very moment an item is written upstream: between `put` and that moment time passes, and time
#: is what a lease runs out of.
MaySend = Callable[[], bool]


class Hands(Protocol):
    """`room` waits until `item` may be put; `put` sends it, in order and without waiting."""

    @property
    def open(self) -> bool:
        """Whether what is put may still arrive."""

    async def room(self, item: Input) -> None:
        """Wait for room; `UpstreamError` when there is no computer to put it into."""

    def put(self, item: Input, may_send: MaySend) -> None:
        """Send one item, unless `may_send` says no when it is its turn."""

    def answer(self, answer: Answer, may_send: MaySend) -> None:
        """Answer the page's dialog. Not in line with the input: that waits for the page, and the page for this."""

    def rest(self) -> None:
        """Nobody drives through here for now: leave the page to whoever drives it elsewhere."""


class CdpHands:
    """Input over one DevTools session. HTML drag and drop is intercepted, or the browser would wait for a desktop's
    mouse; only while somebody drives through here, since of several who intercept Chromium tells one, the earliest.
    Whoever intercepted a drag must also end it: until then the page takes no pointer from anybody. `lost_drag`: a
    connection broke before it could."""

    def __init__(self, connection: CdpConnection, session: str, *, lost_drag: bool = False) -> None:
        self._connection, self._session = connection, session
        self._in_flight = 0
        self._room = asyncio.Event()
        self._drag: dict[str, Any] | None = None
        self._last: Pointer | None = None
        self._may_send: MaySend = lambda: False
        self._intercepts = False
        if lost_drag:
            connection.post(*wire.cancel_drag_command(), session)

    @property
    def dragging(self) -> bool:
        """Whether a drag of the page goes on."""
        return self._drag is not None

    @property
    def open(self) -> bool:
        """Whether the connection lives."""
        return not self._connection.closed.done()

    async def room(self, item: Input) -> None:
        """Wait while too many commands are unanswered; `NoAnswer` when none is answered for `ROOM_TIMEOUT`."""
        most = MOVES_IN_FLIGHT if isinstance(item, Pointer) and item.action == "move" else COMMANDS_IN_FLIGHT
        while self._in_flight >= most:
            self._room.clear()
            try:
                async with asyncio.timeout(ROOM_TIMEOUT):
                    await self._room.wait()
            except TimeoutError:
                raise NoAnswer("The computer takes no input.") from None
        if not self.open:
            raise NoAnswer("The connection to the computer broke.")

    def put(self, item: Input, may_send: MaySend) -> None:
        """Send one item as its DevTools commands."""
        self._may_send = may_send
        self._intercept(True)
        if isinstance(item, Pointer):
            self._last = item
            if self._drag is not None and item.action in {"move", "up"}:
                self._drag_on(item, self._drag)
                return
            self._post(wire.pointer_command(item))
        else:
            self._post(wire.key_command(item) if isinstance(item, Key) else wire.text_command(item))

    def answer(self, answer: Answer, may_send: MaySend) -> None:
        """Answer the page's dialog at once."""
        self._connection.post(*wire.answer_command(answer), self._session, may_send=may_send)

    def rest(self) -> None:
        """Intercept nothing until the next item is put."""
        self._intercept(False)

    def drag_intercepted(self, data: dict[str, Any]) -> None:
        """The page started a drag; from now on moves drag, and the release drops. The news may come late: the drag
        enters where the pointer is by now, and drops there if the button is up already."""
        if (last := self._last) is None:
            return
        self._drag = data
        self._post(wire.drag_command("dragEnter", last, data))
        if last.action == "up" or not last.buttons:
            self._drag_on(last, data, drop=True)

    def _intercept(self, wanted: bool) -> None:
        if wanted != self._intercepts:
            self._intercepts = wanted
            self._connection.post("Input.setInterceptDrags", {"enabled": wanted}, self._session)

    def _drag_on(self, item: Pointer, data: dict[str, Any], *, drop: bool = False) -> None:
        # A page decides over each place whether it takes the drop, so the last place is told before the drop.
        self._post(wire.drag_command("dragOver", item, data))
        if drop or item.action == "up":
            self._drag = None
            self._post(wire.drag_command("drop", item, data))

    def _post(self, command: wire.Command) -> None:
        self._in_flight += 1
        self._connection.post(*command, self._session, self._answered, self._may_send)

    def _answered(self, _message: dict[str, Any]) -> None:
        self._in_flight -= 1
        self._room.set()


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: Call
    may_send: MaySend


class RestHands:
    """Gestures over the action endpoints, one call after the other. `scale` says how many picture pixels a CSS pixel
    is.

    A failed call is raised by the next `room`, so that the driver is told. `on_answered` is awaited with the request
    id of each one that was answered.
    """

    def __init__(
        self,
        client: Client,
        computer_id: str,
        scale: Callable[[], float],
        on_answered: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._client, self._id, self._on_answered = client, computer_id, on_answered
        self._scale, self._gestures = scale, Gestures()
        self._calls: deque[_Waiting] = deque()
        self._may_send: MaySend = lambda: False
        self._wake, self._room = asyncio.Event(), asyncio.Event()
        self._trouble: UpstreamError | None = None
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def open(self) -> bool:
        """Calls need no connection of their own."""
        return True

    async def room(self, _item: Input) -> None:
        """Wait while many calls wait; raises what an earlier call failed with, once."""
        try:
            async with asyncio.timeout(ROOM_TIMEOUT):
                while len(self._calls) >= CALLS_WAITING:
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError:
            raise NoAnswer("The computer takes no input.") from None
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble

    def put(self, item: Input, may_send: MaySend) -> None:
        """Fold one item into the gesture under way, and queue the calls that completes."""
        self._may_send, self._gestures.scale = may_send, self._scale()
        self._queue(self._gestures.fold(item))
        self._wake.set()

    def answer(self, answer: Answer, may_send: MaySend) -> None:
        """The action endpoints know no dialogs, so none is ever shown here."""

    def rest(self) -> None:
        """The service's own pointer is everybody's."""

    async def close(self) -> None:
        """Stop calling."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _queue(self, calls: list[Call]) -> None:
        for call in calls:
            last = self._calls[-1] if self._calls else None
            together = (
                merged(last.call, call) if last is not None and last.may_send == self._may_send else None
            )
            if together is not None:
                self._calls.pop()
            self._calls.append(_Waiting(together or call, self._may_send))

    async def _run(self) -> None:
        while True:
            await self._wait()
            while self._calls:
                waiting = self._calls.popleft()
                self._room.set()
                if not waiting.may_send():
                    continue
                try:
                    await self._answered((await self._client.act(self._id, *waiting.call)).request_id)
                except ActionFailed as error:
                    self._trouble = error
                    await self._answered(error.request_id)
                except UpstreamError as error:
                    self._trouble = error

    async def _answered(self, request_id: str) -> None:
        if self._on_answered is not None:
            try:
                await self._on_answered(request_id)
            except Exception:
                logger.exception("A call of ours could not be remembered.")

    async def _wait(self) -> None:
        """Until there is something to do; a click that stays single is one."""
        self._wake.clear()
        try:
            async with asyncio.timeout(CLICK_WAIT if self._gestures.waits else None):
                await self._wake.wait()
        except TimeoutError:
            self._queue(self._gestures.flush())
