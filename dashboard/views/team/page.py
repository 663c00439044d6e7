"""`/team/<slug>/`: who is in a team and what it is connected to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from computers.models import Connection
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in
from dashboard import members
from dashboard.database import unit
from dashboard.htmx import redirect
from dashboard.invitations import LIFETIMES
from dashboard.models import Invitation, Membership, Team, User
from dashboard.permissions import Action, Role, allows
from dashboard.refusal import Refused
from dashboard.teams import find_team

#: What a role may do, for whoever chooses one.
ROLES = (
    (Role.VIEWER, "watches"),
    (Role.OPERATOR, "drives, runs commands and tasks"),
    (Role.ADMIN, "manages connections, members and any lease"),
    (Role.OWNER, "everything"),
)


@require_safe
@signed_in
async def teams(request: HttpRequest) -> HttpResponse:
    """`/team/`: the one team, or a list of several."""
    mine = await _teams_of(person(request))
    if len(mine) == 1:
        return redirect(request, "team:page", mine[0][0].slug)
    may_make = any(role is Role.OWNER for _, role in mine)
    return render(request, "team/teams.html", {"teams": mine, "may_make": may_make})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def team_new(request: HttpRequest) -> HttpResponse:
    """`/team/new/`: another team, by whoever owns one."""
    if not any(role is Role.OWNER for _, role in await _teams_of(person(request))):
        return render(request, "403.html", {"reason": "Whoever owns a team may make another."}, status=403)
    context: dict[str, Any] = {"name": request.POST.get("name", "")}
    status = 200
    if request.method == "POST":
        try:
            team = await members.make_team(actor_of(request), context["name"])
        except REFUSALS as refusal:
            context["trouble"], status = explained(refusal)
        else:
            messages.success(request, f"{team.name} was made. You own it.")
            return redirect(request, "team:page", team.slug)
    return render(request, "team/new.html", context, status=status)


@require_safe
@signed_in
async def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody in the team may see; who may change it has the buttons."""
    return await team_page(request, *await found(request, slug, Action.WATCH))


@require_POST
@signed_in
async def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Its name, and whether a second factor is required."""
    team, role = await found(request, slug, Action.MANAGE_TEAM)
    on = request.POST.get("second_factor") == "on"
    try:
        if (name := request.POST.get("name", "")) != team.name:
            await members.rename(actor_of(request), team, name)
        if on != team.requires_second_factor:
            await members.require_second_factor(actor_of(request), team, on)
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        code = refusal.code if isinstance(refusal, Refused) else ""
        return await team_page(request, team, role, status, settings_trouble=trouble, wrong_setting=code)
    messages.success(request, "Saved.")
    return redirect(request, "team:page", team.slug)


async def found(request: HttpRequest, slug: str, action: Action) -> tuple[Team, Role]:
    """404 for a stranger, 403 for what the role forbids."""
    try:
        return await find_team(person(request), slug, action)
    except Team.DoesNotExist:
        raise Http404 from None


async def team_page(
    request: HttpRequest, team: Team, role: Role, status: int = 200, **extra: Any
) -> HttpResponse:
    """The whole page, perhaps with what was wrong beside one of its forms."""
    manages = allows(role, Action.MANAGE_MEMBERS)
    is_owner = role is Role.OWNER
    context = {
        "team": team,
        "role": role,
        "you": person(request).pk,
        "several": len(await _teams_of(person(request))) > 1,
        "members": await _members(team.pk),
        "invitations": await _invitations(team.pk) if manages else [],
        "connections": await _connections(team.pk),
        "roles": [(each, does) for each, does in ROLES if is_owner or each is not Role.OWNER],
        "lifetimes": LIFETIMES,
        "manages": manages,
        "is_owner": is_owner,
        "may_connect": allows(role, Action.MANAGE_CONNECTIONS),
        **extra,
    }
    return render(request, "team/page.html", context, status=status)


@unit
def _teams_of(user: User) -> list[tuple[Team, Role]]:
    rows = user.memberships.select_related("team").order_by("team__name", "pk")
    return [(each.team, Role(each.role)) for each in rows]


@unit
def _members(team_id: int) -> list[Membership]:
    rank = list(Role)[::-1]
    rows = Membership.objects.filter(team_id=team_id).select_related("user")
    found = list(rows.order_by("user__first_name", "user__username"))
    return sorted(found, key=lambda each: rank.index(Role(each.role)))


@unit
def _invitations(team_id: int) -> list[Invitation]:
    return list(Invitation.objects.open().filter(team_id=team_id).select_related("made_by"))


@unit
def _connections(team_id: int) -> list[Connection]:
    live = Count("computers", filter=Q(computers__gone_at=None))
    rows = Connection.objects.filter(team_id=team_id).annotate(running=live)
    return list(rows.order_by("name").defer("api_key"))
