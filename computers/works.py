"""Calls that act on a computer for a while, on the lease's row: nobody takes control under one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from computers import leases
from computers.models import ControlLease
from dashboard.database import unit

#: Such a call says this often that it still acts, and is believed this long; seconds.
WORK_RENEW, WORK_BELIEVED = 1.0, 8.0


@unit
def begin_work(computer_id: int, epoch: int, what: str) -> bool:
    """Say that `what` acts on the computer in one call. False: the epoch is over, or something else still runs."""
    rows = ControlLease.objects.filter(leases.idle(), computer_id=computer_id, epoch=epoch).exclude(
        holder=None
    )
    return bool(rows.update(working=what[:200], working_until=_believed()))


@unit
def go_on_working(computer_id: int, epoch: int) -> bool:
    """Say that it still does. False: the lease was lost meanwhile; whoever comes next still waits for `end_work`."""
    rows = ControlLease.objects.filter(computer_id=computer_id).exclude(working="")
    rows.update(working_until=_believed())
    return rows.filter(epoch=epoch).exclude(holder=None).exists()


@unit
def end_work(computer_id: int) -> None:
    """It is over."""
    ControlLease.objects.filter(computer_id=computer_id).update(working="", working_until=None)


def _believed() -> datetime:
    return timezone.now() + timedelta(seconds=WORK_BELIEVED)
