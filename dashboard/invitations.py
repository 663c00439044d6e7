"""Invitations: a link that makes whoever has it a member, once, for a while. Only its hash is kept, so it is shown to
nobody a second time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from dashboard.audit import Target, recorded
from dashboard.database import atomic_unit, unit
from dashboard.models import Invitation, Membership, Team, User
from dashboard.permissions import Action, Actor, Role, require
from dashboard.refusal import Invalid, Refused

#: How long one may be good for, days.
LIFETIMES = (1, 7, 30)
TOKEN_BYTES = 32
#: Where a browser's session keeps a link's token: it stands in no address after the first one.
SESSION_TOKEN = "invitation"
#: Most open invitations of one team.
MOST_OPEN = 100

OVER = "This invitation cannot be used: it was accepted, revoked or has expired. Ask for a new one."


async def invite(actor: Actor, team: Team, role: Role, email: str, days: int) -> tuple[Invitation, str]:
    """A new one, and its token: this is the only time that it can be told."""
    email = email.strip().lower()
    if days not in LIFETIMES:
        raise Invalid("Choose how long it is good for.", "days")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Invalid("That is not an email address.", "email") from None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    told: dict[str, Any] = {"verb": "invite", "role": role.value, "email": email, "days": days}
    async with recorded(actor, Action.MANAGE_MEMBERS, _target(team), **told) as found:
        made = await _invite(actor, team.pk, role, email, days, token)
        found["invitation"] = made.pk
    return made, token


async def revoke(actor: Actor, team: Team, pk: int) -> None:
    """It cannot be used any more; one that was used or is over stays as it is."""
    async with recorded(actor, Action.MANAGE_MEMBERS, _target(team), verb="revoke", invitation=pk):
        await _revoke(actor, team.pk, pk)


@unit
def find(token: str) -> Invitation | None:
    """The open invitation with this token."""
    return _open(token)


async def join(actor: Actor, token: str) -> Team:
    """The actor accepts it with the account they have; `Refused` if it is over, or is not for them."""
    found = await find(token)
    if found is None:
        raise Refused(OVER, "over")
    async with recorded(actor, Action.JOIN, _target(found.team), role=found.role, invitation=found.pk):
        await _join(actor.user, token)
    return found.team


async def sign_up(token: str, username: str, name: str, email: str, password: str, address: str) -> User:
    """A new account for a stranger who has the link, and a member at once. One link makes one account, however many
    try at the same time."""
    found = await find(token)
    if found is None:
        raise Refused(OVER, "over")
    user = await _sign_up(token, username.strip(), name.strip(), email.strip().lower(), password)
    told: dict[str, Any] = {"role": found.role, "invitation": found.pk, "signed_up": True}
    async with recorded(Actor(user, address=address), Action.JOIN, _target(found.team), **told):
        return user


def open_with(token: str) -> Invitation | None:
    """`find`, for code that is synchronous."""
    return _open(token) if token else None


def accept(token: str, user: User) -> None:
    """`join`, in the caller's transaction; `Refused`."""
    _consume(token, user)


def note_joined(token: str, user: User, address: str) -> None:
    """What the log says of an account that came with an invitation. For code that is synchronous."""
    used = Invitation.objects.select_related("team").get(token_hash=_hash(token))

    async def note() -> None:
        told: dict[str, Any] = {"role": used.role, "invitation": used.pk, "signed_up": True}
        async with recorded(Actor(user, address=address), Action.JOIN, _target(used.team), **told):
            pass

    async_to_sync(note)()


def _target(team: Team) -> Target:
    return Target(team.pk, f"team:{team.pk}", team.name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _open(token: str) -> Invitation | None:
    rows = Invitation.objects.open().select_related("team", "made_by")
    return rows.filter(token_hash=_hash(token)).first()


@unit
def _invite(actor: Actor, team_id: int, role: Role, email: str, days: int, token: str) -> Invitation:
    mine = require(actor.user, Action.MANAGE_MEMBERS, team_id)
    if role is Role.OWNER and mine is not Role.OWNER:
        raise Refused("Only an owner invites an owner.", "role")
    if Invitation.objects.open().filter(team_id=team_id).count() >= MOST_OPEN:
        raise Refused(f"A team has at most {MOST_OPEN} open invitations: revoke some first.", "too_many")
    return Invitation.objects.create(
        team_id=team_id,
        token_hash=_hash(token),
        role=role,
        email=email,
        made_by=actor.user,
        expires_at=timezone.now() + timedelta(days=days),
    )


@unit
def _revoke(actor: Actor, team_id: int, pk: int) -> None:
    require(actor.user, Action.MANAGE_MEMBERS, team_id)
    found = Invitation.objects.filter(team_id=team_id, pk=pk)
    if not found.exists():
        raise Invitation.DoesNotExist
    found.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())


@atomic_unit
def _join(user: User, token: str) -> None:
    _consume(token, user)


@unit
def _sign_up(token: str, username: str, name: str, email: str, password: str) -> User:
    found = _open(token)
    if found is None:
        raise Refused(OVER, "over")
    user = User(username=username, first_name=name, email=found.email or email)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as wrong:
        field, said = next(iter(wrong.message_dict.items()))
        raise Invalid(said[0], {"first_name": "name"}.get(field, field)) from None
    if user.email and User.objects.filter(email__iexact=user.email).exists():
        raise Invalid("There is an account with this address already: sign in with it.", "email")
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid("That name is taken.", "username")
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        raise Invalid(" ".join(wrong.messages), "password") from None
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            _consume(token, user)
    except IntegrityError:
        raise Invalid("That name is taken.", "username") from None
    return user


def _consume(token: str, user: User) -> None:
    """In a transaction: whoever comes second finds it used."""
    found = _open(token)
    if found is None:
        raise Refused(OVER, "over")
    if found.email and found.email != user.email.lower():
        raise Refused("This invitation is for another address than your account's.", "email")
    if Membership.objects.filter(team=found.team, user=user).exists():
        raise Refused(f"You are in {found.team.name} already.", "member")
    if not Invitation.objects.open().filter(pk=found.pk).update(used_at=timezone.now(), used_by=user):
        raise Refused(OVER, "over")
    Membership.objects.create(team=found.team, user=user, role=found.role)
