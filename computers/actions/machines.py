"""A computer's life: opened, terminated."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from computers import leases, records, timeline
from computers.actions.acted import acted
from computers.actions.addresses import for_log
from computers.actions.allowed import permit
from computers.actions.page_errors import explained
from computers.actions.wish import NewComputer
from computers.connections import client_of
from computers.models import Computer, Connection, Kind, opaque_id
from computers.upstream import errors
from computers.upstream.client import Client
from computers.wire.upstream import ComputerFacts
from dashboard import live
from dashboard.audit import Target, recorded
from dashboard.models import Outcome
from dashboard.permissions import Action, Actor

__all__ = ["ENDING_NEWS", "NewComputer", "create", "terminate"]

#: What the news of a computer that somebody terminates is called; its payload is {by}, empty when that failed.
ENDING_NEWS = "ending"

#: Whoever opened a computer waits this long for its start page, seconds; it goes on loading afterwards.
START_PAGE_TIMEOUT = 10.0
#: What the timeline keeps of the wish: anything else may hold a secret.
TOLD = (
    "kind",
    "display",
    "max_lifetime_seconds",
    "inactivity_timeout_seconds",
    "persistent",
    "environment_id",
)


async def create(actor: Actor, connection: Connection, wish: NewComputer) -> Computer:
    """Open a computer; never tried twice: there might be two. The result's `notice` tells what went wrong beside it."""
    await permit(actor, Action.CREATE, connection.team_id)
    wish = wish.checked(connection)
    at = timezone.now()
    target = Target(connection.team_id, opaque_id(), wish.name or wish.kind)
    detail: dict[str, Any] = {
        "connection": connection.name,
        "kind": wish.kind,
        "start_page": for_log(wish.start_page),
    }
    detail |= {"persistent": wish.persistent, "resumed": wish.environment_id}
    async with recorded(actor, Action.CREATE, target, **detail) as found, client_of(connection) as client:
        facts = await _created(client, wish.as_request())
        computer = await records.adopt(
            connection.pk,
            facts,
            target.id,
            name=wish.name,
            width=wish.width,
            height=wish.height,
            persistent=wish.persistent or bool(facts.persistent),
        )
        found |= {"computer": computer.public_id, "name": computer.label}
        if wish.start_page:
            computer.notice = found["notice"] = await _start_page(client, facts.id, wish.start_page)
    asked = {name: value for name, value in wish.as_request().items() if name in TOLD}
    opened = f" with {detail['start_page']}" if wish.start_page else ""
    timeline.note(
        computer.pk,
        computer.public_id,
        timeline.Entry(
            Kind.MACHINE, f"opened this computer{opened}", actor, at, Outcome.SUCCEEDED, request=asked
        ),
    )
    return computer


async def terminate(actor: Actor, computer: Computer) -> None:
    """End a computer. One that has already ended stays ended, whoever else ends it at the same time."""
    await permit(actor, Action.TERMINATE, computer.connection.team_id)
    if computer.is_gone:
        return
    driver = (await leases.standing(computer.pk)).holder
    sentence, kind = "terminated this computer", Kind.MACHINE
    async with acted(actor, Action.TERMINATE, computer, sentence, kind=kind, driver=driver):
        await records.note_terminating(computer.pk, actor)
        group = live.computer_group(computer.public_id)
        await live.publish(group, ENDING_NEWS, by=actor.name)
        try:
            async with client_of(computer.connection) as client:
                await client.terminate(computer.upstream_id)
        except errors.UpstreamError as error:
            await live.publish(group, ENDING_NEWS, by="")
            if not error.outcome_unknown:
                await records.note_not_terminated(computer.pk)
            raise
        await records.mark_terminated(computer, actor)


async def _created(client: Client, body: dict[str, Any]) -> ComputerFacts:
    try:
        facts = await client.create(body)
        if not records.fits(facts):
            raise errors.NotUnderstood(
                "The Lightcone service named the computer by no usable id.", outcome_unknown=True
            )
        return facts
    except errors.UpstreamError as error:
        if not error.outcome_unknown:
            raise
        hint = "If the computer was opened all the same, it appears by itself."
        raise errors.NoAnswer(f"{error} {hint}") from error


async def _start_page(client: Client, upstream_id: str, url: str) -> str:
    """Open the first page; what went wrong, as a sentence. The computer is there either way."""
    try:
        await client.act(upstream_id, "navigate", {"url": url}, timeout=START_PAGE_TIMEOUT)
    except errors.NoAnswer:
        return "The start page takes long to load."
    except errors.ActionFailed as error:
        return f"The computer is open. {explained(error)}"
    except errors.UpstreamError as error:
        return f"The computer is open, but its start page is not. {error}"
    return ""
