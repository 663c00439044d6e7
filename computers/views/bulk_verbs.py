"""Many computers at once: kept alive, sent to an address, terminated."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from computers import leases
from computers.actions import Refused, browse, control, life, machines
from computers.actions.addresses import normalise
from computers.actions.allowed import not_driving
from computers.models import Computer
from computers.views import bulk
from computers.views.common import actor_of, explained, person, signed_in
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Actor, allows

#: What is sent along: field → value.
Sent = dict[str, str]


@dataclass(frozen=True, slots=True)
class Verb:
    """`question` has a place for the count; `act` gives the sentence of one that worked."""

    action: Action
    question: str
    yes: str
    done: str
    act: Callable[[Actor, Computer, Sent], Awaitable[str]]
    asks: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The computers that were chosen and are there; `forbidden` says how many more the person's role forbids."""

    computers: list[Computer]
    forbidden: int


async def _keep_alive(actor: Actor, computer: Computer, _sent: Sent) -> str:
    await life.keep_alive(actor, computer)
    return "Its idle limit starts anew."


async def _navigate(actor: Actor, computer: Computer, sent: Sent) -> str:
    """Drives for as long as that takes. Whoever drives already is not disturbed, not even the same person elsewhere."""
    standing = await leases.standing(computer.pk)
    if not standing.free:
        raise not_driving(actor, standing)
    driver = Actor(actor.user, f"wall-{secrets.token_hex(8)}", actor.address)
    await control.take(driver, computer)
    try:
        return f"It shows {await browse.navigate(driver, computer, sent['url'])}"
    finally:
        await control.release(driver, computer)


async def _terminate(actor: Actor, computer: Computer, sent: Sent) -> str:
    if sent.get(f"epoch-{computer.public_id}") != str((await leases.standing(computer.pk)).epoch):
        raise Refused("Who drives it has changed meanwhile: it was left alone.", "held")
    await machines.terminate(actor, computer)
    return "It was terminated."


VERBS = {
    "keep-alive": Verb(Action.KEEP_ALIVE, "Keep {} alive?", "Keep alive", "kept alive", _keep_alive),
    "navigation": Verb(
        Action.NAVIGATE, "Send {} to an address?", "Navigate", "sent there", _navigate, asks="url"
    ),
    "termination": Verb(Action.TERMINATE, "Terminate {}?", "Confirm", "terminated", _terminate, danger=True),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def fleet(request: HttpRequest, verb: str) -> HttpResponse:
    """`/fleet/<verb>/?computers=<id>&…`: GET asks, POST acts on each and tells what came of it."""
    if (chosen := VERBS.get(verb)) is None:
        raise Http404
    ids = bulk.chosen_ids(request)
    if len(ids) > bulk.LIMIT:
        return bulk.nothing(request, f"Choose at most {bulk.LIMIT} computers.")
    choice = await _choice(person(request), ids, chosen.action)
    if not choice.computers:
        if choice.forbidden:
            raise PermissionDenied
        return bulk.nothing(request, "None of them is there any more. Close this, and choose anew.")
    if request.method != "POST":
        return bulk.ask(request, _question(request, chosen, choice))
    if chosen.asks:
        try:
            normalise(request.POST.get("url", ""))
        except Refused as refused:
            return bulk.ask(request, _question(request, chosen, choice), *explained(refused))
    sent = request.POST.dict()
    act = partial(_act, chosen, actor_of(request), sent)
    return bulk.told(request, await bulk.side_by_side(choice.computers, act, _named), chosen.done)


async def _act(verb: Verb, actor: Actor, sent: Sent, computer: Computer) -> tuple[bool, str]:
    return True, await verb.act(actor, computer, sent)


def _named(computer: Computer) -> tuple[str, str]:
    return computer.label, reverse("computers:cockpit", args=[computer.public_id])


def _question(request: HttpRequest, verb: Verb, choice: Choice) -> bulk.Question:
    computers = choice.computers
    user = person(request)
    skipped = f"Your role does not allow it on {choice.forbidden} more." if choice.forbidden else ""
    return bulk.Question(
        verb.question.format(bulk.count(len(computers), "computer")),
        verb.yes,
        [computer.public_id for computer in computers],
        [bulk.Chosen(computer.label, _note(computer, user)) for computer in computers],
        skipped,
        "What is open in them is lost, unless they are saved. This cannot be undone." if verb.danger else "",
        verb.asks,
        verb.danger,
        tuple((f"epoch-{each.public_id}", str(_epoch(each))) for each in computers if verb.danger),
    )


def _note(computer: Computer, user: User) -> str:
    lease = getattr(computer, "lease", None)
    if lease is not None and lease.holder is not None:
        return (
            "you are driving it"
            if lease.holder_id == user.pk
            else f"{lease.holder.display_name} is driving it"
        )
    return f"an agent is at work on it: {computer.agent_label}" if computer.agent_state else ""


def _epoch(computer: Computer) -> int:
    lease = getattr(computer, "lease", None)
    return lease.epoch if lease is not None else 0


@unit
def _choice(user: User, ids: list[str], action: Action) -> Choice:
    rows = Computer.objects.visible_to(user).live().filter(public_id__in=ids)
    rows = rows.annotate(role=F("connection__team__memberships__role"))
    found = list(rows.select_related("connection__team", "lease__holder").order_by("name", "pk"))
    allowed = [each for each in found if allows(each.role, action)]  # type: ignore[attr-defined]
    return Choice(allowed, len(found) - len(allowed))
