"""Members: their roles, and their leaving."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from computers.actions.dismissal import dismiss
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in, signed_in_anyhow
from dashboard import members
from dashboard.database import unit
from dashboard.htmx import redirect
from dashboard.models import Membership, Team
from dashboard.permissions import Action, Role, allows
from dashboard.teams import own_team
from dashboard.views.team.page import found, team_page

#: What a lease that ends this way says of it.
NO_LONGER = "no longer allowed to drive"
KEY_LIMIT = 2**63 - 1


@require_POST
@signed_in
async def member_role(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Another role."""
    team, role = await found(request, slug, Action.MANAGE_MEMBERS)
    member = await _member(team, user_id)
    wanted = request.POST.get("role", "")
    try:
        if wanted not in Role.values:
            return await team_page(request, team, role, 422, member_trouble="There is no such role.")
        await members.change_role(actor_of(request), team, user_id, Role(wanted))
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        return await team_page(request, team, role, status, member_trouble=trouble)
    if not allows(wanted, Action.INPUT):
        await dismiss(member.user, team.pk, NO_LONGER)
    messages.success(request, f"{member.user.display_name} is {Role(wanted).label.lower()} now.")
    return redirect(request, "team:page", team.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_anyhow
async def member_removal(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """GET asks, POST removes a member; one's own is leaving, which everybody may."""
    leaves = user_id == person(request).pk
    if leaves:
        try:
            team = await own_team(person(request), slug)
        except Team.DoesNotExist:
            raise Http404 from None
    else:
        team, _ = await found(request, slug, Action.MANAGE_MEMBERS)
    member = await _member(team, user_id)
    trouble, status = "", 200
    if request.method == "POST":
        try:
            await members.remove(actor_of(request), team, user_id)
        except REFUSALS as refusal:
            trouble, status = explained(refusal)
        else:
            await dismiss(member.user, team.pk, NO_LONGER)
            if leaves:
                messages.success(request, f"You have left {team.name}.")
                return redirect(request, "/")
            messages.success(request, f"{member.user.display_name} was removed.")
            return redirect(request, "team:page", team.slug)
    context = {"team": team, "member": member, "leaves": leaves, "trouble": trouble}
    return render(request, "team/removal.html", context, status=status)


async def _member(team: Team, user_id: int) -> Membership:
    member = await _read(team.pk, user_id) if user_id <= KEY_LIMIT else None
    if member is None:
        raise Http404
    return member


@unit
def _read(team_id: int, user_id: int) -> Membership | None:
    return Membership.objects.select_related("user").filter(team_id=team_id, user_id=user_id).first()
