"""A task found through the person who asks."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from agents.models import Task
from agents.reader import find_task
from computers.views.common import person
from dashboard.permissions import Action, Role


async def found(request: HttpRequest, public_id: str, action: Action) -> tuple[Task, Role]:
    """404 for what is not theirs, 403 for what their role forbids."""
    try:
        return await find_task(person(request), public_id, action)
    except Task.DoesNotExist:
        raise Http404 from None


def number(text: str) -> int | None:
    """A number of an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
