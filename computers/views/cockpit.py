"""The cockpit: one computer, live."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.actions import life
from computers.macros import recordings
from computers.views.acting import forms_for_page
from computers.views.common import found, person, signed_in
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows

#: The toolbar's steps: their address, their name, their icon.
WAYS = (
    ("back", "Back", "arrow-left"),
    ("forward", "Forward", "arrow-right"),
    ("reload", "Reload", "refresh"),
)

#: What browsers and systems keep for themselves, offered under "Send keys".
CHORDS = (
    "Ctrl+W", "Ctrl+T", "Ctrl+N", "Ctrl+Shift+T", "Ctrl+Tab", "Ctrl+Shift+Tab", "Alt+Tab", "Alt+F4", "Ctrl+Alt+Delete",
    "Meta", "F5", "F11", "F12", "PrintScreen", "Escape", "Tab",
)  # fmt: skip

#: The pages of the panel beside the screen, in their order; who may only watch has the first and the last.
PANELS = (("timeline", "Timeline"), ("terminal", "Terminal"), ("actions", "Actions"), ("details", "Details"))


@require_safe
@signed_in
async def cockpit(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/computers/<id>/`."""
    computer = await found(request, public_id, Action.WATCH)
    role = await _role(person(request), computer.connection.team_id)
    may_drive = allows(role, Action.INPUT)
    hold = await life.standing(computer.pk) if computer.held_open_until else None
    context = {
        "computer": computer,
        "held_by": hold.name if hold else "",
        "may_drive": may_drive,
        "panels": PANELS if may_drive else (PANELS[0], PANELS[-1]),
        "may_force": allows(role, Action.FORCE_CONTROL) and not computer.is_gone,
        "may_terminate": allows(role, Action.TERMINATE),
        "ways": WAYS,
        "chords": CHORDS,
        "forms": forms_for_page() if may_drive else [],
        "recording": await recordings.of_computer(computer.pk),
        "last_recording": await recordings.latest(computer.pk, person(request).pk) if may_drive else None,
        "may_manage": allows(role, Action.MANAGE_CONNECTIONS),
    }
    return render(request, "computers/cockpit.html", context)


@unit
def _role(user: User, team_id: int) -> Role | None:
    return user.role_in(team_id)
