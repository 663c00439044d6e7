"""The region "Actions": each form calls its endpoint and shows beside itself what came back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from computers.actions.batch import StepResult
from computers.actions.copies import CAPTURE
from computers.actions.perform import Done, bounded
from computers.models import Computer
from computers.views.action_forms import ENTRIES, ActionForm, Entry
from computers.views.common import REFUSALS, actor_of, found, signed_in
from dashboard.htmx import is_htmx

#: A form that shows errors says so when it is sent again: its answer is the whole form, without them.
SHOWS_ERRORS = "shows_errors"


@dataclass(frozen=True, slots=True)
class Shown:
    """One result as the page shows it."""

    ok: bool
    status: str
    request_id: str = ""
    error: str = ""
    json: str = ""
    capture: str = ""
    title: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def acting(request: HttpRequest, public_id: str, slug: str) -> HttpResponse:
    """One form: GET shows it, POST acts."""
    entry = ENTRIES.get(slug)
    if entry is None:
        raise Http404
    computer = await found(request, public_id, entry.action)
    if request.method != "POST":
        return _page(request, computer, entry, entry.bound())
    form = entry.bound(request.POST)
    if not form.is_valid():
        return _page(request, computer, entry, form, status=422)
    started = time.monotonic()
    try:
        done = await entry.act(actor_of(request), computer, form.cleaned_data)
    except REFUSALS as refusal:
        status = form.refuse(refusal)
        return _page(request, computer, entry, form, status=status)
    took = int((time.monotonic() - started) * 1000)
    if entry.secret:
        # What was typed is not sent back.
        form = entry.bound()
    context: dict[str, Any] = {"results": _shown(done), "milliseconds": took}
    if not is_htmx(request) or SHOWS_ERRORS in request.POST:
        return _page(request, computer, entry, form, **context)
    return _result(request, computer, entry, form, **context)


def _page(
    request: HttpRequest,
    computer: Computer,
    entry: Entry,
    form: ActionForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {
        "computer": computer,
        "entry": entry,
        "form": form,
        "open": True,
        "shows_errors": SHOWS_ERRORS,
    }
    page = "computers/actions/_form.html" if is_htmx(request) else "computers/actions/form.html"
    return render(request, page, context, status=status)


def _result(
    request: HttpRequest, computer: Computer, entry: Entry, form: ActionForm, **context: Any
) -> HttpResponse:
    """What came back and nothing else: a form that showed no error stands in the page as it should."""
    context |= {"computer": computer, "form": form, "emptied": []}
    if entry.secret:
        context["emptied"] = form.visible_fields()
        for field in form.visible_fields():
            field.field.widget.attrs["hx-swap-oob"] = "true"
    answer = render(request, "computers/actions/_result.html", context)
    answer["HX-Retarget"] = f"#act-{entry.slug}-result"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def _shown(done: Done | list[StepResult]) -> list[Shown]:
    if isinstance(done, Done):
        return [
            Shown(
                True,
                done.status or "ok",
                done.request_id,
                json=_json(done.shown()),
                capture=_capture(done.result),
            )
        ]
    return [
        Shown(
            each.ok,
            each.status,
            each.request_id,
            each.error,
            _json(bounded(each.result)),
            _capture(each.result),
            f"{place}. {each.type}",
        )
        for place, each in enumerate(done, 1)
    ]


def _capture(result: dict[str, Any]) -> str:
    return str(result.get(CAPTURE) or "")


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if value else ""


def forms_for_page() -> list[dict[str, Any]]:
    """Every entry with an empty form, for the cockpit."""
    return [{"entry": entry, "form": entry.bound()} for entry in ENTRIES.values()]
