"""The queue's buttons: see to a task that waits, answer it, give the claim up."""

from __future__ import annotations

from collections.abc import Awaitable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions import needs
from agents.models import Task
from agents.views.common import found
from agents.views.steering import back
from computers.views.common import REFUSALS, actor_of, explained, signed_in
from dashboard.htmx import is_htmx
from dashboard.permissions import Action


@require_POST
@signed_in
async def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    """From now on everybody sees who sees to it."""
    task, _ = await found(request, public_id, Action.CLAIM_TASK)
    return await _done(request, task, needs.claim(actor_of(request), task), "It is yours.")


@require_POST
@signed_in
async def claim_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Anybody may see to it again."""
    task, _ = await found(request, public_id, Action.CLAIM_TASK)
    return await _done(request, task, needs.give_up(actor_of(request), task), "It waits for anybody.")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET shows what it asks, POST tells it something and lets it go on."""
    task, _ = await found(request, public_id, Action.CLAIM_TASK)
    if request.method != "POST":
        return _dialog(request, task)
    text = request.POST.get("message", "")
    try:
        said = await needs.answer(actor_of(request), task, text)
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        return _dialog(request, task, status, trouble=trouble, text=text)
    return _dialog(request, task, said=said)


async def _done(request: HttpRequest, task: Task, act: Awaitable[None], done: str) -> HttpResponse:
    said, trouble, status = done, "", 200
    try:
        await act
    except REFUSALS as refusal:
        said, (trouble, status) = "", explained(refusal)
    if not is_htmx(request):
        return back(request, task, said, trouble)
    # What it is now comes over the socket, to everybody at once.
    return render(request, "computers/_answer.html", {"trouble": trouble}, status=status)


def _dialog(request: HttpRequest, task: Task, status: int = 200, **context: object) -> HttpResponse:
    page = "agents/_answering.html" if is_htmx(request) else "agents/answering.html"
    return render(request, page, {"task": task, **context}, status=status)
