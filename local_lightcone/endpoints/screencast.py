"""The main tab's picture as server-sent events, one per frame, at the pace its reader takes them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from ..chromium.cdp import CdpError, Json
from ..chromium.tabs import Tab
from ..sessions.computer import Computer
from .computers import the_computer

QUALITY = 60
HEARTBEAT_SECONDS = 15.0
FIRST_FRAME_SECONDS = 1.0
"""A tab hidden behind another is not cast at all; after this long its reader gets a still picture."""

START_TRIES = 10
START_PAUSE_SECONDS = 0.2
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class ClosingStream(StreamingResponse):
    """Ends its generator when the reader leaves, not when the garbage is collected."""

    async def stream_response(self, send: Send) -> None:
        assert isinstance(self.body_iterator, AsyncGenerator)
        async with contextlib.aclosing(self.body_iterator):
            await super().stream_response(send)


async def screencast(request: Request) -> Response:
    computer = the_computer(request)
    return ClosingStream(_events(computer), media_type="text/event-stream", headers=HEADERS)


async def _events(computer: Computer) -> AsyncGenerator[bytes, None]:
    with contextlib.suppress(CdpError):  # the browser is gone: the stream ends
        while not computer.cdp.closed:
            async with contextlib.aclosing(_cast(computer)) as frames:
                async for event in frames:
                    yield event


async def _cast(computer: Computer) -> AsyncGenerator[bytes, None]:
    """Frames of the main tab, until another tab is the main one."""
    cdp, tabs = computer.cdp, computer.tabs
    tab = await tabs.main()
    frames: asyncio.Queue[Json | None] = asyncio.Queue()
    async with cdp.session(tab.target_id) as session:
        cdp.listen("Page.screencastFrame", frames.put_nowait, session)
        with tabs.watching(lambda: frames.put_nowait(None)):
            await _start(computer, session)
            patience = FIRST_FRAME_SECONDS
            while not cdp.closed and (await tabs.main()) == tab:
                try:
                    frame = await asyncio.wait_for(frames.get(), patience)
                except TimeoutError:
                    yield (
                        b": heartbeat\n\n"
                        if patience == HEARTBEAT_SECONDS
                        else await _still(computer, tab, session)
                    )
                    patience = HEARTBEAT_SECONDS
                    continue
                if frame is None:
                    continue
                patience = HEARTBEAT_SECONDS
                yield _event(frame["data"], frame["metadata"])
                # Control is back here when the reader's socket has drained: only now the next frame is asked for.
                await cdp.call("Page.screencastFrameAck", {"sessionId": frame["sessionId"]}, session)


async def _start(computer: Computer, session: str) -> None:
    """Right after a navigation Chromium refuses for a moment ("Not attached to an active page")."""
    for left in reversed(range(START_TRIES)):
        try:
            options = {"format": "jpeg", "quality": QUALITY}
            await computer.cdp.call("Page.startScreencast", options, session)
            return
        except CdpError:
            if not left or computer.cdp.closed:
                raise
            await asyncio.sleep(START_PAUSE_SECONDS)


async def _still(computer: Computer, tab: Tab, session: str) -> bytes:
    options = {"format": "jpeg", "quality": QUALITY}
    picture = await computer.cdp.call("Page.captureScreenshot", options, session)
    size = {"deviceWidth": tab.display.width, "deviceHeight": tab.display.height}
    return _event(picture["data"], {"timestamp": time.time(), **size})


def _event(picture: str, metadata: Json) -> bytes:
    told = {
        "timestamp": metadata.get("timestamp") or time.time(),
        "viewport_width": round(metadata["deviceWidth"]),
        "viewport_height": round(metadata["deviceHeight"]),
    }
    return b"data: " + orjson.dumps({"image_data": picture, "metadata": told}) + b"\n\n"
