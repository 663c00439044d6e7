"""The queue at the top of the wall: tasks that wait for a person, whoever has waited longest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from agents.models import Task
from agents.reader import NEEDS, every_task
from agents.states import OVER
from computers.fragments import Fact
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows

#: Tasks of the queue that a wall shows; how many more there are is said.
SHOWN = 50
#: What the key of a waiting task's fact begins with, before its id.
KEY = "need"


@dataclass(frozen=True, slots=True)
class Need:
    """One waiting task, as somebody of one role sees it."""

    task: Task
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """`more`: how many wait beyond those that are shown."""

    needs: list[Need]
    more: int

    @property
    def count(self) -> int:
        """How many wait in all."""
        return len(self.needs) + self.more


@unit
def queue_of(user: User, team: str = "") -> Queue:
    """Those of the person's teams, or of the one called `team`."""
    roles = {each.team_id: Role(each.role) for each in user.memberships.all()}
    rows = every_task().filter(connection__team__in=roles)
    if team:
        rows = rows.filter(connection__team__slug=team)
    found = list(_waiting(rows)[:SHOWN])
    more = _waiting(rows).count() - len(found) if len(found) == SHOWN else 0
    return Queue([_need(task, roles[task.connection.team_id]) for task in found], more)


@unit
def need_fact(public_id: str, role: Role) -> Fact | None:
    """The task's place in the queue, empty where it waits for nobody; None if there is no such task."""
    task = every_task().filter(public_id=public_id).first()
    if task is None:
        return None
    waits = bool(task.needs) and not task.is_over
    html = render_to_string("agents/_need.html", {"need": _need(task, role)}) if waits else ""
    return Fact(f"{KEY}:{public_id}", task.version, html)


@unit
def need_versions(teams: list[int]) -> dict[str, int]:
    """The version of each fact that a wall of those teams shows."""
    rows = _waiting(Task.objects.filter(connection__team__in=teams))[:SHOWN]
    return {f"{KEY}:{id}": version for id, version in rows.values_list("public_id", "version")}


def _waiting(rows: QuerySet[Task]) -> QuerySet[Task]:
    since = Coalesce("needs_human_since", "stuck_since", "made_at")
    return rows.filter(NEEDS).exclude(state__in=OVER).order_by(since, "pk")


def _need(task: Task, role: Role) -> Need:
    return Need(task, allows(role, Action.CLAIM_TASK))
