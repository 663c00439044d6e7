"""Who drives a computer: taking control, giving it back, and losing it after a long silence."""

from __future__ import annotations

from computers import leases, records, timeline
from computers.actions import pressed, recording
from computers.actions.allowed import admit, not_driving
from computers.actions.refusal import Refused
from computers.models import Computer, ControlLease, Kind
from computers.relay.hub import HUB
from computers.upstream.errors import UpstreamError
from dashboard import live
from dashboard.audit import recorded
from dashboard.permissions import Action, Actor

#: What the news about a computer's driver is called; its payload is {epoch, holder}.
NEWS = "control"


async def take(actor: Actor, computer: Computer) -> leases.Standing:
    """Drive it from the actor's tab; `Refused` while another person does. One's own other tab gives way."""
    await admit(actor, Action.TAKE_CONTROL, computer)
    before = await leases.standing(computer.pk)
    if before.state:
        raise busy(actor, before)
    if before.held_by(actor):
        return before
    if not before.free and before.holder_id != actor.user.pk:
        raise not_driving(actor, before)
    async with recorded(actor, Action.TAKE_CONTROL, computer.as_target()):
        try:
            standing = await leases.take(computer, actor)
        except leases.Working as working:
            raise Refused(f"A moment: {working} is still running here.", "working") from None
        except leases.Reserved:
            raise busy(actor, await leases.standing(computer.pk)) from None
        except leases.AgentAtWork as task:
            said = f"An agent is at work here ({task}). Take over, which pauses its task first."
            raise Refused(said, "agent_running") from None
        except leases.Held as held:
            raise Refused(f"{held} was quicker and is driving this computer.", "held") from None
        note(computer, actor, _took(before))
        # Whatever could not be released when the last driver stopped.
        await pressed.let_go(computer)
    await announce(computer, standing)
    return standing


def _took(before: leases.Standing) -> str:
    if before.free:
        return "took control"
    return (
        "took the control that was given"
        if before.client == leases.OFFERED
        else "took control in another tab"
    )


def busy(actor: Actor, standing: leases.Standing) -> Refused:
    """The refusal while control changes hands between a person and an agent."""
    what = "handing back" if standing.state == "handing_back" else "taking over"
    if standing.reserver_id == actor.user.pk:
        return Refused(f"A moment: you are {what} here already.", "busy")
    return Refused(f"A moment: {standing.reserved_by or 'somebody'} is {what} here just now.", "busy")


async def passed_on(actor: Actor | None, computer: Computer, sentence: str) -> leases.Standing:
    """Control went from an agent to `actor` or back: the timeline and everybody who looks are told."""
    note(computer, actor, sentence)
    # Whatever could not be released when the last driver stopped.
    await pressed.let_go(computer)
    standing = await leases.standing(computer.pk)
    await announce(computer, standing)
    return standing


async def release(actor: Actor, computer: Computer, reason: str = "") -> leases.Standing:
    """Stop driving. Whoever holds the lease may, whatever became of their role; for anybody else nothing happens."""
    before = await leases.standing(computer.pk)
    if not before.held_by(actor):
        return before
    async with recorded(actor, Action.RELEASE_CONTROL, computer.as_target(), reason=reason):
        await leases.release(computer.pk, before.epoch)
        note(computer, actor, f"released control: {reason}" if reason else "released control")
        await pressed.let_go(computer)
    standing = await leases.standing(computer.pk)
    await announce(computer, standing)
    return standing


async def lapse(lease: ControlLease) -> bool:
    """End a lease whose driver is silent and release what they held. Of several calls at once, one returns True."""
    computer = lease.computer
    driver = lease.holder.display_name if lease.holder else ""
    if not await leases.lapse(computer.pk, lease.epoch):
        return False
    if not computer.is_gone:
        note(computer, None, f"driving ended: {driver or 'the driver'} was silent for too long")
    standing = await leases.standing(computer.pk)
    async with recorded(None, Action.LAPSE, computer.as_target(), driver=driver) as found:
        found["released"] = await _let_go(computer, standing.epoch) and await pressed.let_go(computer)
    await announce(computer, standing)
    return True


async def announce(computer: Computer, standing: leases.Standing) -> None:
    """Tell the computer's watchers who drives, and every wall that its row changed."""
    group = live.computer_group(computer.public_id)
    await live.publish(group, NEWS, epoch=standing.epoch, holder=standing.holder)
    await recording.end_with_control(computer, standing)
    await records.touch(computer.pk)


def note(computer: Computer, actor: Actor | None, sentence: str) -> None:
    """One entry of the timeline about who drives."""
    timeline.note(computer.pk, computer.public_id, timeline.Entry(Kind.CONTROL, sentence, actor))


async def _let_go(computer: Computer, epoch: int) -> bool:
    """Release the buttons and modifiers noted on the row, unless somebody drives again: they release them themselves.

    What cannot be released now stays noted, so that whoever drives next begins with it.
    """
    held = await leases.held_input(computer.pk)
    if not held or computer.is_gone:
        return not held
    try:
        async with HUB.linked(computer) as link:
            if (await leases.standing(computer.pk)).epoch != epoch:
                return False
            await link.release_held(held)
    except UpstreamError:
        return False
    await leases.note_released(computer.pk, epoch)
    return True
