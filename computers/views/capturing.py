"""Pictures of the screen and the HTML behind it: taken, shown, and served for as long as they are kept."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from computers import captures
from computers.actions import screen
from computers.models import Capture, Computer
from computers.views.common import REFUSALS, actor_of, explained, found, person, signed_in
from dashboard.database import unit
from dashboard.htmx import is_htmx
from dashboard.models import User
from dashboard.permissions import Action, allows

#: How much of a page's HTML the dialog shows, bytes: the browser must stay quick; the download has all of it.
PREVIEW_LIMIT = 200_000
TITLES = {Capture.Kind.SCREENSHOT: "Screenshot", Capture.Kind.HTML: "Page HTML"}


@require_POST
@signed_in
async def screenshot(request: HttpRequest, public_id: str) -> HttpResponse:
    """Takes a picture and shows it."""
    computer = await found(request, public_id, Action.SCREENSHOT)
    taken = screen.screenshot(actor_of(request), computer, request.POST.get("tab_id", ""))
    return await _show(request, computer, Capture.Kind.SCREENSHOT, taken)


@require_POST
@signed_in
async def html(request: HttpRequest, public_id: str) -> HttpResponse:
    """Reads the page's HTML and shows its beginning."""
    computer = await found(request, public_id, Action.HTML)
    taken = screen.html(actor_of(request), computer, request.POST.get("tab_id", ""))
    return await _show(request, computer, Capture.Kind.HTML, taken)


@require_safe
@signed_in
async def capture(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """The file itself. HTML is never shown as a page: it would act with our own authority."""
    computer = await found(request, public_id, Action.WATCH)
    kept = await captures.read(person(request), computer, name)
    if kept is None:
        raise Http404
    is_picture = kept.capture.kind == Capture.Kind.SCREENSHOT
    if not is_picture and not await _may_read_html(person(request), computer.connection.team_id):
        raise PermissionDenied
    suffix = str(kept.capture.file.name).rpartition(".")[2] if is_picture else "html.txt"
    filename = f"{slugify(computer.label) or 'computer'}-{kept.capture.made_at:%Y%m%d-%H%M%S}.{suffix}"
    inline = is_picture and "download" not in request.GET
    response = HttpResponse(
        kept.content,
        content_type=kept.capture.media_type if is_picture else "text/plain; charset=utf-8",
    )
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


async def _show(
    request: HttpRequest, computer: Computer, kind: Capture.Kind, taken: Awaitable[Capture]
) -> HttpResponse:
    context: dict[str, Any] = {"computer": computer, "title": TITLES[kind], "days": captures.CAPTURE_DAYS}
    status = 200
    try:
        context["capture"] = taken_capture = await taken
    except REFUSALS as refusal:
        context["trouble"], status = explained(refusal)
    else:
        context |= await _preview(person(request), computer, taken_capture)
    page = "computers/actions/_capture.html" if is_htmx(request) else "computers/actions/capture.html"
    return render(request, page, context, status=status)


async def _preview(user: User, computer: Computer, taken: Capture) -> dict[str, Any]:
    if taken.kind == Capture.Kind.SCREENSHOT:
        return {"picture": True}
    kept = await captures.read(user, computer, taken.name)
    content = kept.content if kept is not None else b""
    return {
        "preview": content[:PREVIEW_LIMIT].decode("utf-8", "replace"),
        "cut": len(content) > PREVIEW_LIMIT,
        "size": len(content),
    }


@unit
def _may_read_html(user: User, team_id: int) -> bool:
    return allows(user.role_in(team_id), Action.HTML)
