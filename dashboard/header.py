"""What the header of a page asks of a person."""

from __future__ import annotations

import asyncio

from django.http import HttpRequest

from dashboard.permissions import Action


def header(request: HttpRequest) -> dict[str, object]:
    """Context processor: for allauth's own views, which are synchronous. Ours read it beforehand (`signed_in`), since a
    template on the event loop must not."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            user.reads_audit = bool(user.teams_for(Action.READ_AUDIT))
    return {}
