"""What was saved and can be resumed: asked for beside the form, so that a slow service delays nobody."""

from __future__ import annotations

import asyncio

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.connections import client_of
from computers.models import Computer, Connection
from computers.upstream.errors import UpstreamError
from computers.views.common import person, signed_in
from computers.views.creation_form import connections_of
from computers.wire.upstream import ComputerFacts
from dashboard.database import unit

#: How long a service may take to say what is saved, seconds; and how many are offered.
ANSWER_WITHIN = 10.0
OFFERED = 100


@require_safe
@signed_in
async def saved(request: HttpRequest) -> HttpResponse:
    """The field "Resume a saved computer" of the chosen connection, or of the first one."""
    choices = (await connections_of(person(request))).creatable
    wanted = request.GET.get("connection", "")
    connection = next((each for each in choices if str(each.pk) == wanted), choices[0] if choices else None)
    context: dict[str, object] = {
        "loaded": True,
        "several": len(choices) > 1,
        "chosen": request.GET.get("environment_id", "")[:128],
    }
    if connection is not None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN), client_of(connection) as client:
                listed = await client.saved()
            context["choices"] = await _named(connection, listed[:OFFERED])
        except UpstreamError as error:
            context["trouble"] = f"What is saved cannot be listed. {error}"
        except TimeoutError:
            context["trouble"] = "What is saved cannot be listed: the service did not answer in time."
    return render(request, "computers/_saved.html", context)


@unit
def _named(connection: Connection, listed: list[ComputerFacts]) -> list[tuple[str, str]]:
    """Ids with what people know them by, the youngest first."""
    ids = [facts.id for facts in listed]
    known = dict(
        Computer.objects.filter(connection=connection, upstream_id__in=ids).values_list("upstream_id", "name")
    )
    found = []
    for facts in sorted(listed, key=lambda facts: str(facts.created_at or ""), reverse=True):
        name = known.get(facts.id) or f"{facts.kind or 'browser'} {facts.id[-6:]}"
        when = f", {facts.created_at:%d %b %H:%M} UTC" if facts.created_at else ""
        found.append((facts.id, f"{name}{when}"))
    return found
