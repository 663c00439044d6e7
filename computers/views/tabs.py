"""A browser's tabs: listed, opened, closed, switched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from computers.actions import tabs as verbs
from computers.models import Computer
from computers.views.common import REFUSALS, SEEN, actor_of, explained, found, signed_in
from computers.wire.results import TabFacts
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action, allows


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def tabs(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET lists them, POST opens one, with the address in `url` if there is one."""
    computer = await found(request, public_id, Action.LIST_TABS)
    if request.method != "POST":
        return await _list(request, computer)
    url = request.POST.get("url", "")
    return await _answer(request, computer, lambda: verbs.create(actor_of(request), computer, url))


@require_POST
@signed_in
async def tab_closure(request: HttpRequest, public_id: str, tab_id: str) -> HttpResponse:
    """Closes one."""
    computer = await found(request, public_id, Action.LIST_TABS)
    return await _answer(request, computer, lambda: verbs.close(actor_of(request), computer, tab_id))


@require_POST
@signed_in
async def tab_switch(request: HttpRequest, public_id: str, tab_id: str) -> HttpResponse:
    """Makes one the main tab."""
    computer = await found(request, public_id, Action.LIST_TABS)
    return await _answer(request, computer, lambda: verbs.switch(actor_of(request), computer, tab_id))


async def _answer(
    request: HttpRequest, computer: Computer, act: Callable[[], Awaitable[object]]
) -> HttpResponse:
    """The outcome as a sentence; with `show=list` among the tabs as they are now."""
    trouble, status = "", 200
    try:
        await act()
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    if request.POST.get("show") == "list":
        return await _list(request, computer, trouble, status)
    if is_htmx(request):
        return render(request, "computers/_answer.html", {"trouble": trouble}, status=status)
    if trouble:
        messages.error(request, trouble)
    return redirect(request, "computers:cockpit", computer.public_id)


async def _list(
    request: HttpRequest, computer: Computer, trouble: str = "", status: int = 200
) -> HttpResponse:
    listed: list[TabFacts] = []
    try:
        listed = await verbs.listing(actor_of(request), computer)
    except REFUSALS as refusal:
        if not trouble:
            trouble, status = explained(refusal)
    role = getattr(request, SEEN).role
    may_drive = role is not None and allows(role, Action.SWITCH_TAB)
    context = {"computer": computer, "tabs": listed, "trouble": trouble, "may_drive": may_drive}
    page = "computers/actions/_tabs.html" if is_htmx(request) else "computers/actions/tabs.html"
    return render(request, page, context, status=status)
