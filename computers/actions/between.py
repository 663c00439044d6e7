"""Control between people: asked for, given, refused, and taken by force with a reason."""

from __future__ import annotations

import asyncio

from computers import leases, passing
from computers.actions import control, pressed
from computers.actions.allowed import admit, not_driving
from computers.actions.refusal import Invalid, Refused
from computers.leases import Standing
from computers.models import Computer
from computers.passing import Asked
from dashboard import live
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Actor, allows

#: What whoever asked or drove is told: its payload is {user, said}, the person's number and a sentence.
TOLD_NEWS = "control told"
#: A call that acts for a while notices a forced change within a second; so long is waited for it, seconds.
WORK_ENDS_WITHIN, LOOK_EVERY = 4.0, 0.1


async def request(actor: Actor, computer: Computer, reason: str = "") -> None:
    """Ask whoever drives for control; everybody who looks sees it."""
    await admit(actor, Action.REQUEST_CONTROL, computer)
    standing = await leases.standing(computer.pk)
    if standing.free:
        raise Refused("Nobody drives: you can take control.", "free")
    if standing.holder_id == actor.user.pk:
        raise Refused("It is you who drives.", "yours")
    reason = _line(reason)
    async with recorded(actor, Action.REQUEST_CONTROL, computer.as_target(), reason=reason):
        try:
            await passing.ask(computer, actor, reason)
        except passing.Full:
            raise Refused(f"{passing.LIMIT} people ask for control already.", "too_many") from None
    control.note(computer, actor, f"asked for control: {reason}" if reason else "asked for control")
    await control.announce(computer, await leases.standing(computer.pk))


async def withdraw(actor: Actor, computer: Computer) -> None:
    """Ask no more. Whoever asked may, whatever became of their role."""
    if await passing.answered(computer.pk, actor.user.pk) is None:
        return
    async with recorded(actor, Action.WITHDRAW_REQUEST, computer.as_target()):
        control.note(computer, actor, "asks for control no more")
    await control.announce(computer, await leases.standing(computer.pk))


async def grant(actor: Actor, computer: Computer, to: int) -> Standing:
    """Whoever drives gives control to somebody who asked, or to anybody of the team who may drive."""
    await admit(actor, Action.GRANT_CONTROL, computer)
    person = await _who_may_drive(computer, to)
    if person.pk == actor.user.pk:
        raise Refused("It is you who drives.", "yours")
    async with recorded(actor, Action.GRANT_CONTROL, computer.as_target(), to=person.display_name) as found:
        asked = await _asked(computer.pk, to)
        found["asked"] = asked is not None
        try:
            standing = await passing.give(computer, actor, person, asked.client if asked else "")
        except leases.Working as working:
            raise Refused(f"A moment: {working} is still running here.", "working") from None
        except (leases.Reserved, passing.NotDriving):
            raise await _not_ours(actor, computer) from None
    control.note(computer, actor, f"gave control to {person.display_name}")
    await pressed.let_go(computer)
    await control.announce(computer, standing)
    return standing


async def deny(actor: Actor, computer: Computer, to: int, reason: str = "") -> None:
    """Whoever drives says no; whoever asked is told, and why."""
    await admit(actor, Action.DENY_CONTROL, computer)
    reason = _line(reason)
    asked = await passing.answered(computer.pk, to)
    if asked is None:
        raise Refused("That request is over already.", "no_request")
    async with recorded(actor, Action.DENY_CONTROL, computer.as_target(), to=asked.name, reason=reason):
        said = f"denied {asked.name} control"
        control.note(computer, actor, f"{said}: {reason}" if reason else said)
    await tell(computer, to, f"{actor.name} keeps control{f': {reason}' if reason else '.'}")
    await control.announce(computer, await leases.standing(computer.pk))


async def force(actor: Actor, computer: Computer, reason: str) -> Standing:
    """An admin takes control from whoever drives, and says why."""
    await admit(actor, Action.FORCE_CONTROL, computer)
    reason = _line(reason)
    if not reason:
        raise Invalid("Say why you take control by force.", "reason")
    before = await leases.standing(computer.pk)
    if before.free:
        raise Refused("Nobody drives: you can take control.", "free")
    if before.holder_id == actor.user.pk:
        raise Refused("It is you who drives: take control here.", "yours")
    async with recorded(
        actor, Action.FORCE_CONTROL, computer.as_target(), driver=before.holder, reason=reason
    ):
        try:
            standing = await passing.force(computer, actor, before.epoch)
        except (leases.Reserved, passing.NotDriving):
            raise await _not_ours(actor, computer) from None
        await _work_ends(computer)
        control.note(computer, actor, f"took control by force from {before.holder}: {reason}")
        await pressed.let_go(computer)
    assert before.holder_id is not None
    await tell(computer, before.holder_id, f"{actor.name} took control by force: {reason}")
    await control.announce(computer, standing)
    return standing


async def tell(computer: Computer, user: int, said: str) -> None:
    """One person's pages of this computer show the sentence."""
    await live.publish(live.computer_group(computer.public_id), TOLD_NEWS, user=user, said=said)


async def _not_ours(actor: Actor, computer: Computer) -> Refused:
    standing = await leases.standing(computer.pk)
    return control.busy(actor, standing) if standing.state else not_driving(actor, standing)


async def _work_ends(computer: Computer) -> None:
    deadline = asyncio.get_running_loop().time() + WORK_ENDS_WITHIN
    while (await leases.standing(computer.pk)).working:
        if asyncio.get_running_loop().time() > deadline:
            return
        await asyncio.sleep(LOOK_EVERY)


def _line(reason: str) -> str:
    return " ".join(reason.split())


@unit
def _asked(computer_pk: int, user: int) -> Asked | None:
    return next((each for each in passing.asked(computer_pk) if each.user == user), None)


@unit
def _who_may_drive(computer: Computer, user: int) -> User:
    """Read now: whoever asked may have been made a viewer since."""
    team = computer.connection.team_id
    person = User.objects.filter(pk=user, memberships__team=team).first()
    if person is None:
        raise Refused("There is no such person in this computer's team.", "nobody")
    if not allows(person.role_in(team), Action.TAKE_CONTROL):
        raise Refused(f"{person.display_name} may not drive.", "not_allowed")
    return person
