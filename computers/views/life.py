"""Keeping a computer alive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from computers.actions import life
from computers.models import Computer
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action


@require_POST
@signed_in
async def keep_alive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its idle limit starts anew."""
    computer = await found(request, public_id, Action.WATCH)
    said = "Kept alive: its idle limit starts anew."
    return await _answer(request, computer, said, lambda: life.keep_alive(actor_of(request), computer))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET says who holds it open and until when; POST holds it for a while though nobody drives."""
    computer = await found(request, public_id, Action.HOLD_OPEN)
    if request.method == "POST":
        return await _held(request, computer, life.hold_open(actor_of(request), computer))
    return await _dialog(request, computer)


@require_POST
@signed_in
async def hold_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """From now on it is kept alive only while somebody drives."""
    computer = await found(request, public_id, Action.HOLD_OPEN)
    return await _held(request, computer, life.let_go(actor_of(request), computer))


async def _held(request: HttpRequest, computer: Computer, act: Awaitable[None]) -> HttpResponse:
    trouble, status = "", 200
    try:
        await act
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    return await _dialog(request, computer, trouble, status)


async def _dialog(
    request: HttpRequest, computer: Computer, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "computer": computer,
        "hold": await life.standing(computer.pk),
        "hours": int(life.HOLD_LIMIT.total_seconds() // 3600),
        "trouble": trouble,
    }
    page = "computers/actions/_hold.html" if is_htmx(request) else "computers/actions/hold.html"
    return render(request, page, context, status=status)


async def _answer(
    request: HttpRequest, computer: Computer, said: str, act: Callable[[], Awaitable[object]]
) -> HttpResponse:
    trouble, status = "", 200
    try:
        await act()
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    if is_htmx(request):
        context = {"trouble": trouble, "said": said}
        return render(request, "computers/_answer.html", context, status=status)
    messages.add_message(request, messages.ERROR if trouble else messages.SUCCESS, trouble or said)
    return redirect(request, "computers:cockpit", computer.public_id)
