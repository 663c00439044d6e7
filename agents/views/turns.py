"""Taking over from an agent and handing back to it, from the task's page, the cockpit and the wall.

The lease belongs to a person and a browser tab: a request carries the tab's id (`X-Lightdeck-Client`), and the same tab
then shows the cockpit, which asks for the wheel that is its person's already.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions import handback, takeover
from agents.actions.takeover import NotStopped, TakenOver
from agents.models import Task
from agents.views.common import found
from computers.views.common import REFUSALS, actor_of, explained, signed_in
from dashboard.htmx import is_htmx, redirect
from dashboard.permissions import Action

#: Where sentences about an agent stand: in the cockpit, on the task's page.
SAID = "#agent-said, #task-said"
#: After the cockpit's address: this tab came to drive.
DRIVING = "#driving"
#: What the cockpit listens to: control is its person's, for this tab.
TOOK_OVER = "took-over"


@require_POST
@signed_in
async def take_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pause it and drive; with `op=anyway` drive beside it. `from=cockpit` is already where one drives."""
    task, _ = await found(request, public_id, Action.TAKE_OVER)
    actor, reason = actor_of(request), request.POST.get("reason", "")
    anyway = request.POST.get("op") == "anyway"
    try:
        verb = takeover.take_anyway if anyway else takeover.take_over
        done = await verb(actor, task, reason)
    except NotStopped as error:
        return offered(request, task, str(error), 409)
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        if anyway:
            return offered(request, task, trouble, status)
        return _refused(request, task, trouble, status)
    return took_over(request, done)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def hand_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET shows the note, which may be changed or emptied; POST hands back with it."""
    task, _ = await found(request, public_id, Action.HAND_BACK)
    actor = actor_of(request)
    if request.method != "POST":
        try:
            note = await handback.note_for(actor, await takeover.computer_of(task))
        except REFUSALS as refusal:
            return _asked(request, task, "", *explained(refusal))
        return _asked(request, task, note)
    note = request.POST.get("note", "")
    try:
        done = await handback.hand_back(actor, task, note)
    except REFUSALS as refusal:
        return _asked(request, task, note, *explained(refusal))
    if not is_htmx(request):
        level = messages.SUCCESS if done.confirmed else messages.WARNING
        messages.add_message(request, level, done.sentence)
        return redirect(request, "agents:task", task.public_id)
    said, trouble = (done.sentence, "") if done.confirmed else ("", done.sentence)
    return beside(render(request, "computers/_answer.html", {"said": said, "trouble": trouble}))


def took_over(request: HttpRequest, done: TakenOver) -> HttpResponse:
    """In the cockpit its tab asks for the wheel; from anywhere else it goes there."""
    said, trouble = (done.sentence, "") if done.confirmed else ("", done.sentence)
    if is_htmx(request) and request.POST.get("from") == "cockpit":
        answer = render(request, "computers/_answer.html", {"said": said, "trouble": trouble})
        return beside(answer, TOOK_OVER)
    if trouble:
        # The rest is seen there, and is true only as long as it is seen.
        messages.warning(request, trouble)
    return redirect(request, resolve_url("computers:cockpit", done.computer.public_id) + DRIVING)


def beside(answer: HttpResponse, *events: str) -> HttpResponse:
    """A sentence in its place beside the agent; a dialog that asked is closed."""
    answer["HX-Retarget"] = SAID
    answer["HX-Reswap"] = "innerHTML"
    answer["HX-Trigger"] = ", ".join(["dialog-done", *events])
    return answer


def offered(request: HttpRequest, task: Task, trouble: str, status: int, action: str = "") -> HttpResponse:
    """The agent goes on: the other way is offered, and says what it costs. `action` is where that is asked for, if not
    where this was."""
    context = {
        "action": action,
        "task": task,
        "trouble": trouble,
        "reason": request.POST.get("reason", ""),
        "place": request.POST.get("from", "")[:16],
    }
    return dialog(request, "anyway", context, status)


def _asked(request: HttpRequest, task: Task, note: str, trouble: str = "", status: int = 200) -> HttpResponse:
    return dialog(request, "hand_back", {"task": task, "note": note, "trouble": trouble}, status)


def dialog(request: HttpRequest, name: str, context: dict[str, object], status: int) -> HttpResponse:
    if not is_htmx(request):
        return render(request, f"agents/{name}.html", context, status=status)
    answer = render(request, f"agents/_{name}.html", context, status=status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialog", "innerHTML"
    return answer


def _refused(request: HttpRequest, task: Task, trouble: str, status: int) -> HttpResponse:
    if not is_htmx(request):
        messages.error(request, trouble)
        return redirect(request, "agents:task", task.public_id)
    return render(request, "computers/_answer.html", {"trouble": trouble}, status=status)
