"""uvicorn's websocket, with a short way for frames and acknowledgements.

ASGI costs a queue, two epoll changes and a task switch for every message in, and three copies for every frame out; for
a screen those are most of the bill (`docs/benchmarks.md`). So this subclass hands a message to a callback as it is
read, and writes a frame to the transport as it is given. A socket asks for it through
`scope["extensions"]["lightdeck.direct"]`; a server that does not offer it (Daphne) is spoken to in plain ASGI by the
same code. Source: uvicorn 0.54's `websockets_sansio_impl`, which is pinned for this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN
from websockets.speedups import apply_mask

EXTENSION = "lightdeck.direct"

#: First bytes of unfragmented frames, and of one masked by a browser.
_TEXT, _BINARY, _MASKED = 0x81, 0x82, 0x80
#: Lengths up to this stand in the second byte; the mask's four bytes follow it.
_SHORT, _MASK_END = 125, 6
#: The kernel's buffer is full and this much waits here: the socket stops being ready. Bytes.
HIGH_WATER = 65_536


class DirectWebSocket(WebSocketsSansIOProtocol):
    """`on_text(text)` gets each text message once set; `on_writable()` runs when the transport drains after
    `writable_now` was False."""

    on_text: Callable[[str | None], None] | None = None
    on_writable: Callable[[], None] | None = None
    on_lost: Callable[[], None] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._boundary = Boundary()

    @property
    def writable_now(self) -> bool:
        """Whether what is written now leaves at once."""
        return self.writable.is_set()

    @property
    def waiting_bytes(self) -> int:
        """How much has been written and not yet left."""
        return self.transport.get_write_buffer_size()

    def write(self, first: int, *parts: bytes) -> bool:
        """Write one whole message as one frame; False once the connection is closing."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        length = sum(map(len, parts))
        if length <= _SHORT:
            head = bytes((first, length))
        elif length < 65_536:
            head = bytes((first, 126)) + length.to_bytes(2, "big")
        else:
            head = bytes((first, 127)) + length.to_bytes(8, "big")
        self.transport.write(b"".join((head, *parts)))
        return True

    def write_text(self, text: str) -> bool:
        """Write one text message."""
        return self.write(_TEXT, text.encode())

    def write_bytes(self, *parts: bytes) -> bool:
        """Write one binary message made of `parts`."""
        return self.write(_BINARY, *parts)

    def hand_over(self, on_text: Callable[[str | None], None]) -> None:
        """From now on every message goes to `on_text`, those first that came before; a binary one is None."""
        kept = []
        while not self.queue.empty():
            event = self.queue.get_nowait()
            if event["type"] == "websocket.receive":
                on_text(event.get("text"))
            else:
                kept.append(event)
        for event in kept:
            self.queue.put_nowait(event)
        self.on_text = on_text
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    # What uvicorn calls

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.transport.set_write_buffer_limits(HIGH_WATER)
            extensions = cast("dict[str, Any]", self.scope.setdefault("extensions", {}))
            extensions[EXTENSION] = self

    def data_received(self, data: bytes) -> None:
        if self.on_text is not None and (texts := self._short_texts(data)) is not None:
            for text in texts:
                self.on_text(text)
            return
        if self.handshake_complete:
            self._boundary.walk(data)
        super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        """A long message, a fragmented or a binary one, whole in `frames`."""
        if self.on_text is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        try:
            text = b"".join(self.frames).decode() if self.curr_msg_data_type == "text" else None
        except UnicodeDecodeError:
            super().send_receive_event_to_app()
            return
        self.frames = []
        self.on_text(text)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.on_lost is not None:
            self.on_lost()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_writable is not None:
            self.on_writable()

    def _short_texts(self, data: bytes) -> list[str] | None:
        """The texts of a read that holds nothing but short, whole text messages, as nearly all of a browser's do."""
        if not self._boundary.reached or self.conn.state is not OPEN or self.conn.current_size is not None:
            return None
        texts, at, end = [], 0, len(data)
        while at < end:
            start = at + _MASK_END
            if start > end or data[at] != _TEXT or not _MASKED <= data[at + 1] <= _MASKED + _SHORT:
                return None
            stop = start + data[at + 1] - _MASKED
            if stop > end:
                return None
            try:
                texts.append(apply_mask(data[start:stop], data[at + 2 : start]).decode())
            except UnicodeDecodeError:
                return None
            at = stop
        return texts


class Boundary:
    """Whether the bytes read so far end between two frames. Only there may a read be taken for a frame of its own: the
    middle of a long message can look like one."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._payload = 0

    @property
    def reached(self) -> bool:
        """The next byte begins a frame."""
        return not self._head and not self._payload

    def walk(self, data: bytes) -> None:
        """Follow the frames' lengths through `data`."""
        at = 0
        while at < len(data):
            if self._payload:
                step = min(self._payload, len(data) - at)
                self._payload -= step
                at += step
                continue
            self._head.append(data[at])
            at += 1
            if (length := _payload_length(self._head)) is not None:
                self._payload = length
                self._head.clear()


def _payload_length(head: bytearray) -> int | None:
    """The payload's length once the whole header is there, the mask included."""
    if len(head) < 2:
        return None
    short = head[1] & 127
    extra = {126: 2, 127: 8}.get(short, 0)
    if len(head) < 2 + extra + (4 if head[1] & _MASKED else 0):
        return None
    return int.from_bytes(head[2 : 2 + extra], "big") if extra else short
