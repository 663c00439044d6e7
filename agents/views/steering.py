"""The buttons and the message box of a task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions import steering
from agents.actions.steering import Steered
from agents.models import Task
from agents.views.common import found
from agents.views.turns import beside, dialog
from computers.views.common import REFUSALS, actor_of, explained, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action, Actor


@require_POST
@signed_in
async def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask upstream to pause it, and say what its status says then."""
    task, _ = await found(request, public_id, Action.PAUSE_TASK)
    return await _steered(request, task, steering.pause)


@require_POST
@signed_in
async def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let it go on."""
    task, _ = await found(request, public_id, Action.RESUME_TASK)
    return await _steered(request, task, steering.resume)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def message(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST tells it something; the box is empty again once that was accepted. GET is the cockpit's dialog with such a
    box (`from=dialog`), which closes then."""
    task, _ = await found(request, public_id, Action.MESSAGE_TASK)
    if request.method != "POST":
        return dialog(request, "messaging", {"task": task}, 200)
    text = request.POST.get("message", "")
    said, trouble, status = "", "", 200
    try:
        said = (await steering.message(actor_of(request), task, text)).sentence
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    if not is_htmx(request):
        return back(request, task, said, trouble)
    context = {"task": task, "said": said, "trouble": trouble, "text": text if trouble else ""}
    if "from" not in request.POST:
        return render(request, "agents/_message.html", context, status=status)
    if trouble:
        return dialog(request, "messaging", context, status)
    return beside(render(request, "computers/_answer.html", context))


async def _steered(
    request: HttpRequest, task: Task, verb: Callable[[Actor, Task], Awaitable[Steered]]
) -> HttpResponse:
    said, trouble, status = "", "", 200
    try:
        done = await verb(actor_of(request), task)
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    else:
        said, trouble = (done.sentence, "") if done.confirmed else ("", done.sentence)
    if not is_htmx(request):
        return back(request, task, said, trouble)
    return render(request, "computers/_answer.html", {"said": said, "trouble": trouble}, status=status)


def back(request: HttpRequest, task: Task, said: str, trouble: str) -> HttpResponse:
    """To the task's page, which says it: for a browser without htmx."""
    messages.add_message(request, messages.ERROR if trouble else messages.SUCCESS, trouble or said)
    return redirect(request, "agents:task", task.public_id)
