"""Tasks and their steps, read through the person who asks, in pieces of bounded size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from agents.models import Step, Task, Template
from agents.record import GAP
from agents.states import OVER, State
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows, require

#: Tasks of one page; steps of one page, and of one answer to "what is new".
TASKS_PAGE, STEPS_PAGE, NEWS_LIMIT = 50, 50, 200
#: Longest search, characters.
SEARCH_LIMIT = 200
#: Text of a step that is shown before it is opened, characters.
SHORT = 400

#: The list's filters: their word in the address, and their name.
FILTERS = {
    "": "All",
    "needs": "Needs a human",
    "running": "Running",
    "paused": "Paused",
    "over": "Over",
}
#: What waits for a person, unless it is over.
NEEDS = Q(needs_human_since__isnull=False) | ~Q(stuck_why="")
_WHERE = {
    "needs": NEEDS & ~Q(state__in=OVER),
    "running": Q(state__in=(State.STARTING, State.RUNNING)),
    "paused": Q(state=State.PAUSED),
    "over": Q(state__in=OVER),
}
#: What each kind of step is called; any other is shown by its own name.
WORDS = {
    "started": "started",
    "thinking": "thinks",
    "progress_update": "progress",
    "screenshot": "sees",
    "executed": "did",
    "error": "error",
    "completed": "completed",
    "failed": "failed",
    "config_error": "failed",
    "cancelled": "cancelled",
    "login_required": "needs a sign-in",
    "computer_parked": "parked its computer",
    GAP: "gap",
    "notice": "notice",
    "message": "was told",
    "paused": "paused",
    "resumed": "resumed",
    "taken_over": "took over",
    "taken_anyway": "took control anyway",
    "handed_back": "handed back",
    "claimed": "",
    "unclaimed": "",
    "answered": "",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page writes it."""

    step: Step

    @property
    def word(self) -> str:
        """What it is."""
        if self.step.kind == "message" and self.by:
            return "told it"
        return WORDS.get(self.step.kind, self.step.kind.replace("_", " "))

    @property
    def by(self) -> str:
        """The person, where it was one."""
        return str((self.step.data or {}).get("by", "")) if self.step.ours else ""

    @property
    def short(self) -> str:
        """Its text, or the beginning of it."""
        text = self.step.text
        return text if len(text) <= SHORT else text[:SHORT].rstrip() + "…"

    @property
    def long(self) -> str:
        """All of its text that is kept, where that is more than is shown."""
        return self.step.text if len(self.step.text) > SHORT else ""

    @property
    def raw(self) -> str:
        """Upstream's JSON of an event that is not known."""
        if self.step.ours or not self.step.data:
            return ""
        return orjson.dumps(self.step.data, option=orjson.OPT_INDENT_2).decode()

    @property
    def version(self) -> int:
        """+1 once its picture is here, or cannot be."""
        return 1 if self.step.capture_id or self.step.picture_trouble else 0


@dataclass(frozen=True, slots=True)
class StepsPage:
    """Steps, newest first. `last` is the newest number there is; `complete` whether all that were asked for are
    here."""

    steps: list[Shown]
    last: int
    earlier: bool
    complete: bool = True


@dataclass(frozen=True, slots=True)
class TasksPage:
    """One page of the list; `more` is the key of the next one, 0 at the end."""

    tasks: list[Task]
    more: int
    counts: list[tuple[str, str, int]]


@unit
def find_task(user: User, public_id: str, action: Action) -> tuple[Task, Role]:
    """The task, found through the user and then required: `DoesNotExist` for a stranger, `PermissionDenied` for a role
    that may not."""
    task = every_task().filter(connection__team__memberships__user=user).get(public_id=public_id)
    return task, require(user, action, task.connection.team_id)


@unit
def tasks_page(
    user: User, filter: str = "", search: str = "", before: int = 0, computer: str = ""
) -> TasksPage:
    """The person's tasks, newest first."""
    mine = every_task().filter(connection__team__memberships__user=user)
    if search := search.strip()[:SEARCH_LIMIT]:
        mine = mine.filter(
            Q(instruction__icontains=search)
            | Q(started_by_name__icontains=search)
            | Q(computer__name__icontains=search)
            | Q(upstream_id=search)
        )
    if computer:
        mine = mine.filter(computer__public_id=computer)
    counts = [
        (word, name, mine.filter(_WHERE[word]).count() if word else mine.count())
        for word, name in FILTERS.items()
    ]
    rows = mine.filter(_WHERE[filter]) if filter in _WHERE else mine
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: TASKS_PAGE + 1])
    more = found[TASKS_PAGE - 1].pk if len(found) > TASKS_PAGE else 0
    return TasksPage(found[:TASKS_PAGE], more, counts)


@unit
def steps_page(task_pk: int, before: int | None = None, after: int | None = None) -> StepsPage:
    """The newest steps, those before a number, or all after one."""
    rows = Step.objects.filter(task_id=task_pk).select_related("capture")
    last = Task.objects.values_list("steps", flat=True).get(pk=task_pk)
    if after is not None:
        found = list(rows.filter(number__gt=after).order_by("-number")[: NEWS_LIMIT + 1])
        return StepsPage(_shown(found[:NEWS_LIMIT]), last, False, len(found) <= NEWS_LIMIT)
    below = last + 1 if before is None else before
    found = list(rows.filter(number__lt=below).order_by("-number")[: STEPS_PAGE + 1])
    return StepsPage(_shown(found[:STEPS_PAGE]), last, len(found) > STEPS_PAGE)


@dataclass(frozen=True, slots=True)
class News:
    """What a page lacks: the head at `version`, and the steps after what it has, newest first. `computer` is its public
    id, empty where none is known."""

    version: int
    head: str
    last: int
    steps: str
    complete: bool
    computer: str = ""


@unit
def news(task_pk: int, after: int, role: Role, user: User) -> News:
    """Rendered by the page's own fragments."""
    task = every_task().get(pk=task_pk)
    rows = Step.objects.filter(task_id=task_pk, number__gt=after, number__lte=task.steps)
    found = _shown(list(rows.select_related("capture").order_by("-number")[: NEWS_LIMIT + 1]))
    complete = len(found) <= NEWS_LIMIT
    steps = "".join(_rendered(task, shown) for shown in found) if complete else ""
    return News(
        head_version(task),
        render_to_string("agents/_head.html", head_context(task, role, user)),
        task.steps,
        steps,
        complete,
        task.computer.public_id if task.computer else "",
    )


@unit
def step_html(task_pk: int, number: int) -> str:
    """One step as it is now; empty where there is none."""
    step = Step.objects.select_related("capture").filter(task_id=task_pk, number=number).first()
    return _rendered(every_task().get(pk=task_pk), Shown(step)) if step else ""


@unit
def templates_of(user: User) -> list[Template]:
    """Those of the person's teams that they may start tasks in."""
    roles = {each.team_id: Role(each.role) for each in user.memberships.all()}
    teams = [team for team, role in roles.items() if allows(role, Action.START_TASK)]
    return list(Template.objects.filter(team__in=teams).select_related("team").order_by("name"))


def head_context(task: Task, role: Role, user: User) -> dict[str, Any]:
    """What `_head.html` needs."""
    lease = getattr(task.computer, "lease", None) if task.computer and not task.is_over else None
    return {
        "task": task,
        "head_version": head_version(task),
        "driver": lease.holder if lease else None,
        "you_drive": bool(lease and lease.holder_id == user.pk),
        "may_steer": allows(role, Action.PAUSE_TASK),
        "now": timezone.now(),
    }


def head_version(task: Task) -> int:
    """Grows with whatever the head shows: the task itself, and who drives its computer."""
    lease = getattr(task.computer, "lease", None) if task.computer else None
    return task.version + (lease.epoch if lease else 0)


def _rendered(task: Task, shown: Shown) -> str:
    return render_to_string("agents/_step.html", {"task": task, "shown": shown})


def _shown(steps: list[Step]) -> list[Shown]:
    return [Shown(step) for step in steps]


def every_task() -> QuerySet[Task]:
    """Tasks with what a page shows; keys stay where they are."""
    rows = Task.objects.select_related("connection__team", "computer__lease__holder", "claimed_by")
    return rows.defer("connection__api_key")
