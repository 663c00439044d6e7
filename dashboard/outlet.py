"""The way out of a socket: ordered, never awaited by whoever writes.

A relay hands one frame to many sockets in a loop; if it awaited each of them, one slow viewer would slow everybody
(field notes: 30 frames/s became 3). So `write` starts the server's `send` at once, on the writer's own stack, and only
when the server makes it wait does a task carry on; while that lasts, `ready` is False and what comes is queued in
order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from dashboard.direct import EXTENSION, DirectWebSocket
from dashboard.in_order import InOrder

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

#: Messages that may wait for a slow socket before it is given up, frames not counted: those wait in their mailbox.
WAITING_LIMIT = 256
#: The same in bytes, where the transport itself keeps what waits: one frame and many texts.
WAITING_BYTES_LIMIT = 4 * 1024 * 1024


class Outlet(Protocol):
    """Writes websocket messages in order. `on_ready` runs each time the way out is free again after it was not."""

    on_ready: Callable[[], None] | None

    @property
    def ready(self) -> bool:
        """Whether a message written now leaves now."""

    def write_text(self, text: str) -> None:
        """Send one text message after everything written before."""

    def write_bytes(self, *parts: bytes) -> None:
        """Send the parts as one binary message after everything written before."""

    async def close(self) -> None:
        """Stop writing; what still waits is dropped."""


def outlet_for(scope: Message, send: Send, *, on_broken: Callable[[], None]) -> Outlet:
    """The shortest way out that this server offers.

    `on_broken` runs once when the browser is gone or too much waits for it; later writes are ignored.
    """
    direct = scope.get("extensions", {}).get(EXTENSION)
    return DirectOutlet(direct, on_broken) if direct is not None else AsgiOutlet(send, on_broken=on_broken)


class DirectOutlet:
    """The way out through our own websocket class: no message is built, copied or queued on the way."""

    def __init__(self, direct: DirectWebSocket, on_broken: Callable[[], None]) -> None:
        self._direct, self._on_broken = direct, on_broken
        self._broken = False
        self.on_ready: Callable[[], None] | None = None
        direct.on_writable = self._drained

    @property
    def ready(self) -> bool:
        return not self._broken and self._direct.writable_now

    def write_text(self, text: str) -> None:
        if self._broken:
            return
        if not self._direct.write_text(text) or self._direct.waiting_bytes > WAITING_BYTES_LIMIT:
            self._break()

    def write_bytes(self, *parts: bytes) -> None:
        if not self._broken and not self._direct.write_bytes(*parts):
            self._break()

    async def close(self) -> None:
        self._broken = True
        self._direct.on_writable = None

    def _drained(self) -> None:
        if not self._broken and self.on_ready is not None:
            self.on_ready()

    def _break(self) -> None:
        self._broken = True
        self._on_broken()


class AsgiOutlet:
    """Writes ASGI websocket messages in order. `on_ready` runs each time the queue has drained after waiting.

    `on_broken` runs once when the server refuses a message (the browser is gone) or too many wait; later writes are
    ignored.
    """

    def __init__(self, send: Send, *, on_broken: Callable[[], None]) -> None:
        self._messages = InOrder(send, limit=WAITING_LIMIT, on_broken=on_broken, on_idle=self._drained)
        self.on_ready: Callable[[], None] | None = None

    @property
    def ready(self) -> bool:
        """Whether a message written now leaves now."""
        return self._messages.idle

    def write_text(self, text: str) -> None:
        """Send one text message after everything written before."""
        self._messages.put({"type": "websocket.send", "text": text})

    def write_bytes(self, *parts: bytes) -> None:
        """Send the parts as one binary message after everything written before."""
        self._messages.put({"type": "websocket.send", "bytes": b"".join(parts)})

    async def close(self) -> None:
        """Stop writing; what still waits is dropped."""
        await self._messages.close()

    def _drained(self) -> None:
        if self.on_ready is not None:
            self.on_ready()
