"""Recording a macro while driving: it begins and ends with an entry, and control's end ends it."""

from __future__ import annotations

import asyncio

from computers import leases, records, timeline
from computers.actions.allowed import admit
from computers.actions.refusal import Refused
from computers.macros import recordings
from computers.macros.recordings import Span
from computers.models import Computer, Kind, Recording
from computers.relay.hub import HUB
from computers.upstream.errors import UpstreamError
from dashboard import live
from dashboard.audit import recorded
from dashboard.permissions import Action, Actor

#: What the news about a recording is called; its payload is {on, id, first, client, user}.
NEWS = "recording"
#: How long the process that drives may take to write down what was still open, seconds, and how often that is asked.
LAST_ENTRY_WITHIN, ASK_EVERY = 5.0, 0.05
#: How long a page may take to say whether the focus is in a password's field, seconds.
FOCUS_WITHIN = 2.0


async def start(actor: Actor, computer: Computer) -> Recording:
    """Keep what the driver does from now on."""
    await admit(actor, Action.RECORD, computer)
    async with recorded(actor, Action.RECORD, computer.as_target(), verb="start"):
        entry = timeline.Entry(Kind.CONTROL, "started recording a macro", actor)
        timeline.note(computer.pk, computer.public_id, entry)
        await timeline.WRITER.flush()
        recording = await recordings.begin(computer, actor)
        if recording is None:
            raise Refused("A macro is being recorded on this computer already.", "recording")
    await _tell(computer, recording, on=True)
    return recording


async def stop(actor: Actor, computer: Computer) -> Span:
    """Keep nothing more; the entries that belong to it."""
    recording = await recordings.of_computer(computer.pk)
    if recording is None or (recording.user_id, recording.client) != (actor.user.pk, actor.client):
        raise Refused("No macro is being recorded from here.", "not_recording")
    async with recorded(actor, Action.RECORD, computer.as_target(), verb="stop"):
        # The process that drives closes what is open, typing above all, and then notes the end.
        await _tell(computer, recording, on=False)
        last = await _noted(computer, recording)
        return await _end(computer, recording, last)


async def end_with_control(computer: Computer, standing: leases.Standing) -> None:
    """Whoever recorded drives no more: so ends the recording. What it kept can still be made a macro of."""
    recording = await recordings.of_computer(computer.pk)
    if recording is None or standing.held_by(Actor(recording.user, recording.client)):
        return
    await _end(computer, recording, 0)


def ending(recording_pk: int, first: int, actor: Actor) -> timeline.Entry:
    """The entry that ends it; whoever notes it first has noted it."""
    return timeline.Entry(
        Kind.CONTROL,
        "stopped recording a macro",
        actor,
        result={"first": first},
        key=f"{recordings.ENDED_KEY}{recording_pk}",
    )


async def keepable(actor: Actor, computer: Computer, text: str, tab: str = "") -> str:
    """`text` if it may be kept: a recording is on, and the focus is known to be in no password's field."""
    if not await recordings.is_on(computer.pk, actor):
        return ""
    try:
        async with asyncio.timeout(FOCUS_WITHIN), HUB.linked(computer) as link:
            return text if await link.secret_focus(tab) is False else ""
    except (UpstreamError, TimeoutError):
        return ""


async def _noted(computer: Computer, recording: Recording) -> int:
    try:
        async with asyncio.timeout(LAST_ENTRY_WITHIN):
            while not (last := await recordings.ended_at(computer.pk, recording.pk)):  # noqa: ASYNC110
                await asyncio.sleep(ASK_EVERY)
            return last
    except TimeoutError:
        return 0


async def _end(computer: Computer, recording: Recording, last: int) -> Span:
    if not last:
        actor = Actor(recording.user, recording.client)
        entry = ending(recording.pk, recording.first_number, actor)
        timeline.note(computer.pk, computer.public_id, entry)
        await timeline.WRITER.flush()
        last = await recordings.ended_at(computer.pk, recording.pk)
    await recordings.forget(recording.pk)
    await _tell(computer, recording, on=False)
    await records.touch(computer.pk)
    return Span(recording.first_number, last)


async def _tell(computer: Computer, recording: Recording, *, on: bool) -> None:
    group = live.computer_group(computer.public_id)
    await live.publish(
        group,
        NEWS,
        on=on,
        id=recording.pk,
        first=recording.first_number,
        user=recording.user_id,
        client=recording.client,
    )
    if on:
        await records.touch(computer.pk)
