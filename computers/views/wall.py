"""The wall: every computer of one's teams."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.fragments import troubles_of, wall_rows
from computers.views.common import person, signed_in
from computers.views.creation_form import NewComputerForm, connections_of


@require_safe
@signed_in
async def wall(request: HttpRequest) -> HttpResponse:
    """`/`, of one team with `?team=<slug>`."""
    user = person(request)
    rows = await wall_rows(user, request.GET.get("team", ""))
    choices = await connections_of(user)
    context = {
        "rows": rows,
        "may_create": choices.may_create,
        "troubles": await troubles_of(user),
        "form": NewComputerForm(choices.creatable) if choices.creatable and not rows else None,
    }
    return render(request, "computers/wall.html", context)
