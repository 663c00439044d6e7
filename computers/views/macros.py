"""Macros: the list, the editor, and deleting one. A macro is found through the person who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from computers.actions import macros as verbs
from computers.actions.refusal import Refused
from computers.macros import rows as editing
from computers.macros import store
from computers.macros.rows import Row
from computers.macros.steps import MOST_STEPS, Step, described
from computers.macros.store import Opened
from computers.models import Macro
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in
from computers.views.macro_page import EditorPage, Source, source_of
from dashboard.htmx import is_htmx, redirect


@require_safe
@signed_in
async def macros(request: HttpRequest) -> HttpResponse:
    """`/macros/`: every team's."""
    shelves = await store.shelves(person(request))
    context = {
        "shelves": shelves,
        "may_manage": any(shelf.may_manage for shelf in shelves),
        # Where one was recorded just now: the way back there.
        "source": await source_of(person(request), request.GET),
    }
    return render(request, "computers/macros/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def macro_new(request: HttpRequest) -> HttpResponse:
    """`/macros/new/`: empty, or of a computer's entries."""
    teams = [shelf.team for shelf in await store.shelves(person(request)) if shelf.may_manage]
    if not teams:
        raise PermissionDenied("Your role does not allow this.")
    fields = request.POST if request.method == "POST" else request.GET
    source = await source_of(person(request), fields)
    if source is not None:
        teams = [source.team]
    page = EditorPage(request, person(request).pk, source=source, teams=teams)
    if request.method != "POST":
        return page.opened(*await _beginning(source))
    chosen = next((team for team in teams if str(team.pk) == fields.get("team")), teams[0])
    page.team = chosen
    if fields.get("op") == "discard":
        await _forget(source)
        messages.success(request, "The recording was discarded." if source else "Nothing was saved.")
        return _left(page)

    async def save(name: str, steps: list[Step]) -> None:
        await verbs.create(actor_of(request), chosen.pk, name, steps)
        await _forget(source)

    return await _posted(page, save)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def macro(request: HttpRequest, pk: int) -> HttpResponse:
    """`/macros/<id>/`: the editor of one that is saved."""
    opened = await _found(request, pk)
    page = EditorPage(request, person(request).pk, macro=opened)
    if request.method != "POST":
        if opened.steps is None:
            page.trouble = store.UNREADABLE
        return page.opened(editing.of_steps(opened.steps or []), [])

    async def save(name: str, steps: list[Step]) -> None:
        await verbs.change(actor_of(request), opened, page.field("seen"), name, steps)

    return await _posted(page, save)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def macro_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST deletes it."""
    opened = await _found(request, pk)
    if request.method == "POST":
        await verbs.delete(actor_of(request), opened)
        messages.success(request, f"The macro “{opened.name}” was deleted.")
        return redirect(request, "computers:macros")
    page = "computers/macros/_deletion.html" if is_htmx(request) else "computers/macros/deletion.html"
    steps = [described(step) for step in opened.steps or []]
    return render(request, page, {"macro": opened, "steps": steps})


async def _posted(page: EditorPage, save: Callable[[str, list[Step]], Any]) -> HttpResponse:
    """One press of a button of the editor."""
    found = page.rows()
    op = page.field("op")
    if op != "save":
        changed, focus = editing.changed(found, op, page.field("new_type"))
        return page.again(changed, focus=focus)
    steps, told = editing.to_steps(found)
    wrong = next((place for place, row in enumerate(told) if row.errors), None)
    if wrong is not None:
        said = f"Step {wrong + 1} is not complete yet. Nothing was saved."
        return page.again(told, focus=f"step-{wrong}", trouble=said, status=422)
    try:
        await save(page.field("name"), steps)
    except REFUSALS as refusal:
        sentence, status = explained(refusal)
        of_name = isinstance(refusal, Refused) and refusal.code == "name"
        return page.again(
            told,
            focus="macro-name" if of_name else "",
            trouble="" if of_name else sentence,
            name_trouble=sentence if of_name else "",
            status=status,
        )
    messages.success(page.request, f"The macro “{page.field('name').strip()}” was saved.")
    return _left(page)


def _left(page: EditorPage) -> HttpResponse:
    """To the list, which leads back to the computer that the steps are from."""
    listed = reverse("computers:macros")
    if page.source is not None:
        listed += "?" + urlencode({"computer": page.source.computer.public_id})
    return redirect(page.request, listed)


async def _beginning(source: Source | None) -> tuple[list[Row], list[str]]:
    if source is None:
        return [], []
    taken = await source.taken()
    found, left_out = editing.of_entries(taken.entries)
    surplus = len(found) - MOST_STEPS
    if taken.left_out or surplus > 0:
        left_out.append(f"everything after the first {MOST_STEPS} steps")
    return found[:MOST_STEPS], left_out


async def _forget(source: Source | None) -> None:
    if source is not None:
        await source.forget_texts()


async def _found(request: HttpRequest, pk: int) -> Opened:
    try:
        return await store.opened(person(request), pk)
    except Macro.DoesNotExist:
        raise Http404 from None
