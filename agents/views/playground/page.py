"""The page, and what its connection has to choose from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.actions import asking
from agents.playground import questions
from agents.views.playground.common import chosen, usable
from agents.views.task_form import startable
from computers.captures import CAPTURE_DAYS
from computers.upstream.errors import UpstreamError
from computers.views.common import actor_of, person, signed_in
from dashboard.permissions import Action

#: The built-in model of the local server, which is no language model and says so beside its name.
SCRIPTED = "local.scripted"


@require_safe
@signed_in
async def playground(request: HttpRequest) -> HttpResponse:
    """`/playground/`, perhaps with `?computer=` chosen."""
    user = person(request)
    connections = await usable(user)
    if not connections and await _is_member_only(request):
        reason = "Your role lets you watch, not ask models."
        return render(request, "403.html", {"reason": reason}, status=403)
    context = {
        "connections": connections,
        "computers": await startable(user, connections),
        "computer": request.GET.get("computer", "")[:32],
        "days": CAPTURE_DAYS,
        "megabytes": questions.PICTURE_LIMIT // 1024**2,
        "limits": questions,
    }
    return render(request, "agents/playground/page.html", context)


@require_safe
@signed_in
async def models(request: HttpRequest) -> HttpResponse:
    """The field "Model" of the chosen connection; a service that does not list them leaves a name to be typed."""
    connection = await chosen(request, Action.USE_MODELS)
    context: dict[str, Any] = {"loaded": True, "chosen": request.GET.get("model", "")[:256]}
    try:
        context["models"] = await asking.models(actor_of(request), connection)
    except UpstreamError as error:
        context["trouble"] = f"The models cannot be listed. {error}"
    context["scripted"] = SCRIPTED in context.get("models", ())
    return render(request, "agents/playground/_models.html", context)


async def _is_member_only(request: HttpRequest) -> bool:
    """Whether the person belongs to a team at all: a stranger sees an empty page, a viewer why it is not theirs."""
    return await person(request).memberships.filter(team__connections__isnull=False).aexists()
