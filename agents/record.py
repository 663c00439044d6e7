"""The record of a task: the only place that numbers steps and moves states.

Every write locks the task's row first, so numbers have no gaps and are in the order of their commits: a reader who has
everything up to n misses nothing by asking for what is after n. A recorder's writes also hold only while its claim
does, so two never record one task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from agents.models import Step, Task
from agents.noted import Noted as Noted
from agents.states import OVER, State, may_follow
from agents.waiting import AT_SIGN_IN, FIELDS, SETTLED, waiting
from computers import leases, records
from computers.models import ControlLease
from computers.timeline import tidy
from computers.wire.tasks import TaskEvent, TaskStatus
from dashboard import live
from dashboard.database import atomic_unit

#: What the news about a task is called; its payload is {id, version, last}: the newest step's number.
NEWS = "task"
#: Told to the recorders when there is something new to record.
MADE = "task made"
#: Longest outcome that is kept beside the steps, characters.
OUTCOME_LIMIT = 20_000
#: Of a task that acts under a person's hands.
ACTS_BESIDE = "It acts though it was asked to pause and a person drives."
#: How a step reads that says something is missing here.
GAP = "gap"
#: `Computer.agent_state` after a pause that upstream accepted and nothing confirms.
UNCONFIRMED = "unconfirmed"


class NotOurs(Exception):
    """Another recorder has the task, or it was deleted."""


class Driven(Exception):
    """Somebody drives the computer; `str()` is their name."""


class Busy(Exception):
    """Another task is on the computer; `str()` is its label."""


@atomic_unit
def write_events(pk: int, token: str, events: list[tuple[TaskEvent, str]]) -> int:
    """Store what the stream said, each event with its place; how many were news. `NotOurs` if the claim is lost."""
    task = _locked(pk, token)
    steps = [Noted.of(event, place) for event, place in events]
    keys = [step.event for step in steps if step.event]
    known = set(
        Step.objects.filter(task=task, upstream_event__in=keys).values_list("upstream_event", flat=True)
    )
    fresh: list[tuple[TaskEvent, Noted]] = []
    for (event, _), step in zip(events, steps, strict=True):
        if step.event and step.event in known:
            continue
        known.add(step.event)
        fresh.append((event, step))
    if not fresh:
        return 0
    changes: dict[str, Any] = {"last_event_at": timezone.now(), "stuck_why": ""}
    if task.needs_human_why == AT_SIGN_IN:
        changes |= SETTLED
    for event, _ in fresh:
        changes |= _changes_of(event)
    if last := next((event.id for event, _ in reversed(events) if event.id), ""):
        changes["last_event_id"] = last
    if task.state == State.STARTING:
        changes.setdefault("state", State.RUNNING)
    acted = sum(event.kind == "executed" for event, _ in fresh)
    if beside(task) and (acted or task.stuck_why == ACTS_BESIDE):
        changes["stuck_why"] = ACTS_BESIDE
    _number(task, [step for _, step in fresh])
    _apply(task, acts=task.acts + acted, **changes)
    return len(fresh)


@atomic_unit
def write_status(pk: int, token: str, status: TaskStatus) -> None:
    """What the status says: the raw word, the exit code, and the state if the word is known and may follow."""
    task = _locked(pk, token)
    changes: dict[str, Any] = {"upstream_word": status.word, "exit_code": status.exit_code}
    if status.state:
        changes["state"] = status.state
    _apply(task, **changes)


@atomic_unit
def change(pk: int, token: str, *steps: Noted, **changes: Any) -> None:
    """Whatever else its recorder knows, with steps that say so. `NotOurs` if the claim is lost."""
    task = _locked(pk, token)
    _number(task, list(steps))
    if any(step.kind == GAP for step in steps):
        changes["gaps"] = task.gaps + 1
    _apply(task, bool(steps), **changes)


@atomic_unit
def note(
    pk: int,
    step: Noted,
    also: Callable[[Task], None] = lambda _task: None,
    *,
    check: Callable[[Task], None] = lambda _task: None,
    **changes: Any,
) -> None:
    """What a person did or was told, whoever records the task. `check` may refuse, seeing the row as it was; `also`
    happens with it, or neither does."""
    task = _locked(pk)
    check(task)
    _number(task, [step])
    _apply(task, True, **changes)
    also(task)


@atomic_unit
def picture_copied(step_pk: int, capture_pk: int | None, trouble: str = "") -> None:
    """Its picture is ours now, or why it cannot be."""
    step = Step.objects.get(pk=step_pk)
    task = _locked(step.task_id)
    Step.objects.filter(pk=step_pk).update(
        picture_url="", capture_id=capture_pk, picture_trouble=tidy.line(trouble, 300)
    )
    _apply(task, True, shown=[step.number])


def beside(task: Task) -> bool:
    """Whether a person drives there though it is not known to have stopped."""
    return task.taken_by_id is not None and task.state == State.RUNNING


def _locked(pk: int, token: str = "") -> Task:
    rows = Task.objects.select_for_update(of=("self",)).select_related("connection")
    task = rows.defer("connection__api_key").filter(pk=pk).first()
    if task is None or (token and task.recorder != token):
        raise NotOurs
    return task


def _number(task: Task, steps: list[Noted]) -> None:
    rows = []
    for step in steps:
        task.steps += 1
        rows.append(
            Step(
                task=task,
                number=task.steps,
                kind=tidy.word(step.kind, 64) or "untyped",
                ours=step.ours,
                at=step.at,
                text=tidy.word(step.text, len(step.text)),
                cut=step.cut,
                data=step.data,
                picture_url=step.picture_url,
                upstream_event=step.event,
            )
        )
    Step.objects.bulk_create(rows)


def _changes_of(event: TaskEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if event.model:
        changes["model"] = event.model
    if event.used:
        changes["used"] = tidy.line(event.used, 128)
    if event.ending:
        changes["state"] = event.ending
        completed = event.ending == State.COMPLETED
        changes["error"] = "" if completed else event.text[:OUTCOME_LIMIT]
        if completed:
            changes["result"] = event.text[:OUTCOME_LIMIT]
    elif event.asks or event.kind == "error":
        said = event.text or event.kind.replace("_", " ")
        changes |= {"needs_human_since": timezone.now(), "needs_human_why": tidy.line(said, 300)}
        if event.kind == "error":
            # Some services end a failed task with this and nothing else.
            changes["error"] = event.text[:OUTCOME_LIMIT]
    elif event.progress == State.RUNNING:
        changes |= SETTLED
    return changes


def _apply(task: Task, always: bool = False, shown: list[int] | None = None, **changes: Any) -> None:
    """Write what differs, and tell. A state that may not follow is left out: an outcome is final."""
    if (state := changes.get("state")) is not None and not may_follow(task.state, state):
        changes.pop("state")
    elif state in OVER:
        changes |= {"finished_at": timezone.now(), **SETTLED, "stuck_why": "", "taken_by_id": None}
    changes |= waiting(task, changes)
    changes = {name: value for name, value in changes.items() if getattr(task, name) != value}
    if not (changes or always):
        return
    version = task.version + 1
    Task.objects.filter(pk=task.pk).update(version=version, steps=task.steps, **changes)
    task.version = version
    payload = {"id": task.public_id, "version": version, "last": task.steps, "shown": shown or []}
    live.publish_on_commit(live.task_group(task.public_id), NEWS, **payload)
    for name, value in changes.items():
        setattr(task, name, value)
    if changes.keys() & {"state", "computer_id", *FIELDS}:
        _tell_computer(task)
    if changes.keys() & {"state", "computer_id", "claimed_by_id", *FIELDS}:
        team = task.connection.team_id
        live.publish_on_commit(live.team_group(team), NEWS, id=task.public_id, version=version, team=team)


def _tell_computer(task: Task) -> None:
    """The computer's own row says that an agent is at work there, for whoever wants to drive it."""
    here = "" if task.is_over else State.PAUSED if task.state == State.PAUSED else leases.AT_WORK
    _tell_computer_of(task, here)


def _tell_computer_of(task: Task, state: str) -> None:
    if task.computer_id is not None:
        agent = records.Agent(task.public_id, task.label, state, task.needs, task.needs_since)
        records.note_agent(task.computer_id, agent)


def says_unconfirmed(task: Task) -> None:
    """Upstream accepted a pause and its status does not say so: a person may drive all the same, and was told. For code
    inside a transaction."""
    _tell_computer_of(task, UNCONFIRMED)


pause_unconfirmed = atomic_unit(says_unconfirmed)


@atomic_unit
def make(task: Task) -> Task:
    """The row of a start, before anything is sent; whichever recorder is free takes it. `Driven` where anybody drives
    its computer by now, `Busy` where another task is on it."""
    task.save(force_insert=True)
    _tell_computer(task)
    _alone(task)
    live.publish_on_commit(live.RECORDERS, MADE)
    team = task.connection.team_id
    live.publish_on_commit(live.team_group(team), NEWS, id=task.public_id, version=0, team=team)
    return task


@atomic_unit
def to_work(task: Task, handed_back: str = "") -> None:
    """It is about to be resumed: from here on nobody takes control. `Driven` or `Busy` as at a start; whoever made the
    reservation `handed_back` may still hold the lease, their hands are off."""
    _tell_computer_of(task, leases.AT_WORK)
    _alone(task, handed_back)


@atomic_unit
def tell_again(pk: int) -> None:
    """It was not resumed: its computer says what is true of it."""
    _tell_computer(Task.objects.select_related("connection").defer("connection__api_key").get(pk=pk))


def _alone(task: Task, handed_back: str = "") -> None:
    """Read after the computer's row was written, and so locked: nobody takes control or starts between the two."""
    if task.computer_id is None:
        return
    lease = ControlLease.objects.filter(computer_id=task.computer_id)
    if not (handed_back and lease.filter(reservation=handed_back).exclude(state="").exists()):
        standing = leases.stands(task.computer_id)
        if not standing.free or standing.state:
            raise Driven(standing.holder or standing.reserved_by)
    others = Task.objects.unfinished().filter(computer_id=task.computer_id).exclude(pk=task.pk)
    if (other := others.first()) is not None:
        raise Busy(other.label)
