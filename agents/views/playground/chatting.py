"""A chat's next answer, as it comes: one JSON object to a line, the last of which says how it ended. An answer without
that line broke off on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST

from agents.actions import asking
from agents.playground.questions import Chat, read_turns
from agents.views.playground.common import chosen, manner_of
from computers.views.common import REFUSALS, actor_of, explained, signed_in
from computers.wire.chat import Delta
from dashboard.cut import while_allowed
from dashboard.permissions import Action, require

MEDIA_TYPE = "application/x-ndjson"


@require_POST
@signed_in
async def chat(request: HttpRequest) -> HttpResponse:
    """What is wrong before the first word is an answer of its own, with a status that says so."""
    connection = await chosen(request, Action.USE_MODELS)
    try:
        asked = Chat(manner_of(request.POST), read_turns(request.POST.get("messages", "")))
        deltas = asking.chat(actor_of(request), connection, asked)
        first = await anext(deltas, None)
    except REFUSALS as refusal:
        sentence, status = explained(refusal)
        told = {"sentence": sentence, "field": getattr(refusal, "code", "")}
        return JsonResponse(told, status=status)
    lines = while_allowed(
        request, _lines(first, deltas), lambda user: require(user, Action.USE_MODELS, connection.team_id)
    )
    response = StreamingHttpResponse(Closed(lines), content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    # A proxy that collects an answer would make it come all at once.
    response["X-Accel-Buffering"] = "no"
    # mypy: a stream is answered like any other response.
    return response  # type: ignore[return-value]


class Closed:
    """An answer's pieces, closed with the response. Django leaves the generator of a response that nobody reads any
    more to the garbage collector, and until then upstream would go on talking."""

    _closing: ClassVar[set[asyncio.Task[None]]] = set()

    def __init__(self, pieces: AsyncGenerator[bytes, None]) -> None:
        self._pieces, self._loop = pieces, asyncio.get_running_loop()

    def __aiter__(self) -> Closed:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._pieces)

    def close(self) -> None:
        """Called in a thread, once the response is over, however it ended."""
        self._loop.call_soon_threadsafe(self._close)

    def _close(self) -> None:
        task = self._loop.create_task(_close(self._pieces))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(pieces: AsyncGenerator[bytes, None]) -> None:
    await pieces.aclose()


async def _lines(first: Delta | None, deltas: AsyncGenerator[Delta, None]) -> AsyncGenerator[bytes, None]:
    """Each piece is asked for once the one before it has left."""
    async with aclosing(deltas):
        try:
            if first is not None:
                yield _line(first)
            async for delta in deltas:
                yield _line(delta)
        except REFUSALS as refusal:
            yield _json({"type": "trouble", "sentence": explained(refusal)[0]})
        else:
            yield _json({"type": "end"})


def _line(delta: Delta) -> bytes:
    told = {
        "text": delta.text,
        "thought": delta.thought,
        "calls": delta.calls,
        "finish": delta.finish,
        "model": delta.model,
        "usage": str(delta.usage) if delta.usage else "",
    }
    return _json({"type": "delta", **{name: value for name, value in told.items() if value}})


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
