"""The lease's row: who holds a computer, and which process may send input for them.

Every change is one conditional UPDATE, so any number of processes may try at once and exactly one succeeds.
`relay/lease.py` keeps the process's side: its monotonic deadline. No clock of one machine is ever compared with
another's for safety: a new process waits until the old one confirmed, or for the old one's longest possible deadline
counted from its own activation. Only the lapse of an abandoned lease reads the wall clock, and there a second more or
less does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from computers import noted
from computers.models import Computer, ControlLease
from dashboard.database import atomic_unit, unit
from dashboard.permissions import Actor

#: A driver who vanished keeps the lease this long, seconds: a reload or a short outage must not lose it.
GRACE = 60.0
#: A reservation is believed this long, seconds: taking over and handing back take less, unless their process died.
RESERVED = 30.0
#: `Computer.agent_state` while an agent acts on it.
AT_WORK = "running"
#: As a holder's tab: control was given to a person, and none of their tabs has taken the wheel yet.
OFFERED = "offered"
#: What a lease's row says when nobody takes over or hands back.
SETTLED: dict[str, Any] = {"state": "", "reserved_by": None, "reserved_at": None, "reservation": ""}
#: In `waiting_on`: more than one earlier process may still be sending, so only the time-out ends the wait.
SEVERAL = "*"


@dataclass(frozen=True, slots=True)
class Standing:
    """A lease as it stands. `holder` is the person's name for others to read."""

    epoch: int
    holder_id: int | None
    holder: str
    client: str
    renewed_at: Any
    #: What runs on it in one call, whoever began it; empty: nothing.
    working: str = ""
    #: taking_over or handing_back while somebody does, and who; empty: settled.
    state: str = ""
    reserved_by: str = ""
    reserver_id: int | None = None
    taken_at: Any = None

    @property
    def free(self) -> bool:
        """Nobody drives."""
        return self.holder_id is None

    def held_by(self, actor: Actor) -> bool:
        """Whether this person drives from this very tab."""
        return self.holder_id == actor.user.pk and self.client == actor.client

    def waits_for(self, actor: Actor) -> bool:
        """Whether control is this person's, and for this tab to take."""
        return self.holder_id == actor.user.pk and not self.state and self.client in (actor.client, OFFERED)

    @property
    def lapses_at(self) -> Any:
        """When it lapses unless its driver is heard of; None when free."""
        return None if self.free else self.renewed_at + timedelta(seconds=GRACE)


@dataclass(frozen=True, slots=True)
class Activation:
    """This process may drive under `epoch`, after releasing `held`, once no earlier process can still be sending."""

    epoch: int
    must_wait: bool
    held: dict[str, Any]


class Held(Exception):
    """Somebody else drives; `str()` is their name."""


class AgentAtWork(Exception):
    """An agent's task runs there; `str()` is what it was told."""


class Reserved(Exception):
    """Somebody takes over or hands back just now; `str()` is their name."""


class Working(Exception):
    """A batch or macro is not over yet; `str()` says which."""


def stands(computer_id: int) -> Standing:
    """The lease of one computer; a computer that nobody ever drove has a free one. For code inside a unit."""
    row = ControlLease.objects.select_related("holder", "reserved_by").filter(computer_id=computer_id).first()
    return _standing(row) if row else Standing(0, None, "", "", None)


standing = unit(stands)


def drives(computer_id: int, actor: Actor) -> bool:
    """Whether this person drives from this very tab, and nothing else of the lease. For code inside a unit."""
    return ControlLease.objects.filter(
        computer_id=computer_id, holder=actor.user, client=actor.client
    ).exists()


def takes(computer: Computer, actor: Actor, *, despite_agent: bool = False) -> Standing:
    """Make `actor` the holder, epoch + 1; `Held`, `Working`, `Reserved`, and `AgentAtWork` unless that is known. One's
    own other tab may be taken over from. For code inside a transaction."""
    row, _ = ControlLease.objects.get_or_create(computer=computer)
    # Locked: a task that is being started there now says so in this row.
    agent = Computer.objects.select_for_update().values_list("agent_state", "agent_label").get(pk=computer.pk)
    if agent[0] == AT_WORK and row.holder_id != actor.user.pk and not despite_agent:
        raise AgentAtWork(agent[1])
    mine_or_free = Q(holder=None) | Q(holder=actor.user)
    taken = ControlLease.objects.filter(mine_or_free, idle(), settled(), pk=row.pk).exclude(
        holder=actor.user, client=actor.client
    )
    same_person = When(holder=actor.user, then=F("taken_at"))
    now = timezone.now()
    taken.update(
        epoch=F("epoch") + 1,
        holder=actor.user,
        client=actor.client,
        renewed_at=now,
        taken_at=Case(same_person, default=Value(now)),
        **{**SETTLED, "left": "", "left_by": ""},
    )
    row = ControlLease.objects.select_related("holder", "reserved_by").get(pk=row.pk)
    if not (row.holder_id == actor.user.pk and row.client == actor.client):
        standing = _standing(row)
        if standing.state:
            raise Reserved(standing.reserved_by)
        if standing.working:
            raise Working(standing.working)
        raise Held(standing.holder or "Somebody")
    return _standing(row)


take = atomic_unit(takes)


@atomic_unit
def release(computer_id: int, epoch: int) -> bool:
    """Free the lease if `epoch` still stands. Whether it did."""
    return freed(ControlLease.objects.filter(computer_id=computer_id, epoch=epoch), "released")


@atomic_unit
def lapse(computer_id: int, epoch: int) -> bool:
    """Free the lease if its driver has not been heard of for the whole grace. Whether this call did."""
    silent_since = timezone.now() - timedelta(seconds=GRACE)
    abandoned = ControlLease.objects.filter(computer_id=computer_id, epoch=epoch, renewed_at__lt=silent_since)
    return freed(abandoned, "lapsed")


@unit
def abandoned() -> list[ControlLease]:
    """Leases whose driver has been silent for the whole grace, with their computers."""
    silent_since = timezone.now() - timedelta(seconds=GRACE)
    rows = ControlLease.objects.exclude(holder=None).filter(renewed_at__lt=silent_since)
    return list(rows.select_related("computer__connection__team", "holder"))


@atomic_unit
def activate(computer_id: int, epoch: int, process: str) -> Activation | None:
    """Let `process` send input under `epoch`; None if that epoch is over."""
    rows = ControlLease.objects.filter(computer_id=computer_id)
    row = rows.filter(epoch=epoch).exclude(holder=None).first()
    if row is None:
        return None
    before = {row.process, row.waiting_on} - {"", process}
    waiting_on = SEVERAL if len(before) > 1 else next(iter(before), "")
    if not rows.filter(epoch=epoch, process=row.process).update(
        process=process, waiting_on=waiting_on, renewed_at=timezone.now()
    ):
        return None
    return Activation(epoch, bool(waiting_on), noted.opened(row.held))


@unit
def renew(computer_id: int, epoch: int, process: str) -> bool:
    """Push the deadline of `process` out; False means it may not send any more."""
    rows = ControlLease.objects.filter(computer_id=computer_id, epoch=epoch, process=process).exclude(
        holder=None
    )
    return bool(rows.update(renewed_at=timezone.now()))


@unit
def confirm_stopped(computer_id: int, process: str) -> None:
    """Say that `process` sends nothing more, so that whoever waits for it need not wait longer."""
    rows = ControlLease.objects.filter(computer_id=computer_id)
    rows.filter(process=process).update(process="")
    rows.filter(waiting_on=process).update(waiting_on="")


@unit
def still_waiting(computer_id: int, epoch: int, process: str) -> bool | None:
    """Whether an earlier process has yet to confirm; None when `process` is no longer the one to drive."""
    row = ControlLease.objects.filter(computer_id=computer_id, epoch=epoch, process=process).first()
    return bool(row.waiting_on) if row else None


@unit
def waited_out(computer_id: int, epoch: int, process: str) -> None:
    """No earlier process can still be sending: whoever drives next need not wait for those again, dead as they are."""
    ControlLease.objects.filter(computer_id=computer_id, epoch=epoch, process=process).update(waiting_on="")


@unit
def note_held(computer_id: int, epoch: int, process: str, held: dict[str, Any]) -> bool:
    """Write down what is pressed; buttons and modifiers before they are. False: the epoch is over, press nothing."""
    rows = ControlLease.objects.filter(computer_id=computer_id, epoch=epoch, process=process)
    return bool(rows.update(held=noted.sealed(held)))


@unit
def held_input(computer_id: int) -> dict[str, Any]:
    """What the row says is pressed."""
    rows = ControlLease.objects.filter(computer_id=computer_id)
    return noted.opened(rows.values_list("held", flat=True).first() or {})


@unit
def note_released(computer_id: int, epoch: int) -> None:
    """Nothing is pressed any more, if nobody has driven since `epoch`."""
    ControlLease.objects.filter(computer_id=computer_id, epoch=epoch).update(held={})


@atomic_unit
def note_pressed(computer_id: int, epoch: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Change the note of what REST verbs pressed. False: the epoch is over and nothing must be pressed."""
    rows = ControlLease.objects.filter(computer_id=computer_id, epoch=epoch).exclude(holder=None)
    row = rows.select_for_update().first()
    if row is None:
        return False
    left = {key: value for key, value in change(dict(row.pressed)).items() if value}
    return bool(rows.update(pressed=left))


@unit
def pressed(computer_id: int) -> dict[str, Any]:
    """What REST verbs pressed and nobody has released."""
    return (
        ControlLease.objects.filter(computer_id=computer_id).values_list("pressed", flat=True).first() or {}
    )


@atomic_unit
def forget_pressed(computer_id: int, released: dict[str, Any]) -> None:
    """All of `released` was; if something else was pressed meanwhile, the note stays."""
    row = ControlLease.objects.select_for_update().filter(computer_id=computer_id).first()
    if row is not None and row.pressed == released:
        ControlLease.objects.filter(pk=row.pk).update(pressed={})


def freed(rows: Any, how: str) -> bool:
    """Free the lease that `rows` finds, and note how its driver went. Whether there was one. For code inside a
    transaction."""
    row = rows.exclude(holder=None).select_related("holder").first()
    if row is None:
        return False
    name = row.holder.display_name[:150] if how and row.holder else ""
    gone: dict[str, Any] = {"holder": None, "client": "", "taken_at": None, "left": how, "left_by": name}
    moved = {"epoch": F("epoch") + 1, "renewed_at": timezone.now()}
    return bool(rows.filter(epoch=row.epoch).update(**moved, **gone, **SETTLED))


def idle() -> Q:
    """Nothing acts there in one call."""
    return Q(working_until=None) | Q(working_until__lt=timezone.now())


def settled() -> Q:
    """Nobody takes over or hands back just now."""
    return Q(state="") | Q(reserved_at__lt=timezone.now() - timedelta(seconds=RESERVED))


def _standing(row: ControlLease) -> Standing:
    name = row.holder.display_name if row.holder else ""
    now = timezone.now()
    works = row.working if row.working_until and row.working_until > now else ""
    standing = Standing(
        row.epoch, row.holder_id, name, row.client, row.renewed_at, works, taken_at=row.taken_at
    )
    if not row.state or row.reserved_at is None or row.reserved_at < now - timedelta(seconds=RESERVED):
        return standing
    by = row.reserved_by.display_name if row.reserved_by else "Somebody"
    return replace(standing, state=row.state, reserved_by=by, reserver_id=row.reserved_by_id)
