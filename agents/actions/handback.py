"""Handing back to the agent: input released, the note sent, the task resumed, the lease released; in that order. What
fails keeps the lease, and is named."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agents import record
from agents.actions import steering
from agents.actions.steering import MESSAGE_LIMIT, Steered
from agents.actions.takeover import computer_of
from agents.models import Task
from agents.record import Noted
from agents.states import State
from agents.waiting import SETTLED
from computers import leases, turns
from computers.actions import control
from computers.actions.allowed import not_driving
from computers.actions.discreet import discreet
from computers.actions.refusal import Invalid, Refused
from computers.actions.stilled import stilled
from computers.connections import client_of
from computers.models import Computer, Kind, TimelineEvent
from computers.timeline import WRITER
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from computers.wire.tasks import TaskStatus
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

logger = logging.getLogger(__name__)

#: How long asking for the status, sending the note and resuming may take, seconds. With letting go before them, they
#: stay below what a reservation is believed for.
ASK_WITHIN, NOTE_WITHIN, RESUME_WITHIN = 3.0, 5.0, 13.0
#: What of a person's entries an agent should know.
TOLD = (Kind.INPUT, Kind.ACTION, Kind.TAB, Kind.COMMAND)
#: A note that is written for the person names at most so many of the last things they did.
NOTE_ENTRIES = 40


class Kept(Refused):
    """A step of handing back failed: control stays where it was."""


async def note_for(actor: Actor, computer: Computer) -> str:
    """What the person did since they took control, for them to edit: sentences, without anything they typed."""
    await WRITER.tell(computer.pk)
    standing = await leases.standing(computer.pk)
    if standing.holder_id != actor.user.pk or standing.taken_at is None:
        return ""
    sentences = await _did(computer.pk, actor.user.pk, standing.taken_at)
    if not sentences:
        return ""
    left_out = len(sentences) - NOTE_ENTRIES
    lines = [f"- {sentence}" for sentence in sentences[-NOTE_ENTRIES:]]
    more = [f"- ({left_out} earlier things)"] if left_out > 0 else []
    return "\n".join(
        ["While you were paused I did this myself:", *more, *lines, "Look again, and go on from here."]
    )


async def hand_back(actor: Actor, task: Task, note: str) -> Steered:
    """The agent goes on, with the note if there is one, and nobody drives. `Kept` names the step that failed;
    `Refused`, `PermissionDenied`."""
    note = note.strip()
    if len(note) > MESSAGE_LIMIT:
        raise Invalid(f"A note has at most {MESSAGE_LIMIT} characters.", "note")
    await steering.steerable(actor, Action.HAND_BACK, task)
    computer = await computer_of(task)
    standing = await leases.standing(computer.pk)
    if standing.state:
        raise control.busy(actor, standing)
    if not standing.held_by(actor):
        raise not_driving(actor, standing)
    async with recorded(actor, Action.HAND_BACK, task.as_target(), characters=len(note)) as found:
        token = await _reserve(actor, computer)
        # Once begun it goes to its end, also when the page is closed: an agent that was told to go on while the person
        # keeps control would be a second driver.
        work = asyncio.ensure_future(_handed_back(actor, task, computer, token, standing.epoch, note))
        try:
            done = await asyncio.shield(work)
        except BaseException:
            if await steering.came_through(work):
                await asyncio.shield(_told(actor, task, computer))
            else:
                await asyncio.shield(_undo(task, computer, token))
            raise
        found |= {"answer": done.answer, "confirmed": done.confirmed}
    await _told(actor, task, computer)
    return done


async def _told(actor: Actor, task: Task, computer: Computer) -> None:
    await control.passed_on(actor, computer, f"handed back to the agent: {task.label}")


async def _handed_back(
    actor: Actor, task: Task, computer: Computer, token: str, epoch: int, note: str
) -> Steered:
    # The page that drives hears it and lets go by itself; `stilled` makes sure.
    await control.announce(computer, await leases.standing(computer.pk))
    async with _step("releasing your input"), stilled(computer, epoch):
        async with client_of(await steering.with_key(task.connection_id)) as client:
            async with _step("asking how the task stands", ASK_WITHIN):
                await _not_over(client, task)
            if note:
                async with _step("sending the note", NOTE_WITHIN):
                    await _send(actor, client, task, note)
            async with _step("resuming the task", RESUME_WITHIN):
                await steering.alone(actor, task, token)
                answer, status = await _resumed(client, task)
        async with _step("releasing control"):
            done = _said(answer, status)
            await _noted(actor, task, computer, token, done, status)
    return done


async def _not_over(client: Client, task: Task) -> None:
    """What has ended since our row was written is handed nothing."""
    status = await client.task(task.upstream_id)
    if status.is_over:
        raise Refused(f"The task is over: {status.word}. Release control when you are done.", "over")


async def _send(actor: Actor, client: Client, task: Task, note: str) -> None:
    with discreet([note]):
        answer = await client.message_task(task.upstream_id, note)
    await record.note(task.pk, Noted("message", note, True, data={"by": actor.name, "answer": answer}))


async def _resumed(client: Client, task: Task) -> tuple[str, TaskStatus | None]:
    answer = await client.resume_task(task.upstream_id)
    status = await steering.until(client, task, lambda status: status.state == State.RUNNING)
    if status is not None and status.state == State.PAUSED:
        said = f"the service answered {answer or 'yes'}, but its status still says {status.word}"
        raise Refused(f"It was asked to go on and did not: {said}.", "not_resumed")
    return answer, status


def _said(answer: str, status: TaskStatus | None) -> Steered:
    if status is not None and status.state == State.RUNNING:
        return Steered(answer, True, "You handed back. It is running again.")
    if status is not None and status.is_over:
        return Steered(answer, True, f"You handed back. It is over already: {status.word}.")
    said = f"its status says {status.word}" if status else "its status cannot be had"
    return Steered(answer, False, f"You handed back. The service answered {answer or 'yes'}, but {said}.")


async def _noted(
    actor: Actor, task: Task, computer: Computer, token: str, done: Steered, status: TaskStatus | None
) -> None:
    """The lease is free, and the record says so: both or neither."""
    changes: dict[str, Any] = {**SETTLED, "taken_by_id": None}
    if status is not None and status.state:
        changes |= {"state": status.state, "upstream_word": status.word, "exit_code": status.exit_code}
    told = {"by": actor.name, "answer": done.answer, "confirmed": done.confirmed}
    step = Noted("handed_back", done.sentence, True, data=told)
    await record.note(task.pk, step, lambda _task: turns.free(computer.pk, token), **changes)


async def _reserve(actor: Actor, computer: Computer) -> str:
    try:
        return await turns.begin_handing_back(computer, actor)
    except leases.Working as working:
        raise Refused(f"A moment: {working} is still running here.", "working") from None
    except (leases.Held, leases.Reserved):
        standing = await leases.standing(computer.pk)
        raise (control.busy(actor, standing) if standing.state else not_driving(actor, standing)) from None


async def _undo(task: Task, computer: Computer, token: str) -> None:
    """The person drives on."""
    try:
        await turns.drop(computer.pk, token)
        await record.tell_again(task.pk)
        await control.announce(computer, await leases.standing(computer.pk))
    except Exception:
        # The reservation runs out by itself, and whoever finds that then says so.
        logger.exception("Handing back %s could not be undone.", task.public_id)


@asynccontextmanager
async def _step(what: str, within: float | None = None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(within):
            yield
    except Kept:
        raise
    except TimeoutError:
        why = "The service did not answer in time, so it may have done it all the same."
        raise Kept(f"Handing back stopped at {what}. {why} You still have control.", "kept") from None
    except turns.Lost:
        raise Kept(f"Handing back stopped at {what}: control was lost meanwhile.", "kept") from None
    except (Refused, UpstreamError) as error:
        raise Kept(f"Handing back stopped at {what}. {error} You still have control.", "kept") from error


@unit
def _did(computer_pk: int, user_pk: int, since: Any) -> list[str]:
    rows = TimelineEvent.objects.filter(computer_id=computer_pk, actor_id_copy=user_pk, at__gte=since)
    return list(rows.filter(kind__in=TOLD).order_by("number").values_list("sentence", flat=True))
