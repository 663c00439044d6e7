"""Ending a computer, after a confirmation that names who drives it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from computers import leases
from computers.actions import machines
from computers.models import Computer
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def termination(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST ends it, if the driver is still the one that was named."""
    computer = await found(request, public_id, Action.TERMINATE)
    if request.method != "POST":
        return await _ask(request, computer)
    standing = await leases.standing(computer.pk)
    if request.POST.get("epoch") != str(standing.epoch):
        return await _ask(
            request, computer, "Who drives it has changed meanwhile. Please confirm again.", 409
        )
    try:
        await machines.terminate(actor_of(request), computer)
    except REFUSALS as refusal:
        return await _ask(request, computer, *explained(refusal))
    messages.success(request, f"{computer.label} was terminated.")
    return redirect(request, "/")


async def _ask(
    request: HttpRequest, computer: Computer, trouble: str = "", status: int = 200
) -> HttpResponse:
    standing = await leases.standing(computer.pk)
    context = {
        "computer": computer,
        "standing": standing,
        "you_drive": standing.holder_id == actor_of(request).user.pk,
        "trouble": trouble,
    }
    page = "computers/_termination.html" if is_htmx(request) else "computers/termination.html"
    return render(request, page, context, status=status)
