"""The list of tasks: filters, search, pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.reader import FILTERS, SEARCH_LIMIT, tasks_page
from agents.views.common import number
from computers.views.common import person, signed_in
from computers.views.creation_form import connections_of


@require_safe
@signed_in
async def tasks(request: HttpRequest) -> HttpResponse:
    """`/tasks/`, with `?show=`, `?q=`, `?computer=` and `?before=`."""
    user, fields = person(request), request.GET
    show = fields.get("show", "") if fields.get("show", "") in FILTERS else ""
    search = fields.get("q", "")[:SEARCH_LIMIT]
    page = await tasks_page(
        user, show, search, number(fields.get("before", "")) or 0, fields.get("computer", "")
    )
    choices = await connections_of(user)
    context = {
        "page": page,
        "show": show,
        "search": search,
        "computer": fields.get("computer", "")[:32],
        "may_start": choices.may_create,
        "silent": [each for each in choices.every if not each.streams_tasks],
    }
    return render(request, "agents/tasks.html", context)
