"""Opening a computer: the form "New computer"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from computers.actions import machines
from computers.views.common import REFUSALS, actor_of, person, signed_in
from computers.views.creation_form import NewComputerForm, connections_of, like
from dashboard.htmx import is_htmx, redirect


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def creation(request: HttpRequest) -> HttpResponse:
    """`/computers/new/`."""
    choices = await connections_of(person(request))
    if not choices.may_create:
        context = {"reason": "Your role lets you watch computers, not open them."}
        return render(request, "403.html", context, status=403)
    if not choices.creatable:
        return render(request, "computers/creation.html", {"form": None})
    if request.method != "POST":
        form = NewComputerForm(
            choices.creatable, initial=await like(person(request), request.GET.get("like", ""))
        )
        return render(request, "computers/creation.html", {"form": form})
    form = NewComputerForm(choices.creatable, request.POST)
    status = 422
    if form.is_valid():
        try:
            computer = await machines.create(actor_of(request), form.chosen, form.wish)
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            if notice := getattr(computer, "notice", ""):
                messages.warning(request, notice)
            return redirect(request, "computers:cockpit", computer.public_id)
    page = "computers/_creation.html" if is_htmx(request) else "computers/creation.html"
    return render(request, page, {"form": form}, status=status)
