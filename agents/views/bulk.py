"""The tasks on many computers at once: paused, resumed, told the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.actions import steering
from agents.actions.steering import MESSAGE_LIMIT, Steered
from agents.models import Task
from agents.states import State
from computers.models import Computer
from computers.views import bulk
from computers.views.common import actor_of, person, signed_in
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Actor, allows


@dataclass(frozen=True, slots=True)
class Verb:
    """`question` has a place for the count; `fits` is the states in which it means something."""

    action: Action
    question: str
    yes: str
    done: str
    act: Callable[[Actor, Task, str], Awaitable[Steered]]
    fits: frozenset[str]
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The tasks on the chosen computers; how many computers have none that fits, or one the role forbids."""

    tasks: list[Task]
    without: int
    forbidden: int


async def _pause(actor: Actor, task: Task, _text: str) -> Steered:
    return await steering.pause(actor, task)


async def _resume(actor: Actor, task: Task, _text: str) -> Steered:
    return await steering.resume(actor, task)


async def _message(actor: Actor, task: Task, text: str) -> Steered:
    return await steering.message(actor, task, text)


RUNNING = frozenset({State.STARTING, State.RUNNING})
PAUSED = frozenset({State.PAUSED})
VERBS = {
    "pause": Verb(Action.PAUSE_TASK, "Pause {}?", "Pause", "paused", _pause, RUNNING),
    "resume": Verb(Action.RESUME_TASK, "Resume {}?", "Resume", "resumed", _resume, PAUSED),
    "message": Verb(
        Action.MESSAGE_TASK,
        "Tell {} something?",
        "Send",
        "told",
        _message,
        RUNNING | PAUSED,
        "message",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def tasks(request: HttpRequest, verb: str) -> HttpResponse:
    """`/fleet/tasks/<verb>/?computers=<id>&…`: GET asks, POST acts on each and tells what its status says then."""
    if (chosen := VERBS.get(verb)) is None:
        raise Http404
    ids = bulk.chosen_ids(request)
    if len(ids) > bulk.LIMIT:
        return bulk.nothing(request, f"Choose at most {bulk.LIMIT} computers.")
    choice = await _choice(person(request), ids, chosen)
    if not choice.tasks:
        if choice.forbidden:
            raise PermissionDenied
        return bulk.nothing(request, f"No task on what you chose can be {chosen.done} now.")
    text = request.POST.get("message", "")
    if request.method != "POST":
        return bulk.ask(request, _question(chosen, choice))
    if chosen.asks and not 0 < len(text.strip()) <= MESSAGE_LIMIT:
        sentence = f"A message has 1 to {MESSAGE_LIMIT} characters."
        return bulk.ask(request, _question(chosen, choice), sentence, 422)
    act = partial(_act, chosen, actor_of(request), text)
    return bulk.told(request, await bulk.side_by_side(choice.tasks, act, _named), chosen.done)


async def _act(verb: Verb, actor: Actor, text: str, task: Task) -> tuple[bool, str]:
    done = await verb.act(actor, task, text)
    return done.confirmed, done.sentence


def _named(task: Task) -> tuple[str, str]:
    assert task.computer is not None
    return f"{task.computer.label}: {task.label}", reverse("agents:task", args=[task.public_id])


def _question(verb: Verb, choice: Choice) -> bulk.Question:
    skipped = []
    if choice.without:
        skipped.append(f"{bulk.count(choice.without, 'chosen computer')} without such a task.")
    if choice.forbidden:
        skipped.append(f"Your role does not allow it on {choice.forbidden} more.")
    return bulk.Question(
        verb.question.format(bulk.count(len(choice.tasks), "task")),
        verb.yes,
        [task.computer.public_id for task in choice.tasks if task.computer],
        [bulk.Chosen(_named(task)[0], task.needs) for task in choice.tasks],
        " ".join(skipped),
        asks=verb.asks,
    )


@unit
def _choice(user: User, ids: list[str], verb: Verb) -> Choice:
    there = Computer.objects.visible_to(user).live().filter(public_id__in=ids)
    rows = Task.objects.visible_to(user).filter(computer__in=there, state__in=verb.fits)
    rows = rows.annotate(role=F("connection__team__memberships__role")).select_related(
        "connection__team", "computer", "claimed_by"
    )
    found = list(rows.defer("connection__api_key").order_by("computer__name", "pk"))
    allowed = [each for each in found if allows(each.role, verb.action)]  # type: ignore[attr-defined]
    without = there.count() - len({each.computer_id for each in found})
    return Choice(allowed, without, len(found) - len(allowed))
