"""The question that the page holds, as code."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agents.playground.code import Code, programs, stand_in
from agents.playground.questions import Chat, Picture, Showing, read_calls, read_turns
from agents.views.playground.common import chosen, manner_of
from computers.actions.edges import screen_of
from computers.actions.refusal import Invalid
from computers.models import Computer, Connection, find_computer
from computers.views.common import explained, person, signed_in
from dashboard.permissions import Action

#: The size of a picture that is not there yet: a browser session's own (contract §1.6).
USUAL_SIZE = (1280, 720)


@require_POST
@signed_in
async def code(request: HttpRequest) -> HttpResponse:
    """A dialog with `of=chat` or `of=responses`, made of the same fields as the question itself."""
    connection = await chosen(request, Action.USE_MODELS)
    context: dict[str, object] = {}
    status = 200
    try:
        is_chat = request.POST.get("of") == "chat"
        context["programs"] = _chat(request, connection) if is_chat else await _responses(request, connection)
        context["picture"] = not is_chat
    except Invalid as refusal:
        context["trouble"], status = explained(refusal)
    response = render(request, "agents/playground/_code.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _chat(request: HttpRequest, connection: Connection) -> list[Code]:
    manner = manner_of(request.POST)
    manner.check()
    body = Chat(manner, read_turns(request.POST.get("messages", ""))).body()
    return programs(connection.base_url, "v1/chat/completions", {**body, "stream": True})


async def _responses(request: HttpRequest, connection: Connection) -> list[Code]:
    fields = request.POST
    asked = Showing(
        manner_of(fields),
        Picture(b"", *await _size(request)),
        fields.get("instruction", ""),
        fields.get("previous", "")[:256],
        read_calls(fields.get("calls", ""), fields.getlist("ran")),
    )
    asked.check()
    picture = stand_in()
    return programs(connection.base_url, "v1/responses", asked.body(picture), picture)


async def _size(request: HttpRequest) -> tuple[int, int]:
    public_id = request.POST.get("computer", "")
    if not public_id or request.POST.get("source") == "upload":
        return USUAL_SIZE
    try:
        size = screen_of(await find_computer(person(request), public_id, Action.SCREENSHOT))
    except Computer.DoesNotExist:
        raise Http404 from None
    return (size.width, size.height) if size else USUAL_SIZE
