"""The pages' own fragments, for pages, replies and pushes alike: what they need is read here, in one unit each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone

from computers.models import Computer, Connection, Recording
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows

#: A computer that ended stays on the wall this long, so that nobody wonders where it went.
ENDED_SHOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One computer on the wall, as somebody of one role sees it."""

    computer: Computer
    driver: str
    may_terminate: bool
    may_take_over: bool = False
    may_act: bool = False

    @property
    def facets(self) -> str:
        """What the wall's filters ask for, as words."""
        computer = self.computer
        if computer.is_gone:
            return "gone"
        words = ["needs"] if computer.agent_needs else []
        words += ["driven"] if self.driver else []
        words += ["agent"] if computer.agent_state else []
        return " ".join(words) or "idle"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fragment that a socket pushes: the element with `data-fact=key` is replaced if its version is older."""

    key: str
    version: int
    html: str


@dataclass(frozen=True, slots=True)
class Troubles:
    """The connections whose listing fails. Nothing counts their changes: when they were read, in ms, orders them."""

    connections: list[Connection]
    version: int


@dataclass(frozen=True, slots=True)
class CockpitFacts:
    """Everything the cockpit shows of the row, the same for every role."""

    version: int
    facts: list[Fact]


@unit
def troubles_of(user: User) -> Troubles:
    """Those of the person's teams."""
    return _troubles(user)


@unit
def troubles_fact(user: User) -> Fact:
    """The same, for a page that is open."""
    troubles = _troubles(user)
    html = render_to_string("computers/_troubles.html", {"troubles": troubles})
    return Fact("troubles", troubles.version, html)


@unit
def wall_rows(user: User, team: str = "") -> list[Row]:
    """The computers of the person's teams (or of the one called `team`), those that ended lately last."""
    lately = timezone.now() - ENDED_SHOWN_FOR
    computers = _complete().visible_to(user).filter(Q(gone_at=None) | Q(gone_at__gte=lately))
    if team:
        computers = computers.filter(connection__team__slug=team)
    computers = computers.order_by(F("gone_at").desc(nulls_first=True), "-started_at", "pk")
    roles = {membership.team_id: Role(membership.role) for membership in user.memberships.all()}
    return [_row(computer, roles.get(computer.connection.team_id)) for computer in computers]


@unit
def wall_fact(public_id: str, role: Role) -> Fact | None:
    """The computer's row on the wall; None if there is no such computer."""
    computer = _complete().filter(public_id=public_id).first()
    if computer is None:
        return None
    html = render_to_string("computers/_computer.html", {"row": _row(computer, role)})
    return Fact(f"computer:{public_id}", computer.version, html)


@unit
def cockpit_facts(public_id: str) -> CockpitFacts | None:
    """What the cockpit shows of the row, besides the picture; None if there is no such computer."""
    computer = _complete().filter(public_id=public_id).first()
    if computer is None:
        return None
    recording = Recording.objects.select_related("user").filter(computer=computer).first()
    context: dict[str, Any] = {"computer": computer, "recording": recording}
    facts = [
        Fact(key, computer.version, render_to_string(f"computers/_{key}.html", context))
        for key in ("limits", "details", "recording", "agent")
    ]
    return CockpitFacts(computer.version, facts)


def _troubles(user: User) -> Troubles:
    now = int(time.time() * 1000)
    mine = Connection.objects.filter(team__memberships__user=user).exclude(trouble="")
    return Troubles(list(mine.defer("api_key").order_by("name")), now)


def _complete() -> Any:
    return Computer.objects.select_related("connection__team", "lease__holder")


def _row(computer: Computer, role: Role | None) -> Row:
    lease = getattr(computer, "lease", None)
    driver = lease.holder.display_name if lease and lease.holder else ""
    may = [allows(role, action) for action in (Action.TERMINATE, Action.TAKE_OVER, Action.KEEP_ALIVE)]
    return Row(computer, driver, *may)
