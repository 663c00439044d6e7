"""Models asked directly. Audited by name and size; what is said and shown is in no log."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from agents.playground.questions import Chat, Showing
from computers.actions.allowed import permit
from computers.actions.refusal import Refused
from computers.connections import client_by
from computers.models import Connection
from computers.upstream.chat_stream import chat_stream
from computers.wire.chat import Delta
from computers.wire.responses import ModelResponse
from dashboard.audit import Target, recorded
from dashboard.permissions import Action, Actor

#: Questions of one person that are answered at once, in one process.
AT_ONCE = 8

_asking: Counter[int] = Counter()


@asynccontextmanager
async def _few_at_once(actor: Actor) -> AsyncIterator[None]:
    """A question holds a connection for minutes: nobody has many of them in one process."""
    if _asking[actor.user.pk] >= AT_ONCE:
        raise Refused(f"{AT_ONCE} questions of yours are being answered: wait for one, or stop it.", "busy")
    _asking[actor.user.pk] += 1
    try:
        yield
    finally:
        _asking[actor.user.pk] -= 1
        if not _asking[actor.user.pk]:
            del _asking[actor.user.pk]


async def models(actor: Actor, connection: Connection) -> list[str]:
    """`GET /v1/models`: what there is to choose from."""
    await permit(actor, Action.USE_MODELS, connection.team_id)
    async with client_by(connection.pk) as client:
        return await client.models()


async def chat(actor: Actor, connection: Connection, asked: Chat) -> AsyncGenerator[Delta, None]:
    """`POST /v1/chat/completions`, the answer as it comes. Whoever closes it stops it."""
    await permit(actor, Action.USE_MODELS, connection.team_id)
    asked.manner.check()
    body = asked.body()
    size: dict[str, Any] = {
        "turns": len(asked.turns),
        "characters": sum(len(turn["content"]) for turn in asked.turns),
    }
    async with (
        _few_at_once(actor),
        recorded(
            actor,
            Action.USE_MODELS,
            target_of(connection),
            call="chat",
            model=asked.manner.model,
            **size,
        ) as found,
        client_by(connection.pk) as client,
        aclosing(chat_stream(client, body)) as deltas,
    ):
        found["answered"] = 0
        async for delta in deltas:
            found["answered"] += len(delta.text)
            if delta.model:
                found["by"] = delta.model
            yield delta


async def respond(actor: Actor, connection: Connection, asked: Showing) -> ModelResponse:
    """`POST /v1/responses` with the computer tool: what it would do on this picture."""
    await permit(actor, Action.USE_MODELS, connection.team_id)
    asked.check()
    async with (
        _few_at_once(actor),
        recorded(
            actor,
            Action.USE_MODELS,
            target_of(connection),
            call="responses",
            model=asked.manner.model,
            characters=len(asked.instruction),
            picture_bytes=len(asked.picture.content),
            continues=asked.previous,
        ) as found,
        client_by(connection.pk) as client,
    ):
        answer = await client.respond(asked.body())
        found |= {"by": answer.model, "response": answer.id, "status": answer.status}
    return answer


async def stored(actor: Actor, connection: Connection, id: str) -> ModelResponse:
    """`GET /v1/responses/{id}`."""
    await permit(actor, Action.READ_RESPONSE, connection.team_id)
    async with (
        recorded(actor, Action.READ_RESPONSE, target_of(connection), response=id),
        client_by(connection.pk) as client,
    ):
        return await client.response(id)


async def cancel(actor: Actor, connection: Connection, id: str) -> ModelResponse:
    """`POST /v1/responses/{id}/cancel`; `ActionFailed` where the service has no such call."""
    await permit(actor, Action.CANCEL_RESPONSE, connection.team_id)
    async with (
        recorded(actor, Action.CANCEL_RESPONSE, target_of(connection), response=id),
        client_by(connection.pk) as client,
    ):
        return await client.cancel_response(id)


async def delete(actor: Actor, connection: Connection, id: str) -> None:
    """`DELETE /v1/responses/{id}`: nothing can be continued from it any more."""
    await permit(actor, Action.DELETE_RESPONSE, connection.team_id)
    async with (
        recorded(actor, Action.DELETE_RESPONSE, target_of(connection), response=id),
        client_by(connection.pk) as client,
    ):
        await client.delete_response(id)


def target_of(connection: Connection) -> Target:
    """What the audit log names."""
    return Target(connection.team_id, f"connection:{connection.pk}", connection.name)
