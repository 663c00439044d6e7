"""Giving work to an agent: the form "New task"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from agents.actions import start, templates
from agents.reader import templates_of
from agents.views.task_form import TaskForm, beginning, startable
from computers.views.common import REFUSALS, actor_of, explained, person, signed_in
from computers.views.creation_form import connections_of
from dashboard.htmx import is_htmx, redirect


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def creation(request: HttpRequest) -> HttpResponse:
    """`/tasks/new/`: GET shows the form, POST starts the task or saves the form as a template."""
    user = person(request)
    choices = await connections_of(user)
    if not choices.may_create:
        context = {"reason": "Your role lets you watch agents, not give them work."}
        return render(request, "403.html", context, status=403)
    connections = choices.creatable
    if not connections:
        return render(request, "agents/creation.html", {"form": None})
    computers = await startable(user, connections)
    if request.method != "POST":
        first = await beginning(user, request.GET.dict())
        return await _page(request, TaskForm(connections, computers, initial=first))
    form = TaskForm(connections, computers, request.POST)
    if not form.is_valid():
        return await _page(request, form, 422)
    if request.POST.get("op") == "template":
        return await _saved(request, form)
    try:
        made = await start.start(actor_of(request), form.where, form.wish, form.chosen or None)
    except REFUSALS as refusal:
        return await _page(request, form, form.refuse(refusal))
    if len(made) == 1:
        return redirect(request, "agents:task", made[0].public_id)
    messages.success(request, f"{len(made)} tasks were started.")
    return redirect(request, "agents:tasks")


async def _saved(request: HttpRequest, form: TaskForm) -> HttpResponse:
    name, said, trouble, status = request.POST.get("template_name", ""), "", "", 200
    try:
        await templates.save(actor_of(request), form.where.team_id, name, form.kept())
        said = f"The template “{name.strip()}” was saved."
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
    return await _page(request, form, status, said=said, template_trouble=trouble, template_name=name)


async def _page(request: HttpRequest, form: TaskForm, status: int = 200, **context: object) -> HttpResponse:
    context |= {"form": form, "templates": await templates_of(person(request))}
    page = "agents/_creation.html" if is_htmx(request) else "agents/creation.html"
    return render(request, page, context, status=status)
