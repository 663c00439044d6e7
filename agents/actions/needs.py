"""The queue of tasks that wait for a person: one claims it, answers, or gives the claim up."""

from __future__ import annotations

from collections.abc import Callable

from agents import record
from agents.actions import steering
from agents.models import Task
from agents.record import Noted
from agents.states import State
from agents.waiting import SETTLED
from computers.actions.allowed import permit
from computers.actions.refusal import Refused
from dashboard.audit import recorded
from dashboard.permissions import Action, Actor

#: Said where nobody is waited for any more.
SETTLED_ALREADY = "It does not wait for anybody any more."


async def claim(actor: Actor, task: Task) -> None:
    """Say that `actor` sees to it. `Refused` where somebody else does; one's own claim stays as it is."""
    await permit(actor, Action.CLAIM_TASK, task.connection.team_id)
    if task.needs and task.claimed_by_id == actor.user.pk:
        return
    _claimable(actor)(task)
    async with recorded(actor, Action.CLAIM_TASK, task.as_target()):
        said = Noted("claimed", "sees to it", True, data={"by": actor.name})
        await record.note(task.pk, said, check=_claimable(actor), claimed_by_id=actor.user.pk)


async def give_up(actor: Actor, task: Task) -> None:
    """End the claim, whose ever it is: a colleague who went home must not keep a task waiting."""
    await permit(actor, Action.CLAIM_TASK, task.connection.team_id)
    if task.claimed_by_id is None:
        return
    holder = task.claimed_by.display_name if task.claimed_by else ""
    async with recorded(actor, Action.CLAIM_TASK, task.as_target(), released=holder):
        mine = task.claimed_by_id == actor.user.pk
        sentence = "gave the claim up" if mine else f"ended the claim of {holder}"
        said = Noted("unclaimed", sentence, True, data={"by": actor.name})
        await record.note(task.pk, said, claimed_by_id=None)


async def answer(actor: Actor, task: Task, text: str) -> str:
    """Tell it `text`, if there is any, and let it go on if it is paused; what came of it, as a sentence. A step that
    fails says which one, and leaves the claim with the actor."""
    await claim(actor, task)
    done = []
    if text.strip():
        told = await steering.message(actor, task, text)
        # That it is paused is no news: it is resumed next.
        done.append("Sent." if told.answer == State.PAUSED else told.sentence)
    if await steering.is_paused(task):
        try:
            resumed = await steering.resume(actor, task)
        except Refused as refused:
            raise Refused(" ".join([*done, f"It was not resumed: {refused}"]), refused.code) from None
        return " ".join([*done, resumed.sentence])
    if not done:
        raise Refused("It is not paused, so there is nothing to resume: write what it asks for.", "message")
    said = Noted("answered", "answered; it was not paused", True, data={"by": actor.name})
    await record.note(task.pk, said, **SETTLED)
    return " ".join(done)


def _claimable(actor: Actor) -> Callable[[Task], None]:
    def check(task: Task) -> None:
        if not task.needs:
            raise Refused(SETTLED_ALREADY, "settled")
        if task.claimed_by_id not in (None, actor.user.pk):
            name = task.claimed_by.display_name if task.claimed_by else "Somebody"
            raise Refused(f"{name} sees to it already.", "claimed")

    return check
