"""`POST /agent/tasks/stream`: a task's events as they come (contract §3.6).

Opening it starts the task, unless its key is known already; whether it then replays is the service's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import httpx
import orjson

from computers.upstream import errors
from computers.upstream.client import CONNECT_TIMEOUT, Client, refusal, translated
from computers.wire.sse import Frames
from computers.wire.tasks import TaskEvent

#: Upstream pings after 20 s of silence; three times that without a byte, and it stopped answering. Seconds. The first
#: byte waits for the computer.
SILENCE_LIMIT = 60.0


@asynccontextmanager
async def task_stream(
    client: Client, body: dict[str, Any], after: str = ""
) -> AsyncIterator[AsyncIterator[TaskEvent]]:
    """Entered once upstream accepted; gives the events, and ends where the stream ends.

    `after` is the id of the last event one has, where the service replays. Raises `UpstreamError`; what comes after an
    event that ends the task is never a failure. `NoAnswer` after `SILENCE_LIMIT` without a byte.
    """
    url = client.access.url("agent/tasks/stream")
    request = client.http.build_request(
        "POST",
        url,
        content=orjson.dumps(body),
        headers={
            **client.access.headers_for(url),
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            # Uncompressed: a few bytes must not become gigabytes on our side.
            "Accept-Encoding": "identity",
            **({"Last-Event-ID": after} if after else {}),
        },
        timeout=httpx.Timeout(SILENCE_LIMIT, connect=CONNECT_TIMEOUT),
    )
    with translated():
        response = await client.http.send(request, stream=True)
    try:
        await _accepted(response)
        async with aclosing(_events(response)) as events:
            yield events
    finally:
        await response.aclose()


async def _events(response: httpx.Response) -> Any:
    frames, ended = Frames(), False
    chunks = cast("Any", response.aiter_bytes())
    try:
        with translated():
            async with aclosing(chunks):
                async for chunk in chunks:
                    for frame in frames.feed(chunk):
                        event = TaskEvent.read(frame.id, frame.data, frame.dropped)
                        # Some services send an empty or broken frame after the last event.
                        if event is not None and not (ended and event.kind in {"unreadable", "text"}):
                            ended = ended or bool(event.ending)
                            yield event
        for frame in frames.end():
            if not ended and (event := TaskEvent.read(frame.id, frame.data, frame.dropped)) is not None:
                yield event
    except errors.NoAnswer:
        if not ended:
            raise


async def _accepted(response: httpx.Response) -> None:
    if not response.is_success:
        raise await refusal(response)
    if not response.headers.get("content-type", "").lower().startswith("text/event-stream"):
        raise errors.NotUnderstood("The Lightcone service sent no event stream.")
