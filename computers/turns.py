"""The lease between a person and an agent: reserved before the agent is asked to stop, and before it goes on.

A reservation is one conditional UPDATE, so of any number who try at once one succeeds, and it is believed for
`leases.RESERVED` seconds: a process that died between reservation and activation keeps nobody away for longer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from computers import leases
from computers.leases import SETTLED, Standing
from computers.models import Computer, ControlLease
from dashboard.database import atomic_unit, unit
from dashboard.permissions import Actor

TAKING_OVER, HANDING_BACK = "taking_over", "handing_back"


class Lost(Exception):
    """The reservation is not there any more: it ran out, or somebody was quicker."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that nobody will finish by themselves: a reservation that ran out, or a driver who went. `how` is
    taking_over, handing_back, released or lapsed."""

    lease_pk: int
    computer_pk: int
    public_id: str
    how: str
    name: str
    mark: str


@atomic_unit
def reserve(computer: Computer, actor: Actor) -> str:
    """Nobody but `actor` takes control until they have, or failed; the reservation's token. `Held`, `Reserved`."""
    row, _ = ControlLease.objects.get_or_create(computer=computer)
    mine_or_free = Q(holder=None) | Q(holder=actor.user)
    free = ControlLease.objects.filter(mine_or_free, leases.idle(), leases.settled(), pk=row.pk)
    return _reserved(free, row.pk, TAKING_OVER, actor)


@atomic_unit
def begin_handing_back(computer: Computer, actor: Actor) -> str:
    """The holder stops driving, and nobody else begins; the reservation's token. `Held`, `Reserved`."""
    rows = ControlLease.objects.filter(computer=computer)
    mine = rows.filter(leases.idle(), leases.settled(), holder=actor.user, client=actor.client)
    return _reserved(mine, rows.values_list("pk", flat=True).get(), HANDING_BACK, actor)


def _reserved(rows: Any, pk: int, state: str, actor: Actor) -> str:
    token = secrets.token_hex(16)
    if rows.update(state=state, reserved_by=actor.user, reserved_at=timezone.now(), reservation=token):
        return token
    row = ControlLease.objects.get(pk=pk)
    standing = leases.stands(row.computer_id)
    if standing.state:
        raise leases.Reserved(standing.reserved_by)
    if standing.working:
        raise leases.Working(standing.working)
    raise leases.Held(standing.holder or "Nobody")


def activate(computer: Computer, actor: Actor, token: str) -> Standing:
    """Whoever reserved it drives from now on; `Lost`. For code inside a transaction that has the computer's row."""
    now = timezone.now()
    kept = Q(reserved_at__gte=now - timedelta(seconds=leases.RESERVED))
    rows = ControlLease.objects.filter(kept, computer=computer, reservation=token)
    rows = rows.exclude(computer__gone_at__isnull=False)
    if not rows.update(
        epoch=F("epoch") + 1,
        holder=actor.user,
        client=actor.client,
        renewed_at=now,
        taken_at=now,
        left="",
        left_by="",
        **SETTLED,
    ):
        raise Lost
    return leases.stands(computer.pk)


def free(computer_pk: int, token: str) -> None:
    """Whoever handed back drives no more; `Lost`. For code inside a transaction."""
    if not leases.freed(ControlLease.objects.filter(computer_id=computer_pk, reservation=token), ""):
        raise Lost


@unit
def drop(computer_pk: int, token: str) -> bool:
    """The reservation is over, whoever drives still does. Whether it was there."""
    rows = ControlLease.objects.filter(computer_id=computer_pk, reservation=token).exclude(state="")
    return bool(rows.update(**SETTLED))


@unit
def unfinished() -> list[Left]:
    """Reservations that ran out, and how drivers went, as far as nobody has looked at it."""
    ran_out = Q(reserved_at__lt=timezone.now() - timedelta(seconds=leases.RESERVED)) & ~Q(state="")
    rows = ControlLease.objects.filter(ran_out | ~Q(left="")).select_related(
        "computer", "reserved_by", "holder"
    )
    found = []
    for row in rows:
        if row.left:
            found.append(_left(row, row.left, row.left_by, f"left {row.epoch}"))
        if row.state:
            name = row.reserved_by.display_name if row.reserved_by else "Somebody"
            found.append(_left(row, row.state, name, row.reservation))
    return found


def _left(row: ControlLease, how: str, name: str, mark: str) -> Left:
    return Left(row.pk, row.computer_id, row.computer.public_id, how, name, mark)


def claim(left: Left) -> bool:
    """Take it up, so that of several processes one does. For code inside a transaction."""
    rows = ControlLease.objects.filter(pk=left.lease_pk)
    if left.mark.startswith("left "):
        rows = rows.filter(left=left.how, epoch=int(left.mark.removeprefix("left ")))
        return bool(rows.update(left="", left_by=""))
    return bool(rows.filter(reservation=left.mark).exclude(state="").update(**SETTLED))
