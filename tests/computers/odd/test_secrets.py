"""Every verb, done with a marked secret wherever one may be: no row of the audit log has it, however the verb ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents import record
from agents.actions import handback, start, steering, templates
from agents.models import Task
from agents.wish import TaskWish
from computers.actions import Refused, browse, control, life, machines, macros
from computers.actions.wish import NewComputer
from computers.macros import store
from computers.models import Computer
from computers.upstream.errors import UpstreamError
from dashboard.database import unit
from dashboard.models import AuditEvent
from dashboard.permissions import Action, Actor
from tests.computers.odd.calls import CALLS
from tests.computers.odd.conftest import TAB, Desk
from tests.support.commands import EXEC, line, lines
from tests.support.fake_upstream import ID, Request, Script, answer
from tests.support.sockets import sign_in
from tests.support.terminals import consumer_terminal

SECRET, KEY = "correct-horse-7531", "sk_battery-staple-7531"
TYPING = {"type": "type", "text": SECRET}
WITH_NAME = f"https://bob:{SECRET}@shop.example/"
#: What differs from `CALLS`: wherever a person may put words that are nobody else's business.
MARKED: dict[str, dict[str, Any]] = {
    "type": {"text": SECRET},
    "execute": {"step": json.dumps(TYPING)},
    "batch": {"steps": json.dumps([TYPING, {"type": "wait", "ms": 1}])},
    "proxy": {"proxy_url": f"http://bob:{SECRET}@proxy.example:8080"},
    "new tab": {"url": WITH_NAME},
}
#: How a verb ends, where upstream repeats what it was told.
ENDINGS: dict[str, tuple[int, dict[str, Any]]] = {
    "well": (200, {"status": "SUCCESS", "result": {"echo": "{}", "text": "typed {}", "html_content": "{}"}}),
    "failed": (200, {"status": "FAILED", "error_message": "cannot do '{}'"}),
    "refused": (422, {"detail": "what is {}?"}),
    "not let in": (401, {"detail": "the key {key} is none"}),
    "unknown": (500, {"detail": "lost while doing {}"}),
}
#: What people say to each other, and what is done without words. A new action is tried above or named here.
WITHOUT_WORDS = {
    *(Action.WATCH, Action.WATCH_TASK, Action.LIST_TABS, Action.INPUT, Action.LAPSE, Action.COPY_TEXT),
    *(Action.RECORD, Action.TERMINATE, Action.HOLD_OPEN, Action.PAUSE_TASK, Action.RESUME_TASK),
    # Reasons are given for the log.
    *(Action.TAKE_OVER, Action.ADOPT_TASK, Action.CLAIM_TASK),
    # Recorded by the recorder with its wish's names and no word of its instruction: tests/agents/test_recorder.py.
    Action.START_TASK,
}
GROUPS = ("computer.", "tab.", "macro.", "task.")


def _repeating(ending: str) -> Script:
    """It says what it was told itself, and nothing else that is secret."""
    status, body = ENDINGS[ending]

    async def script(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = SECRET if SECRET.encode() in request.body else "that"
        text = json.dumps(body).replace("{}", said).replace("{key}", KEY)
        await answer(status, text)(request, reader, writer)

    return script


@unit
def _rows() -> list[tuple[str, str]]:
    return [
        (row.action, json.dumps([row.detail, row.target_id, row.target_name, row.actor_name]))
        for row in AuditEvent.objects.order_by("pk")
    ]


@unit
def _mark_the_key(computer: Computer) -> None:
    computer.connection.api_key = KEY
    computer.connection.save()


@unit
def _task(desk: Desk) -> Task:
    task = Task(
        connection=desk.computer.connection, started_by=desk.bob, started_by_name="Bob", instruction=SECRET,
        wish={"instruction": SECRET}, upstream_id="task_1", state="paused", computer=desk.computer,
    )  # fmt: skip
    task.save()
    return Task.objects.select_related("connection__team", "computer").get(pk=task.pk)


@pytest.mark.parametrize("ending", ENDINGS)
async def test_no_verb_leaves_a_secret_in_the_log(desk: Desk, ending: str) -> None:
    await _mark_the_key(desk.computer)
    actor, computer, connection = Actor(desk.bob, TAB), desk.computer, desk.computer.connection
    for name, call in CALLS.items():
        desk.service.scripts[f"/computers/{ID}/{call.path}"] = _repeating(ending)
        await desk.post(
            f"/computers/{computer.public_id}/{call.page}", {**call.fields, **MARKED.get(name, {})}
        )
    desk.service.scripts |= {
        EXEC: lines(line("stdout", data=SECRET), line("exit", code=0)),
        "/computers": _repeating(ending),
        "/agent/tasks/task_1/messages": _repeating(ending),
        "/agent/tasks": _repeating(ending),
    }
    async with consumer_terminal(computer.public_id, await sign_in(desk.bob)) as terminal:
        await terminal.run("env", environment={"TOKEN": SECRET})
    task = await _task(desk)
    macro = store.Opened(0, connection.team_id, "Log in", timezone.now(), [TYPING])
    for act in (
        lambda: browse.navigate(actor, computer, WITH_NAME),
        lambda: browse.back(actor, computer),
        lambda: browse.forward(actor, computer),
        lambda: browse.reload(actor, computer),
        lambda: life.keep_alive(actor, computer),
        lambda: machines.create(actor, connection, NewComputer("browser", start_page=WITH_NAME)),
        lambda: macros.create(actor, connection.team_id, "Log in", [TYPING]),
        lambda: macros.run(actor, computer, macro, {}),
        lambda: steering.message(actor, task, SECRET),
        lambda: handback.hand_back(actor, task, SECRET),
        lambda: start.start(actor, connection, TaskWish(SECRET, system_prompt=SECRET)),
        lambda: templates.save(actor, connection.team_id, "Morning", {"instruction": SECRET}),
        lambda: control.release(actor, computer),
    ):
        with contextlib.suppress(Refused, UpstreamError, PermissionDenied, record.Busy):
            await act()
    rows = await _rows()
    assert not [row for row in rows if SECRET in row[1] or KEY in row[1]]
    tried = {Action(action) for action, _ in rows}
    expected = {action for action in Action if action.value.startswith(GROUPS)} - WITHOUT_WORDS
    assert expected - tried == set()
