"""Teams and who is in them: made, renamed, roles given and taken away. Open sockets hear of each change at once."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from dashboard import live
from dashboard.audit import Target, recorded
from dashboard.database import atomic_unit, unit
from dashboard.models import Invitation, Membership, Team, User
from dashboard.permissions import Action, Actor, Role, allowed, allows, require
from dashboard.refusal import Invalid, Refused

#: Longest name of a team, characters: the column's size.
NAME_LIMIT = 80
#: Most teams that one person owns.
MOST_TEAMS = 50
#: Addresses under /team/ that are pages of their own.
TAKEN_SLUGS = frozenset({"new"})
#: How a slug may be made unique, tries.
SLUG_TRIES = 20

ONLY_OWNERS = "Only an owner makes, changes or removes an owner."


async def make_team(actor: Actor, name: str) -> Team:
    """A new team that the actor owns. Whoever owns a team may make another."""
    name = named(name)
    team = await _make(actor.user, name)
    async with recorded(actor, Action.MANAGE_TEAM, target_of(team), verb="make"):
        return team


async def rename(actor: Actor, team: Team, name: str) -> None:
    """Its name; its address stays."""
    name = named(name)
    await _permit(actor, Action.MANAGE_TEAM, team.pk)
    async with recorded(actor, Action.MANAGE_TEAM, target_of(team), verb="rename", name=name):
        await unit(Team.objects.filter(pk=team.pk).update)(name=name)


async def require_second_factor(actor: Actor, team: Team, on: bool) -> None:
    """Whether the team opens only to members with a second factor. Whoever turns it on has one, and is not shut out."""
    await _permit(actor, Action.MANAGE_TEAM, team.pk)
    async with recorded(actor, Action.MANAGE_TEAM, target_of(team), requires_second_factor=on):
        if on and not await unit(actor.user.has_second_factor)():
            raise Refused(
                "Set up a second factor of your own first: this would shut you out.", "second_factor"
            )
        await _require_second_factor(team.pk, on)


async def change_role(actor: Actor, team: Team, user_id: int, role: Role) -> Membership:
    """Another role for a member; what it was before is in the log."""
    member = await _member(team.pk, user_id)
    told: dict[str, Any] = {
        "verb": "role",
        "member": member.user.display_name,
        "before": member.role,
        "role": role.value,
    }
    async with recorded(actor, Action.MANAGE_MEMBERS, target_of(team), **told):
        await _change(actor, team.pk, user_id, role)
    return member


async def remove(actor: Actor, team: Team, user_id: int) -> Membership:
    """A member is one no more, or leaves by themselves."""
    member = await _member(team.pk, user_id)
    leaves = user_id == actor.user.pk
    action = Action.LEAVE if leaves else Action.MANAGE_MEMBERS
    told: dict[str, Any] = {"member": member.user.display_name, "before": member.role}
    async with recorded(actor, action, target_of(team), verb="leave" if leaves else "remove", **told):
        await _change(actor, team.pk, user_id, None)
    return member


def target_of(team: Team) -> Target:
    """What the audit log copies of a team."""
    return Target(team.pk, f"team:{team.pk}", team.name)


def named(name: str) -> str:
    """A team's name, or `Invalid`."""
    name = name.strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        said = f"Give the team a name of at most {NAME_LIMIT} characters, all of them visible."
        raise Invalid(said, "name")
    return name


@unit
def _permit(actor: Actor, action: Action, team_id: int) -> Role:
    return require(actor.user, action, team_id)


@unit
def _member(team_id: int, user_id: int) -> Membership:
    """`Membership.DoesNotExist` for whoever is not in the team."""
    return Membership.objects.select_related("user").get(team_id=team_id, user_id=user_id)


@unit
def _make(user: User, name: str) -> Team:
    owned = user.memberships.filter(role=Role.OWNER).count()
    if not owned:
        allowed(None, Action.MANAGE_TEAM)
    if owned >= MOST_TEAMS:
        raise Refused(f"You own {MOST_TEAMS} teams already, which is the most.", "too_many")
    wish = re.sub(r"[^a-z0-9-]", "", slugify(name))[:60] or "team"
    for attempt in range(SLUG_TRIES):
        slug = wish if not attempt and wish not in TAKEN_SLUGS else f"{wish}-{secrets.token_hex(3)}"
        try:
            with transaction.atomic():
                team = Team.objects.create(name=name, slug=slug)
                Membership.objects.create(team=team, user=user, role=Role.OWNER)
                return team
        except IntegrityError:
            continue
    raise Refused("No address could be found for a team of that name. Try another name.", "name")


@atomic_unit
def _require_second_factor(team_id: int, on: bool) -> None:
    Team.objects.filter(pk=team_id).update(requires_second_factor=on)
    for user_id in Membership.objects.filter(team_id=team_id).values_list("user_id", flat=True):
        live.publish_on_commit(live.user_group(user_id), live.AUTHORITY)


@atomic_unit
def _change(actor: Actor, team_id: int, user_id: int, role: Role | None) -> None:
    """One role at a time in one team: of two owners who remove each other, one stays."""
    Team.objects.select_for_update().get(pk=team_id)
    member = Membership.objects.select_related("user").get(team_id=team_id, user_id=user_id)
    mine = actor.user.role_in(team_id)
    if user_id != actor.user.pk or role is not None:
        mine = allowed(mine, Action.MANAGE_MEMBERS)
        if Role.OWNER in (member.role, role) and mine is not Role.OWNER:
            raise Refused(ONLY_OWNERS, "role")
    others = Membership.objects.filter(team_id=team_id, role=Role.OWNER, user__is_active=True)
    if member.role == Role.OWNER and role != Role.OWNER and not others.exclude(pk=member.pk).exists():
        name = member.user.display_name
        raise Refused(f"{name} is the last owner. Make somebody else an owner first.", "last_owner")
    if not allows(role, Action.MANAGE_MEMBERS):
        # A link made before would otherwise be a way back in.
        Invitation.objects.open().filter(team_id=team_id, made_by=member.user).update(
            revoked_at=timezone.now()
        )
    if role is None:
        member.delete()
    elif member.role != role:
        member.role = role
        member.save(update_fields=["role"])
