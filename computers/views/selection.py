"""Copying what is selected on the computer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from computers.actions import clipboard
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import is_htmx
from dashboard.permissions import Action


@require_POST
@signed_in
async def selection(request: HttpRequest, public_id: str) -> HttpResponse:
    """The text selected in the tab `tab`, in a dialog; no cache may keep it."""
    computer = await found(request, public_id, Action.WATCH)
    text, trouble, status = "", "", 200
    try:
        text = await clipboard.copy_text(actor_of(request), computer, request.POST.get("tab", ""))
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    page = "computers/_selection.html" if is_htmx(request) else "computers/selection.html"
    context = {"computer": computer, "text": text, "trouble": trouble}
    answer = render(request, page, context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
