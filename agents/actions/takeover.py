"""Taking over from an agent: one verb (design §6). The lease is reserved, the task paused and seen to be paused, and
only then may the person send input; whatever fails is undone and said."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from agents import record
from agents.actions import steering
from agents.models import Task
from agents.record import Noted
from agents.states import State
from agents.waiting import SETTLED
from computers import leases, records, turns
from computers.actions import control
from computers.actions.allowed import ended, not_driving, permit
from computers.actions.refusal import Invalid, Refused
from computers.connections import client_of
from computers.models import Computer
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from computers.wire.tasks import TaskStatus
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

logger = logging.getLogger(__name__)

#: How long the pause's own answer may take, the status may be asked for after it, and undoing may take; seconds.
#: Together they stay below what a reservation is believed for.
PAUSE_WITHIN, STOP_WITHIN, UNDO_WITHIN = 8.0, 10.0, 8.0
#: Longest reason, characters.
REASON_LIMIT = 300


class NotStopped(Refused):
    """The agent could not be made to stop. `str()` says why, and what became of it; `anyway` offers the other way."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Whether the task is known to have stopped, and a sentence for the person."""

    computer: Computer
    confirmed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _Stopped:
    status: TaskStatus | None
    answer: str
    confirmed: bool
    sentence: str


async def take_over(actor: Actor, task: Task, reason: str = "") -> TakenOver:
    """Pause the task and drive its computer from the actor's tab. `NotStopped` where the agent goes on; `Refused`,
    `PermissionDenied`."""
    reason = _reason(reason)
    await steering.steerable(actor, Action.TAKE_OVER, task)
    computer = await computer_of(task)
    await _refuse_early(actor, computer)
    async with recorded(
        actor, Action.TAKE_OVER, task.as_target(), computer=computer.public_id, reason=reason
    ) as found:
        token = await _reserve(actor, computer)
        accepted, written = asyncio.Event(), None
        try:
            await control.announce(computer, await leases.standing(computer.pk))
            async with client_of(await steering.with_key(task.connection_id)) as client:
                stopped = await _stopped(client, task, accepted)
            written = asyncio.ensure_future(_activate(actor, task, computer, token, stopped, reason))
            await asyncio.shield(written)
        except BaseException as error:
            if written is not None and await steering.came_through(written):
                # The page was closed while it was being written: the person drives, so the agent stays paused.
                await asyncio.shield(_told(actor, task, computer))
                raise
            undone = await asyncio.shield(_undo(task, computer, token, accepted.is_set()))
            if isinstance(error, turns.Lost):
                raise NotStopped(f"Taking over took too long. {undone}", "not_stopped") from None
            if isinstance(error, UpstreamError | NotStopped):
                raise NotStopped(f"{error} {undone}", "not_stopped") from error
            raise
        found |= {"answer": stopped.answer, "confirmed": stopped.confirmed}
    await _told(actor, task, computer)
    return TakenOver(computer, stopped.confirmed, stopped.sentence)


async def take_anyway(actor: Actor, task: Task, reason: str) -> TakenOver:
    """Drive beside an agent that does not stop; the reason stands in the record and in the audit log."""
    await permit(actor, Action.TAKE_ANYWAY, task.connection.team_id)
    reason = _reason(reason)
    if not reason:
        raise Invalid("Say why: the agent may act at the same time.", "reason")
    computer = await computer_of(task)
    said = f"{reason} (The agent was not stopped and may act at the same time.)"

    def also(_task: Task) -> None:
        leases.takes(computer, actor, despite_agent=True)

    async with recorded(
        actor, Action.TAKE_ANYWAY, task.as_target(), computer=computer.public_id, reason=reason
    ):
        try:
            await record.note(
                task.pk,
                Noted("taken_anyway", said, True, data={"by": actor.name}),
                also,
                taken_by_id=None if task.is_over else actor.user.pk,
                **SETTLED,
            )
        except (leases.Held, leases.Reserved, leases.Working) as why:
            raise await _refusal(actor, computer, why) from None
    await control.passed_on(actor, computer, f"took control beside the agent: {reason}")
    return TakenOver(
        computer, False, "You are driving. The agent was not stopped: it may act at the same time."
    )


async def computer_of(task: Task) -> Computer:
    """Where it works; `Refused` while that is not known, or where it ended."""
    computer = await _computer(task.pk)
    if computer is None:
        raise Refused("Its computer is not known yet.", "no_computer")
    if computer.is_gone:
        raise ended(computer)
    return computer


async def _refuse_early(actor: Actor, computer: Computer) -> None:
    """What is plain before anything is written."""
    standing = await leases.standing(computer.pk)
    if standing.state:
        raise control.busy(actor, standing)
    if not standing.free and standing.holder_id != actor.user.pk:
        raise not_driving(actor, standing)


async def _reserve(actor: Actor, computer: Computer) -> str:
    try:
        return await turns.reserve(computer, actor)
    except (leases.Held, leases.Reserved, leases.Working) as why:
        raise await _refusal(actor, computer, why) from None


async def _refusal(actor: Actor, computer: Computer, why: Exception) -> Refused:
    if isinstance(why, leases.Working):
        return Refused(f"A moment: {why} is still running here.", "working")
    standing = await leases.standing(computer.pk)
    if isinstance(why, leases.Reserved):
        return control.busy(actor, standing)
    return Refused(f"{why} was quicker and is driving this computer.", "held")


async def _stopped(client: Client, task: Task, accepted: asyncio.Event) -> _Stopped:
    """Pause it, and see that it is: by the status's word, by its end, or because no step comes after a pause that was
    accepted."""
    answer, certain = "", True
    try:
        async with asyncio.timeout(PAUSE_WITHIN):
            answer = await client.pause_task(task.upstream_id)
    except TimeoutError:
        certain = False
    except UpstreamError as error:
        if not error.outcome_unknown:
            raise
        certain = False
    # Without an answer it may have been accepted all the same: only the status can tell, and undoing must resume it.
    accepted.set()
    loop = asyncio.get_running_loop()
    since, status = loop.time(), None
    while loop.time() < since + STOP_WITHIN:
        status = await _status(client, task, since + STOP_WITHIN - loop.time())
        if status is not None and (status.state == State.PAUSED or status.is_over):
            return _seen(status, answer)
        quiet = loop.time() >= since + steering.QUIET_FOR and await steering.is_quiet(task.pk)
        if certain and quiet:
            said = f"its status still says {status.word}" if status else "its status cannot be had"
            sentence = f"Pause not confirmed: it was accepted and no step has come since, but {said}."
            return _Stopped(status, answer, False, sentence)
        await asyncio.sleep(steering.ASK_EVERY)
    if not certain:
        raise NotStopped("The service did not answer the pause, and the agent is not paused.", "not_stopped")
    said = f"its status says {status.word}" if status else "its status cannot be had"
    raise NotStopped(f"The service accepted the pause, but the agent goes on acting ({said}).", "not_stopped")


def _seen(status: TaskStatus, answer: str) -> _Stopped:
    if status.is_over:
        return _Stopped(status, answer, True, f"The task was over before that: {status.word}.")
    return _Stopped(status, answer, True, "The agent is paused.")


async def _status(client: Client, task: Task, within: float) -> TaskStatus | None:
    try:
        async with asyncio.timeout(max(within, 0.0)):
            return await client.task(task.upstream_id)
    except (UpstreamError, TimeoutError):
        # That it cannot be had now says nothing about the pause.
        return None


async def _activate(
    actor: Actor, task: Task, computer: Computer, token: str, stopped: _Stopped, reason: str
) -> None:
    """The person drives, and the record says who took over and why: both or neither."""
    changes = dict(SETTLED)
    status = stopped.status
    over = status is not None and status.is_over
    if status is not None and status.state:
        changes |= {"upstream_word": status.word, "exit_code": status.exit_code}
        if stopped.confirmed:
            changes["state"] = status.state
    if not over:
        changes["taken_by_id"] = actor.user.pk

    def also(row: Task) -> None:
        if not over and not stopped.confirmed:
            record.says_unconfirmed(row)
        records.lock(computer.pk)
        turns.activate(computer, actor, token)

    said = f"{reason}: {stopped.sentence}" if reason else stopped.sentence
    told = {"by": actor.name, "answer": stopped.answer, "confirmed": stopped.confirmed}
    await record.note(task.pk, Noted("taken_over", said, True, data=told), also, **changes)


async def _told(actor: Actor, task: Task, computer: Computer) -> None:
    await control.passed_on(actor, computer, f"took over from the agent: {task.label}")


async def _undo(task: Task, computer: Computer, token: str, accepted: bool) -> str:
    """Let the agent go on if it was we who paused it, and everybody else near the computer; what is true then."""
    said = "The agent was left as it is"
    if accepted:
        said = await _resumed(task)
    try:
        await turns.drop(computer.pk, token)
        await record.tell_again(task.pk)
        now = await leases.standing(computer.pk)
        await control.announce(computer, now)
        return f"{said}; {now.holder or 'nobody'} drives."
    except Exception:
        # The reservation runs out by itself, and whoever finds that then says so.
        logger.exception("Taking over %s could not be undone.", task.public_id)
        return f"{said}."


async def _resumed(task: Task) -> str:
    try:
        async with (
            asyncio.timeout(UNDO_WITHIN),
            client_of(await steering.with_key(task.connection_id)) as client,
        ):
            await client.resume_task(task.upstream_id)
    except TimeoutError:
        return "Whether the agent goes on is not known, for the service did not answer"
    except UpstreamError as error:
        return f"The agent could not be told to go on ({str(error).rstrip('.')})"
    return "The agent was told to go on"


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > REASON_LIMIT:
        raise Invalid(f"A reason has at most {REASON_LIMIT} characters.", "reason")
    return reason


@unit
def _computer(task_pk: int) -> Computer | None:
    return Computer.objects.select_related("connection__team").filter(tasks=task_pk).first()
