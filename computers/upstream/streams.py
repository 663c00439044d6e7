"""The screencast over SSE: pixels for computers that offer no DevTools socket. Source: contract §3.5."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
import pybase64

from computers.upstream.client import Client
from computers.upstream.sse import sse
from computers.upstream.verbs import path_of
from computers.wire import jpeg

logger = logging.getLogger(__name__)

#: Upstream sends a heartbeat every 30 s; silence this long means that it stopped answering. Seconds.
SILENCE_LIMIT = 45.0
#: What is believed of upstream's numbers: a side of the viewport that the frame's header can say (CSS pixels), and
#: seconds since the epoch.
SIZES = (1.0, 65_535.0)
TIMES = (0.0, 1e12)


@dataclass(frozen=True, slots=True)
class StreamFrame:
    """One picture of the stream. `captured_at` in ms since the epoch, 0 if upstream gave none; size in CSS pixels.

    `scale` is how many picture pixels one CSS pixel takes: the action endpoints want picture pixels.
    """

    payload: bytes
    captured_at: float
    width: int
    height: int
    scale: float


async def screencast(client: Client, id: str) -> AsyncGenerator[StreamFrame, None]:
    """The pictures of one computer, each decoded once. Ends when upstream ends the stream; raises `UpstreamError`
    otherwise.

    A broken or unknown event is skipped. `NoAnswer` after `SILENCE_LIMIT` without a byte.
    """
    async with aclosing(sse(client, path_of(id, "screencast"), SILENCE_LIMIT)) as events:
        async for event in events:
            frame = read_event(event.event, event.data)
            if frame is not None:
                yield frame


def read_event(name: str, data: str) -> StreamFrame | None:
    """The picture of one event, or None: other events (a desktop's), broken JSON, half a frame."""
    if name not in {"", "message"}:
        return None
    try:
        message = orjson.loads(data)
        payload = pybase64.b64decode(message["image_data"], validate=True)
    except (ValueError, KeyError, TypeError):
        return None
    size = jpeg.size(payload) if jpeg.is_whole(payload) else None
    if size is None:
        return None
    metadata = message.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    width = _first_number(SIZES, metadata, "viewport_width", "deviceWidth", "width") or float(size[0])
    height = _first_number(SIZES, metadata, "viewport_height", "deviceHeight", "height") or float(size[1])
    captured = _first_number(TIMES, metadata, "timestamp", "ts") or 0.0
    return StreamFrame(payload, captured * 1000.0, round(width), round(height), size[0] / width)


def _first_number(limits: tuple[float, float], metadata: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = metadata.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and limits[0] <= value <= limits[1]:
            return float(value)
    return None
