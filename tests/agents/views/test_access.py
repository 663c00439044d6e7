"""Every address of tasks and of the playground × nobody, a stranger, a viewer, an operator."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Task
from agents.urls import urlpatterns
from computers.models import Computer, Connection
from dashboard.models import User
from tests.computers.views.conftest import HTMX, Windows

#: (address name, method) → status for a stranger, a viewer, an operator.
MATRIX = {
    ("wall", "get"): (200, 200, 200),
    ("bulk", "get"): (422, 403, 200),
    ("bulk", "post"): (422, 403, 200),
    ("tasks", "get"): (200, 200, 200),
    ("creation", "get"): (200, 403, 200),
    ("creation", "post"): (200, 403, 422),
    ("task", "get"): (404, 200, 200),
    ("steps", "get"): (404, 200, 200),
    ("pause", "post"): (404, 403, 409),
    ("resume", "post"): (404, 403, 409),
    ("message", "get"): (404, 403, 200),
    ("message", "post"): (404, 403, 422),
    ("take_over", "post"): (404, 403, 409),
    ("others", "get"): (404, 403, 200),
    ("others", "post"): (404, 403, 422),
    ("hand_back", "get"): (404, 403, 409),
    ("hand_back", "post"): (404, 403, 409),
    ("playground", "get"): (200, 403, 200),
    ("models", "get"): (404, 403, 200),
    ("chat", "post"): (404, 403, 422),
    ("respond", "post"): (404, 403, 422),
    ("stored", "post"): (404, 403, 422),
    ("carry_out", "post"): (404, 403, 409),
    ("code", "post"): (404, 403, 422),
    ("claim", "post"): (404, 403, 409),
    ("claim_end", "post"): (404, 403, 200),
    ("answer", "get"): (404, 403, 200),
    ("answer", "post"): (404, 403, 409),
}
PLACES = {
    "wall": "/",
    "bulk": "/fleet/tasks/pause/",
    "tasks": "/tasks/",
    "creation": "/tasks/new/",
    "task": "/tasks/{id}/",
    "steps": "/tasks/{id}/steps/",
    "pause": "/tasks/{id}/pause/",
    "resume": "/tasks/{id}/resume/",
    "message": "/tasks/{id}/messages/",
    "others": "/computers/{computer}/others/",
    "take_over": "/tasks/{id}/take-over/",
    "hand_back": "/tasks/{id}/hand-back/",
    "playground": "/playground/",
    "models": "/playground/models/",
    "chat": "/playground/chat/",
    "respond": "/playground/responses/",
    "stored": "/playground/responses/stored/",
    "carry_out": "/playground/actions/",
    "code": "/playground/code/",
    "claim": "/tasks/{id}/claim/",
    "claim_end": "/tasks/{id}/claim/end/",
    "answer": "/tasks/{id}/answer/",
}

CLICK = '{"type": "click", "x": 1, "y": 1}'


@pytest.fixture
def task(connection: Connection, computer: Computer) -> Task:
    """One that is still starting; beside it is a computer."""
    return Task.objects.create(connection=connection, instruction="Look", wish={"instruction": "Look"})


def place(name: str, task: Task) -> str:
    return PLACES[name].format(id=task.public_id, computer=Computer.objects.get().public_id)


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PLACES) == {name for name, _ in MATRIX}


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_nobody_is_sent_to_sign_in(task: Task, name: str, method: str) -> None:
    answer = getattr(Client(), method)(place(name, task))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_each_role_gets_what_the_matrix_says(
    window: Windows,
    task: Task,
    computer: Computer,
    bob: User,
    vera: User,
    charlie: User,
    name: str,
    method: str,
) -> None:
    address = place(name, task)
    # Everything that the playground's forms need to name somebody's things; nobody drives the computer.
    fields = {"connection": str(task.connection_id), "computer": computer.public_id, "action": CLICK}
    if name == "bulk":
        Task.objects.update(computer=computer)
        fields["computers"] = computer.public_id
    found = tuple(
        getattr(window(user), method)(address, fields, headers=HTMX).status_code
        for user in (charlie, vera, bob)
    )
    assert found == MATRIX[name, method]


@pytest.mark.parametrize("name", [name for name in PLACES if "{" in PLACES[name]])
def test_an_unknown_task_is_not_found(window: Windows, bob: User, name: str) -> None:
    method = "get" if (name, "get") in MATRIX else "post"
    assert (
        getattr(window(bob), method)(PLACES[name].format(id="no-such-id", computer="no-such-id")).status_code
        == 404
    )
