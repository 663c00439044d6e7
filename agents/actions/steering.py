"""A running task paused, resumed, spoken to. Upstream's answer is a word whose values are unpublished, so what became
of it is read from the status."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agents import record
from agents.actions.start import driven
from agents.models import Task
from agents.record import Noted
from agents.states import State
from agents.waiting import SETTLED
from computers import leases
from computers.actions import control
from computers.actions.allowed import permit
from computers.actions.discreet import discreet
from computers.actions.refusal import Invalid, Refused
from computers.connections import client_of
from computers.models import Connection
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from computers.wire.tasks import TaskStatus
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: How long the status is asked for before a change counts as not confirmed, and how often, seconds.
CONFIRM_WITHIN, ASK_EVERY = 10.0, 0.4
#: An accepted pause after which no step comes for this long is told as such, seconds.
QUIET_FOR = 3.0
#: Longest message, characters.
MESSAGE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Steered:
    """What came of it: upstream's own word, whether the status says the same, and a sentence for the person."""

    answer: str
    confirmed: bool
    sentence: str


async def pause(actor: Actor, task: Task) -> Steered:
    """`POST /pause`, then its status until that says paused. `Refused`, `PermissionDenied`, `UpstreamError`."""
    await steerable(actor, Action.PAUSE_TASK, task)
    async with _steering(actor, Action.PAUSE_TASK, task) as (client, found):
        answer = await client.pause_task(task.upstream_id)
        status = await until(client, task, lambda status: status.state == State.PAUSED)
        done = _told(found, answer, status, State.PAUSED, "paused")
        if not done.confirmed and not (status and status.is_over) and await is_quiet(task.pk):
            done = Steered(
                answer, False, "The pause was accepted, but is not confirmed: no step has come since."
            )
    await _note(actor, task, "paused", done, status)
    if not done.confirmed and not (status and status.is_over):
        await record.pause_unconfirmed(task)
    return done


async def resume(actor: Actor, task: Task) -> Steered:
    """`POST /resume`, then its status until that says running. Refused while anybody drives its computer."""
    await steerable(actor, Action.RESUME_TASK, task)
    await alone(actor, task)
    try:
        async with _steering(actor, Action.RESUME_TASK, task) as (client, found):
            answer = await client.resume_task(task.upstream_id)
            status = await until(client, task, lambda status: status.state == State.RUNNING)
            done = _told(found, answer, status, State.RUNNING, "running again")
        # One that may still be paused goes on waiting for somebody: nothing is stranded silently.
        await _note(
            actor, task, "resumed", done, status, taken_by_id=None, **(SETTLED if done.confirmed else {})
        )
    finally:
        await asyncio.shield(record.tell_again(task.pk))
    return done


async def message(actor: Actor, task: Task, text: str) -> Steered:
    """`POST /messages`. The record keeps what was said, the audit log only how long it was."""
    text = text.strip()
    if not 0 < len(text) <= MESSAGE_LIMIT:
        raise Invalid(f"A message has 1 to {MESSAGE_LIMIT} characters.", "message")
    await steerable(actor, Action.MESSAGE_TASK, task)
    async with _steering(actor, Action.MESSAGE_TASK, task, characters=len(text)) as (client, found):
        with discreet([text]):
            answer = await client.message_task(task.upstream_id, text)
        found["answer"] = answer
    await record.note(task.pk, Noted("message", text, True, data={"by": actor.name, "answer": answer}))
    return Steered(answer, True, _sent(answer))


def _sent(answer: str) -> str:
    if answer == State.PAUSED:
        return "Sent. It is paused: it reads this once it is resumed."
    return f"Sent; the service answers: {answer}." if answer else "Sent."


async def is_paused(task: Task) -> bool:
    """What its status says now, or where that cannot be had, what is known of it."""
    if not task.upstream_id:
        return bool(task.state == State.PAUSED)
    connection = await with_key(task.connection_id)
    try:
        async with client_of(connection) as client:
            return (await client.task(task.upstream_id)).state == State.PAUSED
    except UpstreamError:
        return bool(task.state == State.PAUSED)


async def steerable(actor: Actor, action: Action, task: Task) -> None:
    await permit(actor, action, task.connection.team_id)
    if task.is_over:
        raise Refused(f"This task is over: {task.get_state_display()}.", "over")
    if not task.upstream_id:
        starting = task.state == State.STARTING
        said = "It is still starting." if starting else "Its id is not known here, so it cannot be reached."
        raise Refused(said, "starting" if starting else "no_id")


async def alone(actor: Actor, task: Task, handed_back: str = "") -> None:
    """From here on nobody takes control of its computer, or this is refused. `handed_back` is the reservation of
    whoever still holds the lease and hands back."""
    try:
        await record.to_work(task, handed_back)
    except record.Driven:
        assert task.computer_id is not None
        standing = await leases.standing(task.computer_id)
        raise (
            control.busy(actor, standing) if standing.state else driven(actor, standing, "its computer")
        ) from None
    except record.Busy as busy:
        raise Refused(f"Another task is on its computer: {busy}", "agent_running") from None


@asynccontextmanager
async def _steering(
    actor: Actor, action: Action, task: Task, **detail: Any
) -> AsyncIterator[tuple[Client, dict[str, Any]]]:
    connection = await with_key(task.connection_id)
    async with recorded(actor, action, task.as_target(), **detail) as found, client_of(connection) as client:
        yield client, found


async def until(client: Client, task: Task, holds: Callable[[TaskStatus], bool]) -> TaskStatus | None:
    """The status once it holds or is final, or the last one there was."""
    status: TaskStatus | None = None
    loop = asyncio.get_running_loop()
    deadline = loop.time() + CONFIRM_WITHIN
    while loop.time() < deadline:
        try:
            status = await client.task(task.upstream_id)
        except UpstreamError:
            # What was asked for was accepted; that the status cannot be had now is not its failure.
            status = None
        if status is not None and (holds(status) or status.is_over):
            return status
        await asyncio.sleep(ASK_EVERY)
    return status


def _told(found: dict[str, Any], answer: str, status: TaskStatus | None, wanted: str, word: str) -> Steered:
    confirmed = status is not None and status.state == wanted
    found |= {"answer": answer, "status": status.word if status else "", "confirmed": confirmed}
    if confirmed:
        return Steered(answer, True, f"It is {word}.")
    if status is not None and status.is_over:
        return Steered(answer, False, f"It was over before that: {status.word}.")
    said = f"its status still says {status.word}" if status else "its status cannot be had"
    return Steered(answer, False, f"The service answered {answer or 'yes'}, but {said}.")


async def _note(
    actor: Actor, task: Task, verb: str, done: Steered, status: TaskStatus | None, **changes: Any
) -> None:
    """The record says who did it; the state follows only a status that was read."""
    if status is not None and status.state:
        changes |= {"state": status.state, "upstream_word": status.word, "exit_code": status.exit_code}
    told = {"by": actor.name, "answer": done.answer, "confirmed": done.confirmed}
    await record.note(task.pk, Noted(verb, done.sentence, True, data=told), **changes)


@unit
def with_key(pk: int) -> Connection:
    return Connection.objects.get(pk=pk)


@unit
def is_quiet(pk: int) -> bool:
    """Whether no step came in the last moments."""
    row = Task.objects.get(pk=pk)
    if row.last_event_at is None:
        return True
    return bool((timezone.now() - row.last_event_at).total_seconds() >= QUIET_FOR)


async def came_through(work: asyncio.Future[Any]) -> bool:
    """Whether `work`, which goes on although its caller was cancelled, succeeded; waits for its end."""
    await asyncio.shield(asyncio.wait([work]))
    return not work.cancelled() and work.exception() is None
