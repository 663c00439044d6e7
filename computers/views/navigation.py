"""Where the computer's page goes: an address, a step back or forward, the same page again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from computers.actions import browse
from computers.models import Computer
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action


@require_POST
@signed_in
async def navigation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Opens the address in `url`."""
    computer = await found(request, public_id, Action.WATCH)
    url = request.POST.get("url", "")
    return await _answer(request, computer, lambda: browse.navigate(actor_of(request), computer, url))


@require_POST
@signed_in
async def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page back."""
    computer = await found(request, public_id, Action.WATCH)
    return await _answer(request, computer, lambda: browse.back(actor_of(request), computer))


@require_POST
@signed_in
async def forward(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page forward."""
    computer = await found(request, public_id, Action.WATCH)
    return await _answer(request, computer, lambda: browse.forward(actor_of(request), computer))


@require_POST
@signed_in
async def reload(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same page again."""
    computer = await found(request, public_id, Action.WATCH)
    return await _answer(request, computer, lambda: browse.reload(actor_of(request), computer))


async def _answer(
    request: HttpRequest, computer: Computer, act: Callable[[], Awaitable[object]]
) -> HttpResponse:
    """The verb's outcome beside the toolbar: nothing, or the sentence that says why not."""
    trouble, status = "", 200
    try:
        await act()
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    if is_htmx(request):
        return render(request, "computers/_answer.html", {"trouble": trouble}, status=status)
    if trouble:
        messages.error(request, trouble)
    return redirect(request, "computers:cockpit", computer.public_id)
