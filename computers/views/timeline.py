"""The timeline: pages of entries as fragments, and all of it as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.models import see
from computers.timeline import reader
from computers.views.common import found, signed_in
from dashboard.cut import while_allowed
from dashboard.permissions import Action

#: The media type of one JSON object to a line.
JSON_LINES = "application/x-ndjson"


@require_safe
@signed_in
async def timeline(request: HttpRequest, public_id: str) -> HttpResponse:
    """Fifty entries: the newest, or those `?before=` a number; or all `?after=` one. `?kind=`, `?errors=1` and `?by=`
    leave some out."""
    computer = await found(request, public_id, Action.WATCH)
    try:
        question = reader.Question.read(request.GET.dict())
    except reader.BadQuestion as wrong:
        return HttpResponse(str(wrong), status=400, content_type="text/plain; charset=utf-8")
    page = await reader.page(computer.pk, question)
    response = render(request, "computers/timeline/_entries.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in
async def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every entry, as JSON lines, however many there are: they are sent as they are read."""
    computer = await found(request, public_id, Action.WATCH)
    # A stranger finds nothing, and every role may watch.
    lines = while_allowed(request, reader.export(computer), lambda user: see(user, public_id))
    response = StreamingHttpResponse(lines, content_type=JSON_LINES)
    response["Content-Disposition"] = f'attachment; filename="timeline-{computer.public_id}.jsonl"'
    response["Cache-Control"] = "no-store"
    # mypy: a stream is answered like any other response.
    return response  # type: ignore[return-value]
