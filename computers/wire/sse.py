"""Server-sent events, as bytes come: bounded, and forgiving where the official client is not (contract §3.6).

An id belongs to the frame that carries it and to no later one: whoever numbers by ids must not see one twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Longest frame that is kept, bytes: a screenshot as a data URL is the longest legitimate one.
FRAME_LIMIT = 8 * 1024 * 1024

_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Frame:
    """One event. `id` and `event` are empty where the frame has none; `dropped` counts bytes beyond the limit, and then
    `data` is only the beginning."""

    id: str
    event: str
    data: str
    dropped: int = 0


@dataclass(slots=True)
class _Open:
    """The frame whose end has not come yet."""

    id: str = ""
    event: str = ""
    data: list[bytes] = field(default_factory=list)
    size: int = 0
    dropped: int = 0


class Frames:
    """Fed with chunks as they come, in any sizes; gives whole frames. What has no data line is no event."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._open = _Open()
        self._overlong = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that end in this chunk."""
        found: list[Frame] = []
        # What waits has no end of a line in it, but for a CR that may have been half of one.
        searched = max(0, len(self._rest) - 1)
        self._rest += chunk
        start = 0
        for end in _LINE_END.finditer(self._rest, searched):
            if end.group() == b"\r" and end.end() == len(self._rest):
                # Perhaps the first half of CRLF.
                break
            if (frame := self._line(bytes(self._rest[start : end.start()]))) is not None:
                found.append(frame)
            start = end.end()
        del self._rest[:start]
        if len(self._rest) > FRAME_LIMIT:
            self._overlong += len(self._rest) - FRAME_LIMIT
            del self._rest[FRAME_LIMIT:]
        return found

    def end(self) -> list[Frame]:
        """The stream is over; a last frame that lacks its blank line counts."""
        found = [self._line(bytes(self._rest).rstrip(b"\r")), self._line(b"")]
        self._rest.clear()
        return [frame for frame in found if frame is not None]

    def _line(self, line: bytes) -> Frame | None:
        if not line:
            return self._whole()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"data":
                room = max(0, FRAME_LIMIT - self._open.size)
                self._open.data.append(value[:room])
                self._open.size += len(value[:room])
                self._open.dropped += len(value) - len(value[:room]) + self._overlong
                self._overlong = 0
            case b"id" if b"\0" not in value:
                self._open.id = value.decode("utf-8", "replace")
            case b"event":
                self._open.event = value.decode("utf-8", "replace")
        return None

    def _whole(self) -> Frame | None:
        done, self._open = self._open, _Open()
        if not done.data:
            return None
        data = b"\n".join(done.data).decode("utf-8", "replace")
        return Frame(done.id, done.event, data, done.dropped)
