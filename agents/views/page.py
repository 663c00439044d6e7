"""One task: what it was told, what it does, and every step of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.reader import head_context, steps_page
from agents.views.common import found, number
from computers.views.common import person, signed_in
from dashboard.permissions import Action, allows


@require_safe
@signed_in
async def task(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/tasks/<id>/`."""
    row, role = await found(request, public_id, Action.WATCH_TASK)
    page = await steps_page(row.pk)
    context = {
        **head_context(row, role, person(request)),
        "page": page,
        "newest": next((each.step for each in page.steps if each.step.capture_id), None),
        "may_message": allows(role, Action.MESSAGE_TASK),
        "may_start": allows(role, Action.START_TASK),
        "wish": [(name, value) for name, value in row.wish.items() if name != "instruction"],
    }
    return render(request, "agents/task.html", context)


@require_safe
@signed_in
async def steps(request: HttpRequest, public_id: str) -> HttpResponse:
    """The newest, those `?before=` a number, or those `?after=` one."""
    row, _ = await found(request, public_id, Action.WATCH_TASK)
    before, after = number(request.GET.get("before", "")), number(request.GET.get("after", ""))
    page = await steps_page(row.pk, before, None if before is not None else after)
    response = render(request, "agents/_steps.html", {"task": row, "page": page})
    response["Cache-Control"] = "no-store"
    return response
