"""The wall: every computer of one's teams, and above them the tasks that wait for a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.needs import queue_of
from computers.arranging import Wish
from computers.fragments import troubles_of, wall_of
from computers.views.common import person, signed_in
from computers.views.creation_form import NewComputerForm, connections_of

#: Tiles or list, as this browser saw it last; its page writes it.
VIEW_COOKIE = "lightdeck_view"
#: The bar's buttons: address below /fleet/, name, icon.
BULK_VERBS = (
    ("keep-alive", "Keep alive", "clock"),
    ("tasks/pause", "Pause tasks", "player-pause"),
    ("tasks/resume", "Resume tasks", "robot"),
    ("tasks/message", "Message…", "send"),
    ("navigation", "Navigate…", "world"),
    ("termination", "Terminate…", "power"),
)


@require_safe
@signed_in
async def wall(request: HttpRequest) -> HttpResponse:
    """`/`, of one team with `?team=<slug>`."""
    user, team = person(request), request.GET.get("team", "")
    shown = await wall_of(user, team, Wish.read(request.GET, request.COOKIES.get(VIEW_COOKIE, "")))
    rows = shown.rows
    choices = await connections_of(user)
    context = {
        "wall": shown,
        "rows": rows,
        "queue": await queue_of(user, team),
        "bulk_verbs": BULK_VERBS,
        "may_create": choices.may_create,
        "in_a_team": choices.in_a_team,
        "troubles": await troubles_of(user),
        "form": NewComputerForm(choices.creatable) if choices.creatable and not rows else None,
    }
    return render(request, "computers/wall.html", context)
