"""`/team/<slug>/`: who is in a team and what it is connected to."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from computers.models import Connection
from computers.views.common import person, signed_in
from dashboard.database import unit
from dashboard.htmx import redirect
from dashboard.models import Team, User
from dashboard.permissions import Action, Role, allows
from dashboard.teams import find_team


@require_safe
@signed_in
async def teams(request: HttpRequest) -> HttpResponse:
    """`/team/`: the one team, or a list of several."""
    mine = await _teams_of(person(request))
    if len(mine) == 1:
        return redirect(request, "team:page", mine[0][0].slug)
    return render(request, "team/teams.html", {"teams": mine})


@require_safe
@signed_in
async def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody in the team may see; who may change it has the buttons."""
    try:
        team, role = await find_team(person(request), slug, Action.WATCH)
    except Team.DoesNotExist:
        raise Http404 from None
    context = {
        "team": team,
        "role": role,
        "connections": await _connections(team.pk),
        "may_connect": allows(role, Action.MANAGE_CONNECTIONS),
    }
    return render(request, "team/page.html", context)


@unit
def _teams_of(user: User) -> list[tuple[Team, str]]:
    rows = user.memberships.select_related("team").order_by("team__name", "pk")
    return [(each.team, Role(each.role).label) for each in rows]


@unit
def _connections(team_id: int) -> list[Connection]:
    live = Count("computers", filter=Q(computers__gone_at=None))
    rows = Connection.objects.filter(team_id=team_id).annotate(running=live)
    return list(rows.order_by("name").defer("api_key"))
