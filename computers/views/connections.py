"""A team's connections: made, changed, tested, removed. The key goes one way only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from computers.actions import connections as verbs
from computers.actions.connections import KINDS, SWITCHES, Untested, Wish
from computers.actions.refusal import Refused
from computers.connections import access_of
from computers.models import Computer, Connection
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in
from dashboard.database import unit
from dashboard.htmx import is_htmx, redirect
from dashboard.models import Team
from dashboard.permissions import Action
from dashboard.teams import find_team

#: Largest key that both databases know.
KEY_LIMIT = 2**63 - 1
KEPT = "Empty: the stored key is kept. It is shown to nobody."
HARMFUL = "Seen to destroy computers of the real service; safe with the local one."


def _switch(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class ConnectionForm(forms.Form):
    """The rules are the verb's: what it refuses is shown beside its field."""

    name = forms.CharField(label="Name", required=False)
    base_url = forms.CharField(
        label="Base URL",
        required=False,
        help_text="Where the service's API is, without /computers.",
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://",
            }
        ),
    )
    api_key = forms.CharField(
        label="Key",
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label="Kinds of computer",
        required=False,
        choices=[(kind, kind.capitalize()) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text="What this service can open. None: its computers are watched and driven, and none is opened here.",
    )
    streams_commands = _switch(
        "Stream commands",
        f"The terminal shows output as it comes (/exec), not when a command has ended (/exec/sync). {HARMFUL}",
    )
    reads_events = _switch(
        "Read events",
        f"What others do on its computers is read from /events into their timelines. {HARMFUL}",
    )
    streams_tasks = _switch(
        "Stream tasks",
        "An agent's steps are read as they come. Switched off by itself where that started a task twice.",
    )
    attaches_tasks = _switch(
        "Open a task's stream again",
        "After a break, by the task's key. Only where a known key starts nothing: else a second task runs.",
    )

    def __init__(self, connection: Connection | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if connection is not None and access_of(connection).key:
            self.fields["api_key"].help_text = KEPT

    @property
    def switches(self) -> list[forms.BoundField]:
        """The fields that are switches."""
        return [self[name] for name in SWITCHES]

    @property
    def wish(self) -> Wish:
        """What a valid form asks for."""
        data = self.cleaned_data
        turned = {name: bool(data[name]) for name in SWITCHES}
        return Wish(data["name"], data["base_url"], data["api_key"], tuple(data["kinds"]), turned)

    def refuse(self, error: Exception) -> int:
        """Show why the verb refused beside what caused it; returns the status of the reply."""
        sentence, status = explained(error)
        code = getattr(error, "code", "")
        self.add_error(code if code in self.fields else None, sentence)
        return status


@dataclass(frozen=True, slots=True)
class Losses:
    """What goes with a connection."""

    computers: int
    #: Who drives what: ("Bob", "checkout-1").
    driven: list[tuple[str, str]]
    tasks: int


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def connection_new(request: HttpRequest, slug: str) -> HttpResponse:
    """`/team/<slug>/connections/new/`."""
    team = await _team(request, slug)
    if request.method != "POST":
        initial = {"kinds": ["browser"], "streams_tasks": True}
        return _page(request, team, None, ConnectionForm(None, initial=initial))
    form = ConnectionForm(None, request.POST)
    status, insist = 422, False
    if form.is_valid():
        try:
            made = await verbs.add(actor_of(request), team.pk, form.wish, untested=_insists(request))
        except REFUSALS as refusal:
            status, insist = form.refuse(refusal), isinstance(refusal, Untested)
        else:
            messages.success(request, f"{made.name} was added. Its computers appear on the wall.")
            return redirect(request, "team:page", team.slug)
    return _page(request, team, None, form, status, insist)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def connection(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`/team/<slug>/connections/<id>/`."""
    team, now = await _found(request, slug, pk)
    if request.method != "POST":
        initial = {"name": now.name, "base_url": now.base_url, "kinds": now.kinds, **verbs.standing(now)}
        return _page(request, team, now, ConnectionForm(now, initial=initial))
    form = ConnectionForm(now, request.POST)
    status, insist = 422, False
    if "every_switch" not in request.POST:
        # A switch that is off sends nothing: without this an empty request would set all of them off.
        form.add_error(None, "This was not the form with every switch, so nothing was changed.")
    elif form.is_valid():
        name = now.name
        try:
            await verbs.change(actor_of(request), now, form.wish, untested=_insists(request))
        except REFUSALS as refusal:
            now.name = name
            status, insist = form.refuse(refusal), isinstance(refusal, Untested)
        else:
            messages.success(request, f"{now.name} was saved.")
            return redirect(request, "team:page", team.slug)
    return _page(request, team, now, form, status, insist)


@require_POST
@signed_in
async def connection_test(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks the service for its computers, now."""
    _, now = await _found(request, slug, pk)
    status, said, trouble = 200, "", ""
    try:
        count = await verbs.test(actor_of(request), now)
        said = f"It answers: {count} computer{'' if count == 1 else 's'} there."
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    if is_htmx(request):
        return render(
            request, "computers/connections/_test.html", {"said": said, "trouble": trouble}, status=status
        )
    (messages.error if trouble else messages.success)(request, f"{now.name}: {trouble or said}")
    return redirect(request, "team:page", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def connection_removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """GET asks and says what goes with it, POST removes it if its name was typed."""
    team, now = await _found(request, slug, pk)
    trouble, status = "", 200
    if request.method == "POST":
        try:
            await verbs.remove(actor_of(request), now, request.POST.get("named", ""))
        except Refused as refusal:
            trouble, status = explained(refusal)
        else:
            messages.success(request, f"{now.name} was removed. Nothing was ended at the service.")
            return redirect(request, "team:page", team.slug)
    context = {"team": team, "connection": now, "losses": await _losses(now.pk), "trouble": trouble}
    return render(request, "computers/connections/removal.html", context, status=status)


async def _team(request: HttpRequest, slug: str) -> Team:
    try:
        team, _ = await find_team(person(request), slug, Action.MANAGE_CONNECTIONS)
    except Team.DoesNotExist:
        raise Http404 from None
    return team


async def _found(request: HttpRequest, slug: str, pk: int) -> tuple[Team, Connection]:
    """404 for another team's, 403 for what their role forbids."""
    team = await _team(request, slug)
    found = await _read(team.pk, pk) if pk <= KEY_LIMIT else None
    if found is None:
        raise Http404
    return team, found


@unit
def _read(team_id: int, pk: int) -> Connection | None:
    return Connection.objects.select_related("team").filter(team_id=team_id, pk=pk).first()


@unit
def _losses(pk: int) -> Losses:
    computers = Computer.objects.filter(connection_id=pk)
    driven = computers.live().exclude(lease__holder=None).select_related("lease__holder")
    names = [(each.lease.holder.display_name, each.label) for each in driven if each.lease.holder]
    return Losses(computers.count(), names, computers.live().exclude(agent_task="").count())


def _insists(request: HttpRequest) -> bool:
    return request.POST.get("op") == "untested"


def _page(
    request: HttpRequest,
    team: Team,
    connection: Connection | None,
    form: ConnectionForm,
    status: int = 200,
    insist: bool = False,
) -> HttpResponse:
    page = "computers/connections/_form.html" if is_htmx(request) else "computers/connections/form.html"
    context = {"team": team, "connection": connection, "form": form, "insist": insist}
    return render(request, page, context, status=status)
