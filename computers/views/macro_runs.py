"""Recording a macro from the cockpit, and running one there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from computers.actions import macros as verbs
from computers.actions import recording as recording_verbs
from computers.actions.batch import NOT_RUN, StepResult
from computers.actions.copies import CAPTURE
from computers.macros import recordings, store
from computers.macros.recordings import Span
from computers.macros.steps import Step, asked, described
from computers.macros.store import Opened
from computers.models import Computer, Macro
from computers.views.common import REFUSALS, actor_of, explained, found, person, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def recording(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST begins one; GET goes to the editor of the person's last one, for one that ended with their control."""
    computer = await found(request, public_id, Action.RECORD)
    if request.method != "POST":
        span = await recordings.latest(computer.pk, person(request).pk)
        if span is None:
            raise Http404
        return _to_editor(request, computer, span)
    try:
        await recording_verbs.start(actor_of(request), computer)
    except REFUSALS as refusal:
        return _answer(request, *explained(refusal))
    return _answer(request, "")


@require_POST
@signed_in
async def recording_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End, and edit what was recorded."""
    computer = await found(request, public_id, Action.RECORD)
    try:
        span = await recording_verbs.stop(actor_of(request), computer)
    except REFUSALS as refusal:
        return _answer(request, *explained(refusal))
    return _to_editor(request, computer, span)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def macro_run(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?macro=<id>`: choose one, answer what it asks for, confirm; then each step's result."""
    computer = await found(request, public_id, Action.RUN_MACRO)
    fields = request.POST if request.method == "POST" else request.GET
    macro = await _chosen(request, computer, fields.get("macro", ""))
    if request.method != "POST" or macro is None:
        trouble = "Please choose a macro." if request.method == "POST" else ""
        return await _page(request, computer, macro, trouble=trouble, status=422 if trouble else 200)
    texts: dict[int, Any] = {
        each.place: fields.get(f"text-{each.place}", "").replace("\r\n", "\n")
        for each in asked(macro.steps or [])
    }
    try:
        results = await verbs.run(actor_of(request), computer, macro, texts)
    except REFUSALS as refusal:
        sentence, status = explained(refusal)
        return await _page(request, computer, macro, trouble=sentence, status=status)
    return await _page(request, computer, macro, results=_shown(macro.steps or [], results))


async def _chosen(request: HttpRequest, computer: Computer, said: str) -> Opened | None:
    """The macro; 404 for one that is not this computer's team's."""
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 20):
        raise Http404
    try:
        macro = await store.opened(person(request), int(said), Action.RUN_MACRO)
    except Macro.DoesNotExist:
        raise Http404 from None
    if macro.team_id != computer.connection.team_id:
        raise Http404
    return macro


async def _page(
    request: HttpRequest, computer: Computer, macro: Opened | None, status: int = 200, **context: Any
) -> HttpResponse:
    unreadable = macro is not None and macro.steps is None
    context |= {
        "computer": computer,
        "macros": await store.of_team(computer.connection.team_id),
        "macro": macro,
        "steps": [described(step) for step in (macro.steps or [] if macro else [])],
        "asked": asked(macro.steps or []) if macro else [],
    }
    if unreadable and not context.get("trouble"):
        context["trouble"] = store.UNREADABLE
    page = "computers/macros/_run.html" if is_htmx(request) else "computers/macros/run.html"
    response = render(request, page, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shown(steps: list[Step], results: list[StepResult]) -> list[dict[str, Any]]:
    return [
        {
            "said": described(step),
            "word": "done" if each.ok else "not run" if each.status == NOT_RUN else "failed",
            "error": each.error,
            "capture": str(each.result.get(CAPTURE) or ""),
        }
        for step, each in zip(steps, results, strict=False)
    ]


def _to_editor(request: HttpRequest, computer: Computer, span: Span) -> HttpResponse:
    told: dict[str, str | int] = {"computer": computer.public_id, "from": span.first, "to": span.last}
    query = urlencode(told)
    return redirect(request, f"{reverse('computers:macro_new')}?{query}")


def _answer(request: HttpRequest, sentence: str, status: int = 200) -> HttpResponse:
    return render(request, "computers/macros/_answer.html", {"sentence": sentence}, status=status)
