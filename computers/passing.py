"""Control between people, on the lease's row and beside it: who asks for it, and to whom it passes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from computers import leases
from computers.leases import OFFERED, SETTLED, Standing
from computers.models import Computer, ControlLease, ControlRequest
from dashboard.database import atomic_unit, unit
from dashboard.models import User
from dashboard.permissions import Actor

#: How long a request stands unless it is answered, seconds, and how many of one computer at once.
LASTS, LIMIT = 120.0, 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `user` is the person's number: what grants and denials name."""

    user: int
    name: str
    client: str
    reason: str
    expires_at: datetime


class Full(Exception):
    """As many ask already as may."""


class NotDriving(Exception):
    """Whoever wanted to give control away does not have it any more."""


@atomic_unit
def ask(computer: Computer, actor: Actor, reason: str) -> None:
    """Note the request; asked again, it is a new one. `Full`."""
    # One lock for all who ask at once, so that the limit is one.
    Computer.objects.select_for_update().filter(pk=computer.pk).first()
    others = _standing(computer.pk).exclude(user=actor.user)
    if others.count() >= LIMIT:
        raise Full
    values = {"client": actor.client, "reason": reason, "asked_at": timezone.now()}
    ControlRequest.objects.update_or_create(computer=computer, user=actor.user, defaults=values)


def asked(computer_pk: int) -> list[Asked]:
    """Who asks now, the first one first. For code inside a unit."""
    return [
        Asked(
            row.user_id,
            row.user.display_name,
            row.client,
            row.reason,
            row.asked_at + timedelta(seconds=LASTS),
        )
        for row in _standing(computer_pk).select_related("user")
    ]


@unit
def stands(computer_pk: int) -> tuple[Standing, list[Asked]]:
    """Who drives, and who asks them for it: nobody does where nobody drives."""
    standing = leases.stands(computer_pk)
    return standing, [] if standing.free else asked(computer_pk)


@unit
def answered(computer_pk: int, user_pk: int) -> Asked | None:
    """It is over; the request as it was, None where there is none (any more)."""
    found = next((each for each in asked(computer_pk) if each.user == user_pk), None)
    ControlRequest.objects.filter(computer_id=computer_pk, user_id=user_pk).delete()
    return found


@unit
def ran_out() -> list[Computer]:
    """Forget what nobody answered; the computers where that was news."""
    old = ControlRequest.objects.filter(asked_at__lt=_since())
    pks = set(old.values_list("computer_id", flat=True))
    if not pks:
        return []
    old.filter(computer__in=pks).delete()
    return list(Computer.objects.select_related("connection__team").filter(pk__in=pks))


@atomic_unit
def give(computer: Computer, actor: Actor, to: User, client: str) -> Standing:
    """`to` drives from now on, from the tab that asked, or from whichever of theirs is there first. `NotDriving`,
    `Working`, `Reserved`."""
    rows = ControlLease.objects.filter(computer=computer, holder=actor.user, client=actor.client)
    return _passed(computer, rows.filter(leases.idle()), to, client or OFFERED)


@atomic_unit
def force(computer: Computer, actor: Actor, epoch: int) -> Standing:
    """`actor` drives, whoever did under `epoch`; what runs there in one call notices and ends. `NotDriving`,
    `Reserved`."""
    rows = ControlLease.objects.filter(computer=computer, epoch=epoch).exclude(holder=None)
    return _passed(computer, rows, actor.user, actor.client)


def _passed(computer: Computer, rows: QuerySet[ControlLease], to: User, client: str) -> Standing:
    now = timezone.now()
    same_person = When(holder=to, then=F("taken_at"))
    moved = rows.filter(leases.settled()).update(
        epoch=F("epoch") + 1,
        holder=to,
        client=client,
        renewed_at=now,
        taken_at=Case(same_person, default=Value(now)),
        **SETTLED,
    )
    ControlRequest.objects.filter(computer=computer, user=to).delete()
    standing = leases.stands(computer.pk)
    if moved:
        return standing
    if standing.state:
        raise leases.Reserved(standing.reserved_by)
    if standing.working:
        raise leases.Working(standing.working)
    raise NotDriving


def _standing(computer_pk: int) -> QuerySet[ControlRequest]:
    return ControlRequest.objects.filter(asked_at__gte=_since(), computer_id=computer_pk)


def _since() -> datetime:
    return timezone.now() - timedelta(seconds=LASTS)
