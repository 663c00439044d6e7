"""Taking over from what others started on a computer: as far as its service allows it, saying what is not known."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.actions import elsewhere, takeover
from agents.actions.takeover import NotStopped
from agents.views.turns import offered, took_over
from computers.models import Computer
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import is_htmx
from dashboard.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def others(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET says what is known and asks for the task's id; POST takes over from that task."""
    computer = await found(request, public_id, Action.ADOPT_TASK)
    if request.method != "POST":
        return await _asked(request, computer)
    actor, id = actor_of(request), request.POST.get("task_id", "")
    try:
        task = await elsewhere.adopt(actor, computer, id)
        try:
            return took_over(request, await takeover.take_over(actor, task))
        except NotStopped as error:
            return offered(request, task, str(error), 409, reverse("agents:take_over", args=[task.public_id]))
    except REFUSALS as refusal:
        return await _asked(request, computer, id, *explained(refusal))


async def _asked(
    request: HttpRequest, computer: Computer, id: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "computer": computer,
        "task_id": id,
        "last": await elsewhere.others_lately(computer.pk),
        "trouble": trouble,
        "place": request.POST.get("from", request.GET.get("from", ""))[:16],
    }
    page = "agents/_others.html" if is_htmx(request) else "agents/others.html"
    return render(request, page, context, status=status)
