"""Answers that the service keeps: looked at again, cancelled, deleted by their id."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agents.actions import asking
from agents.playground.drawing import Drawn
from agents.views.playground.common import chosen
from computers.actions.refusal import Invalid
from computers.models import Connection
from computers.upstream.errors import Gone
from computers.views.common import REFUSALS, actor_of, explained, signed_in
from computers.wire.model_actions import GRID
from computers.wire.models import NAME_LIMIT
from dashboard.permissions import Action, Actor

ACTIONS = {"get": Action.READ_RESPONSE, "cancel": Action.CANCEL_RESPONSE, "delete": Action.DELETE_RESPONSE}


@require_POST
@signed_in
async def stored(request: HttpRequest) -> HttpResponse:
    """`op` says what; nothing of the answer is kept here."""
    op = request.POST.get("op", "get")
    op = op if op in ACTIONS else "get"
    connection = await chosen(request, ACTIONS[op])
    id = request.POST.get("response", "").strip()
    context: dict[str, Any] = {"id": id}
    status = 200
    try:
        context |= await _done(actor_of(request), connection, op, id)
    except REFUSALS as refusal:
        # A response that is not there is no computer that has ended.
        sentence, status = explained(refusal)
        status = 404 if isinstance(refusal, Gone) else status
        context["trouble"] = sentence
    response = render(request, "agents/playground/_stored.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


async def _done(actor: Actor, connection: Connection, op: str, id: str) -> dict[str, Any]:
    if not id or len(id) > NAME_LIMIT or not id.isprintable() or " " in id:
        raise Invalid("Please enter the id of a response: it begins with resp_.", "response")
    if op == "delete":
        await asking.delete(actor, connection, id)
        return {"said": f"{id} was deleted. Nothing can be continued from it any more."}
    answer = await (asking.cancel if op == "cancel" else asking.stored)(actor, connection, id)
    said = f"{id} is {answer.status or 'without a status'} now." if op == "cancel" else ""
    return {"said": said, "drawn": Drawn(answer, GRID, GRID)}
