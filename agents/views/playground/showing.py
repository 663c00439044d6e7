"""A picture and an instruction, what the model proposes, and its proposals carried out one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.actions import asking, proposed
from agents.playground.drawing import Drawn
from agents.playground.questions import Picture, Showing, read_calls
from agents.views.playground.common import chosen, manner_of
from computers import captures
from computers.actions import screen
from computers.actions.refusal import Invalid
from computers.actions.steps import JSON_LIMIT
from computers.models import Computer, find_computer
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in
from computers.wire.model_actions import read_action
from dashboard.permissions import Action

#: What stands for the picture until it is there.
NO_PICTURE = Picture(b"", 1, 1)
#: Where a refusal is shown: beside the field that it belongs to, else under the button.
PLACES = {"instruction": "instruction", "picture": "picture", "computer": "picture", "gone": "picture"}


@dataclass(frozen=True, slots=True)
class Seen:
    """The picture that is shown, where the page finds it, and of which computer it is."""

    picture: Picture
    address: str
    computer: Computer | None = None


@require_POST
@signed_in
async def respond(request: HttpRequest) -> HttpResponse:
    """Ask, or go on with what a new picture shows; the answer joins those that are there."""
    connection = await chosen(request, Action.USE_MODELS)
    fields = request.POST
    try:
        asked = Showing(
            manner_of(fields),
            NO_PICTURE,
            fields.get("instruction", ""),
            fields.get("previous", "")[:256],
            read_calls(fields.get("calls", ""), fields.getlist("ran")),
        )
        # Before a picture is taken for nothing.
        asked.check()
        seen = await _seen(request)
        asked = replace(asked, picture=seen.picture)
        answer = await asking.respond(actor_of(request), connection, asked)
    except REFUSALS as refusal:
        return _refused(request, refusal)
    drawn = Drawn(answer, seen.picture.width, seen.picture.height)
    context = {"asked": asked, "seen": seen, "drawn": drawn, "connection": connection}
    return _unkept(render(request, "agents/playground/_turn.html", context))


@require_POST
@signed_in
async def carry_out(request: HttpRequest) -> HttpResponse:
    """Run one proposal on the chosen computer."""
    said, trouble, status = "", "", 200
    try:
        computer = await _computer(request, Action.CLICK)
        said = await proposed.carry_out(actor_of(request), computer, read_action(_parsed(request)))
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    context = {"said": said, "trouble": trouble}
    return _unkept(render(request, "agents/playground/_carried.html", context, status=status))


async def _seen(request: HttpRequest) -> Seen:
    if request.POST.get("source") == "upload":
        file = request.FILES.get("picture")
        if file is None:
            raise Invalid("Please choose a picture.", "picture")
        picture = Picture.read(file.read())
        return Seen(picture, picture.data_url)
    computer = await _computer(request, Action.SCREENSHOT)
    taken = await screen.screenshot(actor_of(request), computer)
    kept = await captures.read(person(request), computer, taken.name)
    if kept is None:
        raise Invalid("The screenshot is not there any more.", "picture")
    address = reverse("computers:capture", args=[computer.public_id, taken.name])
    return Seen(Picture.read(kept.content), address, computer)


async def _computer(request: HttpRequest, action: Action) -> Computer:
    public_id = request.POST.get("computer", "")
    if not public_id:
        raise Invalid("Please choose a computer.", "computer")
    try:
        return await find_computer(person(request), public_id, action)
    except Computer.DoesNotExist:
        raise Http404 from None


def _parsed(request: HttpRequest) -> object:
    said = request.POST.get("action", "")
    if len(said) > JSON_LIMIT:
        raise Invalid("That action is too long to be run.", "action")
    try:
        return orjson.loads(said)
    except ValueError:
        raise Invalid("That is no action.", "action") from None


def _refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    sentence, status = explained(refusal)
    place = PLACES.get(getattr(refusal, "code", ""), "answer")
    response = render(request, "computers/_answer.html", {"trouble": sentence}, status=status)
    response["HX-Retarget"] = f"#act-error-{place}"
    response["HX-Reswap"] = "innerHTML"
    return _unkept(response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
