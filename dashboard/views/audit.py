"""The audit log: a page of it, and all of it as a file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.views.common import actor_of, person, signed_in
from dashboard import audit_reader
from dashboard.cut import while_allowed
from dashboard.models import Team
from dashboard.permissions import Action
from dashboard.views.audit_filter import AuditFilter

#: The media types of the two exports, by their file's ending.
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
NUMBER_DIGITS = 18


@require_safe
@signed_in
async def audit(request: HttpRequest) -> HttpResponse:
    """`/audit/`: fifty actions, the newest or those `?before=` a number, with the filters of `AuditFilter`."""
    form = await _asked(request)
    page, valid = audit_reader.Page([], 0), form.is_valid()
    if valid:
        page = await audit_reader.page(form.chosen_teams, form.question, _number(request, "before"))
    address = request.GET.copy()
    address.pop("before", None)
    context = {
        "form": form,
        "page": page,
        "several": len(form.teams) > 1,
        "filters": address.urlencode(),
        "is_newest": "before" not in request.GET,
    }
    response = render(request, "audit/audit.html", context, status=200 if valid else 422)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in
async def export(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of every action that the same filters leave, sent as they are read."""
    if form not in MEDIA_TYPES:
        raise Http404
    asked = await _asked(request)
    if not asked.is_valid():
        said = " ".join(
            f"{asked[name].label}: {' '.join(map(str, errors))}" for name, errors in asked.errors.items()
        )
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    rows = audit_reader.export(actor_of(request), asked.chosen_teams, asked.question, form)
    if request.method == "HEAD":
        await rows.aclose()  # nothing is read, so nothing is told
        return HttpResponse(content_type=MEDIA_TYPES[form])
    teams = set(asked.chosen_teams)
    rows = while_allowed(request, rows, lambda user: teams.issubset(user.teams_for(Action.READ_AUDIT)))
    response = StreamingHttpResponse(rows, content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="audit.{form}"'
    response["Cache-Control"] = "no-store"
    # mypy: a stream is answered like any other response.
    return response  # type: ignore[return-value]


async def _asked(request: HttpRequest) -> AuditFilter:
    """The filters, with one's own teams: 403 without any, 404 for another's."""
    teams: list[Team] = await audit_reader.teams_of(person(request))
    if not teams:
        raise PermissionDenied("The audit log is for the admins of a team.")
    slug = request.GET.get("team", "")
    if slug and slug not in {team.slug for team in teams}:
        raise Http404
    return AuditFilter(teams, await audit_reader.people_of(teams), request.GET)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS else 0
