"""A stream of server-sent events, opened and read: what every such endpoint has in common. Source: contract §3.5."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import httpx_sse
import orjson

from computers.upstream import errors
from computers.upstream.client import CONNECT_TIMEOUT, Client, refusal, translated

#: Longest event, bytes: a frame of a large screen at scale 2, in base64. One without an end is not read to it.
EVENT_LIMIT = 32 * 1024 * 1024
_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")


async def sse(
    client: Client, path: str, silence: float, body: dict[str, Any] | None = None
) -> AsyncGenerator[httpx_sse.ServerSentEvent, None]:
    """The events of `path`, comments left out; `body` is posted, without one it is a GET. Ends when upstream ends the
    stream; raises `UpstreamError` otherwise.

    `NoAnswer` after `silence` seconds without a byte. Closing the iterator closes the stream.
    """
    url = client.access.url(path)
    # Uncompressed: a few bytes must not become gigabytes on our side.
    headers = {**client.access.headers_for(url), "Accept-Encoding": "identity"}
    method, content = "GET", None
    if body is not None:
        method, content = "POST", orjson.dumps(body)
        headers["Content-Type"] = "application/json"
    timeout = httpx.Timeout(silence, connect=CONNECT_TIMEOUT)
    with translated():
        async with httpx_sse.aconnect_sse(
            client.http, method, url, content=content, headers=headers, timeout=timeout
        ) as source:
            response = source.response
            if not response.is_success:
                raise await refusal(response)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise errors.NotUnderstood("The Lightcone service sent no plain event stream.")
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _Bounded(response.stream)
            try:
                async for event in source.aiter_sse():
                    yield event
            except httpx_sse.SSEError:
                raise errors.NotUnderstood("The Lightcone service sent no event stream.") from None


class _Bounded(httpx.AsyncByteStream):
    """The bytes of `inner`, as long as its events have ends."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            ended = max(chunk.rfind(end) for end in _ENDS)
            size = len(chunk) - ended if ended >= 0 else size + len(chunk)
            if size > EVENT_LIMIT:
                raise errors.NotUnderstood("The Lightcone service sent an event without an end.")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
