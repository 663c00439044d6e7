"""A person's own pins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from computers.models import Computer, Pin
from computers.views.common import found, person, signed_in
from dashboard import live
from dashboard.database import atomic_unit
from dashboard.htmx import is_htmx, redirect
from dashboard.models import User
from dashboard.permissions import Action

#: What the news about a person's pins is called; its payload is {ids}.
NEWS = "pins"
#: Most pins of one person; one more drops the oldest.
LIMIT = 200


@require_POST
@signed_in
async def pin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pins it, or takes the pin away. Every wall that the person has open hears of it."""
    computer = await found(request, public_id, Action.WATCH)
    await _toggle(person(request), computer)
    return HttpResponse(status=204) if is_htmx(request) else redirect(request, "/")


@atomic_unit
def _toggle(user: User, computer: Computer) -> None:
    if not Pin.objects.filter(user=user, computer=computer).delete()[0]:
        Pin.objects.create(user=user, computer=computer)
        kept = Pin.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:LIMIT]
        Pin.objects.filter(user=user).exclude(pk__in=list(kept)).delete()
    ids = Pin.objects.filter(user=user).values_list("computer__public_id", flat=True)
    live.publish_on_commit(live.user_group(user.pk), NEWS, ids=list(ids))
