"""The rows of macros: found through the person who asks, saved only over what they have seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.utils import timezone

from computers.actions.refusal import Invalid, Refused
from computers.macros.steps import Step, Unreadable, dumped, parsed
from computers.models import Macro
from dashboard.database import unit
from dashboard.models import Team, User
from dashboard.permissions import Action, allows, require

#: Most macros of one team.
MOST_MACROS = 1000
#: Longest name, characters (`Macro.name`).
NAME_LIMIT = 80
#: Largest key that both databases know.
KEY_LIMIT = 2**63 - 1

UNREADABLE = (
    "The steps of this macro cannot be read: they were encrypted with a key that is no longer among "
    "FIELD_ENCRYPTION_KEYS, or are damaged. Delete it, or bring the key back."
)
CHANGED = "Somebody else changed this macro meanwhile. Reload the page to see how it is now, then change it."


@dataclass(frozen=True, slots=True)
class Shelf:
    """One team's macros, without their steps."""

    team: Team
    macros: list[Macro]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A macro with its steps; `steps` is None where they cannot be read."""

    pk: int
    team_id: int
    name: str
    changed_at: datetime
    steps: list[Step] | None


@unit
def shelves(user: User) -> list[Shelf]:
    """Every team of the person, with its macros."""
    found = []
    for membership in user.memberships.select_related("team").order_by("team__name"):
        # Without the steps: one that cannot be decrypted must not hide the others.
        macros = membership.team.macros.defer("steps").select_related("made_by").order_by("name")
        may_manage = allows(membership.role, Action.MANAGE_MACROS)
        found.append(Shelf(membership.team, list(macros[:MOST_MACROS]), may_manage))
    return found


@unit
def of_team(team_id: int) -> list[Macro]:
    """Without their steps."""
    return list(Macro.objects.filter(team_id=team_id).defer("steps").order_by("name")[:MOST_MACROS])


@unit
def opened(user: User, pk: int, action: Action = Action.MANAGE_MACROS) -> Opened:
    """The macro, found through the person and then required: `DoesNotExist` for a stranger, `PermissionDenied` for a
    role that may not."""
    if pk > KEY_LIMIT:
        raise Macro.DoesNotExist
    rows = Macro.objects.filter(pk=pk, team__memberships__user=user)
    macro = rows.defer("steps").get()
    require(user, action, macro.team_id)
    try:
        steps = parsed(Macro.objects.values_list("steps", flat=True).get(pk=pk))
    except (InvalidToken, Unreadable):
        steps = None
    return Opened(macro.pk, macro.team_id, macro.name, macro.changed_at, steps)


@unit
def create(user: User, team_id: int, name: str, steps: Sequence[Step]) -> Macro:
    """A new one; `Invalid` for a name that is taken."""
    name, text = named(name), dumped(steps)
    if Macro.objects.filter(team_id=team_id).count() >= MOST_MACROS:
        raise Refused(f"A team has at most {MOST_MACROS} macros.", "too_many")
    try:
        with transaction.atomic():
            return Macro.objects.create(team_id=team_id, name=name, steps=text, made_by=user)
    except IntegrityError:
        raise _taken(name) from None


@unit
def change(macro: Opened, seen: str, name: str, steps: Sequence[Step]) -> None:
    """Save over what the person saw, told by its time of change; `Refused` if that is not how it is any more."""
    name, text = named(name), dumped(steps)
    rows = Macro.objects.filter(pk=macro.pk, changed_at=macro.changed_at)
    try:
        with transaction.atomic():
            changed = seen == stamp(macro.changed_at) and rows.update(
                name=name, steps=text, changed_at=timezone.now()
            )
    except IntegrityError:
        raise _taken(name) from None
    if not changed:
        raise Refused(CHANGED, "changed")


@unit
def delete(pk: int) -> None:
    """It is gone; one that is gone already stays so."""
    Macro.objects.filter(pk=pk).defer("steps").delete()


def stamp(changed_at: datetime) -> str:
    """When it was changed, as a form carries it."""
    return changed_at.isoformat()


def named(name: str) -> str:
    """A macro's name, or `Invalid`."""
    name = name.strip()
    if not name:
        raise Invalid("Please give the macro a name.", "name")
    if len(name) > NAME_LIMIT or not name.isprintable():
        raise Invalid(f"A name has at most {NAME_LIMIT} characters, all of them visible.", "name")
    return name


def _taken(name: str) -> Invalid:
    return Invalid(f"Your team has a macro called “{name}” already. Choose another name.", "name")
