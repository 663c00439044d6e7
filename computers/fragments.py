"""The pages' own fragments, for pages, replies and pushes alike: what they need is read here, in one unit each."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from computers import arranging
from computers.models import Computer, Connection, Pin, Recording
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows

#: A computer that ended stays on the wall this long, so that nobody wonders where it went.
ENDED_SHOWN_FOR = timedelta(hours=1)

#: Rows that are remembered as they were rendered; one more drops the oldest.
REMEMBERED = 2000
_RENDERED: dict[tuple[str, int, tuple[bool, ...]], str] = {}
#: Units run in several threads.
_REMEMBERING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Row:
    """One computer on the wall, as somebody of one role sees it."""

    computer: Computer
    driver: str
    may_terminate: bool
    may_take_over: bool = False
    may_act: bool = False

    @property
    def html(self) -> str:
        """As the wall shows it. One rendering is true for its version for ever, and a long wall is made of old ones."""
        may = (self.may_terminate, self.may_take_over, self.may_act)
        key = (self.computer.public_id, self.computer.version, may)
        if (known := _RENDERED.get(key)) is None:
            known = render_to_string("computers/_computer.html", {"row": self})
            with _REMEMBERING:
                _RENDERED[key] = known
                while len(_RENDERED) > REMEMBERED:
                    del _RENDERED[next(iter(_RENDERED))]
        return known

    @property
    def facets(self) -> str:
        """What the wall's filters ask for, as words."""
        return arranging.facets(self)

    @property
    def rank(self) -> int:
        """Its place by attention."""
        return arranging.rank(self)

    @property
    def search_text(self) -> str:
        """What a search looks into."""
        return arranging.search_text(self)

    @property
    def held_by(self) -> str:
        """Who holds it open, while somebody does."""
        return self.computer.held_by()

    @property
    def bar(self) -> tuple[int, int] | None:
        """The length of its time-left bar and what is left of it, seconds."""
        return arranging.bar(self.computer)


@dataclass(frozen=True, slots=True)
class Wall:
    """Every computer that a person's wall has, in its order, and each as its fragment: those that the wish leaves out
    are there, and hidden."""

    rows: list[Row]
    fragments: list[str]
    wish: arranging.Wish
    pins: frozenset[str]

    @property
    def view(self) -> str:
        """Tiles or list."""
        return self.wish.view_of(len(self.rows))

    @property
    def chips(self) -> list[tuple[str, str, int]]:
        """Each filter's word, name and count."""
        words = [row.facets.split() for row in self.rows]
        return [
            (word, name, sum(word in each for each in words) if word else len(words))
            for word, name in arranging.SHOWS.items()
        ]

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """Each order's word and name."""
        return list(arranging.SORTS.items())


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
def wall_of(user: User, team: str, wish: arranging.Wish) -> Wall:
    """The computers of the person's teams (or of the one called `team`), those that ended lately too."""
    lately = timezone.now() - ENDED_SHOWN_FOR
    computers = _complete().visible_to(user).filter(Q(gone_at=None) | Q(gone_at__gte=lately))
    if team:
        computers = computers.filter(connection__team__slug=team)
    roles = {membership.team_id: Role(membership.role) for membership in user.memberships.all()}
    rows = [_row(computer, roles.get(computer.connection.team_id)) for computer in computers]
    pins = frozenset(Pin.objects.filter(user=user).values_list("computer__public_id", flat=True))
    rows = arranging.in_order(rows, wish.sort, pins)
    # Rendered here and not in the page's template: that is done on the event loop, which others wait for.
    return Wall(rows, [_fragment(row, arranging.fits(row, wish)) for row in rows], wish, pins)


@unit
def wall_fact(public_id: str, role: Role) -> Fact | None:
    """The computer's row on the wall; None if there is no such computer."""
    computer = _complete().filter(public_id=public_id).first()
    if computer is None:
        return None
    return Fact(f"computer:{public_id}", computer.version, _row(computer, role).html)


@unit
def cockpit_facts(public_id: str) -> CockpitFacts | None:
    """What the cockpit shows of the row, besides the picture; None if there is no such computer."""
    computer = _complete().filter(public_id=public_id).first()
    if computer is None:
        return None
    recording = Recording.objects.select_related("user").filter(computer=computer).first()
    context: dict[str, Any] = {
        "computer": computer,
        "held_by": computer.held_by(),
        "recording": recording,
    }
    facts = [
        Fact(key, computer.version, render_to_string(f"computers/_{key}.html", context))
        for key in ("limits", "details", "recording", "agent")
    ]
    return CockpitFacts(computer.version, facts)


def _fragment(row: Row, fits: bool) -> str:
    return row.html if fits else mark_safe(row.html.replace("<li ", "<li hidden ", 1))


def _troubles(user: User) -> Troubles:
    now = int(time.time() * 1000)
    mine = Connection.objects.filter(team__memberships__user=user).exclude(trouble="")
    return Troubles(list(mine.defer("api_key").order_by("name")), now)


def _complete() -> Any:
    return Computer.objects.select_related("connection__team", "lease__holder", "held_open_by")


def _row(computer: Computer, role: Role | None) -> Row:
    lease = getattr(computer, "lease", None)
    driver = lease.holder.display_name if lease and lease.holder else ""
    may = [allows(role, action) for action in (Action.TERMINATE, Action.TAKE_OVER, Action.KEEP_ALIVE)]
    return Row(computer, driver, *may)
