"""`POST /v1/chat/completions` with `stream: true`: an answer as it comes (contract §3.8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson

from computers.upstream import errors
from computers.upstream.client import Client
from computers.upstream.models import refused
from computers.upstream.sse import sse
from computers.wire.chat import DONE, Delta, read_chunk

#: A model may think this long before its first word, and between two, seconds.
SILENCE_LIMIT = 120.0
#: A whole answer, seconds, and its size, characters of the stream.
ANSWER_TIMEOUT, ANSWER_LIMIT = 600.0, 8 * 1024 * 1024

BROKE_OFF = "The answer broke off: the Lightcone service ended it without saying that it was over."
TOO_LATE = f"The answer was broken off here: it took longer than {ANSWER_TIMEOUT / 60:.0f} minutes."
TOO_MUCH = "The answer was broken off here: it is longer than can be read."


async def chat_stream(client: Client, body: dict[str, Any]) -> AsyncGenerator[Delta, None]:
    """The pieces of the answer, each as it comes. Ends where the answer ends; `UpstreamError` wherever it does not.

    Nothing is read ahead: who takes the pieces slowly slows the service down. Closing it closes the stream.
    """
    deadline = asyncio.get_running_loop().time() + ANSWER_TIMEOUT
    size, finished = 0, False
    async with aclosing(
        sse(client, "v1/chat/completions", SILENCE_LIMIT, {**body, "stream": True})
    ) as events:
        while (data := await _next(events, deadline)) not in {None, DONE}:
            assert data is not None
            size += len(data)
            if size > ANSWER_LIMIT:
                raise errors.NotUnderstood(TOO_MUCH)
            delta = _read(data)
            if delta is None:
                continue
            if delta.error:
                raise errors.ActionFailed(f"The model failed. The service says: {delta.error}")
            finished = finished or bool(delta.finish)
            yield delta
    if data is None and not finished:
        raise errors.NoAnswer(BROKE_OFF, outcome_unknown=False)


async def _next(events: AsyncGenerator[Any, None], deadline: float) -> str | None:
    """The next event's data, None at the end of the stream."""
    try:
        async with asyncio.timeout_at(deadline):
            return str((await anext(events)).data)
    except StopAsyncIteration:
        return None
    except TimeoutError:
        raise errors.NoAnswer(TOO_LATE, outcome_unknown=False) from None
    except errors.Gone as gone:
        raise errors.Mistaken(refused(gone)) from None


def _read(data: str) -> Delta | None:
    if not data.strip():
        return None
    try:
        return read_chunk(data)
    except (ValueError, orjson.JSONDecodeError):
        raise errors.NotUnderstood(
            "The Lightcone service sent a piece of an answer that is not JSON."
        ) from None
