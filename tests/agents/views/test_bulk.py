"""The tasks of many computers at once: those that fit are counted, the others named, each is told for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.actions import steering
from agents.actions.steering import Steered
from agents.models import Task
from computers.actions.refusal import Refused
from computers.models import Computer, Connection
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.views.test_pages import make
from tests.computers.views.conftest import HTMX, Windows
from tests.computers.views.test_bulk import results

Make = Callable[..., Computer]


@pytest.fixture
def four(connection: Connection, make_computer: Make) -> list[Computer]:
    """Two with a running task, one with a paused one, one without."""
    computers = [make_computer(name=name) for name in ("a", "b", "c", "d")]
    for computer, state in zip(computers, ("running", "running", "paused"), strict=False):
        make(
            connection, f"Work on {computer.name}", state=state, computer=computer, upstream_id=computer.name
        )
    return computers


def sent(computers: list[Computer], **fields: str) -> dict[str, Any]:
    return {"computers": [each.public_id for each in computers], **fields}


def test_the_question_counts_those_that_fit(window: Windows, four: list[Computer], bob: User) -> None:
    page = window(bob).get("/fleet/tasks/pause/", sent(four), headers=HTMX).content.decode()
    assert "Pause 2 tasks?" in page and "a: Work on a" in page and "c: Work on c" not in page
    assert "2 chosen computers without such a task." in page
    assert (
        "Resume 1 task?" in window(bob).get("/fleet/tasks/resume/", sent(four), headers=HTMX).content.decode()
    )
    answer = window(bob).get("/fleet/tasks/pause/", sent(four[2:]), headers=HTMX)
    assert (answer.status_code, "No task on what you chose" in answer.content.decode()) == (422, True)


def test_each_is_told_as_its_status_says(
    window: Windows, four: list[Computer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pause(actor: Actor, task: Task) -> Steered:
        if task.upstream_id == "a":
            raise Refused("It is still starting.", "starting")
        return Steered("pausing", True, "It is paused.")

    monkeypatch.setattr(steering, "pause", pause)
    page = window(bob).post("/fleet/tasks/pause/", sent(four), headers=HTMX).content.decode()
    assert "1 of 2 was paused." in page
    assert results(page) == ["a: Work on a It is still starting.", "b: Work on b It is paused."]


def test_a_pause_that_is_not_confirmed_does_not_count_as_one(
    window: Windows, four: list[Computer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pause(_actor: Actor, _task: Task) -> Steered:
        return Steered("pausing", False, "The pause was accepted, but is not confirmed.")

    monkeypatch.setattr(steering, "pause", pause)
    page = window(bob).post("/fleet/tasks/pause/", sent(four), headers=HTMX).content.decode()
    assert "0 of 2 were paused." in page and "is-done" not in page


def test_a_message_is_asked_for_and_reaches_running_and_paused_ones(
    window: Windows, four: list[Computer], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    async def message(_actor: Actor, task: Task, text: str) -> Steered:
        told.append((task.upstream_id, text))
        return Steered("queued", True, "Sent.")

    monkeypatch.setattr("agents.views.bulk.steering.message", message)
    answer = window(bob).post("/fleet/tasks/message/", sent(four, message=" "), headers=HTMX)
    assert (answer.status_code, told) == (422, [])
    page = window(bob).post("/fleet/tasks/message/", sent(four, message="Stop there"), headers=HTMX)
    assert "3 of 3 were told." in page.content.decode()
    assert sorted(told) == [("a", "Stop there"), ("b", "Stop there"), ("c", "Stop there")]


def test_a_viewer_is_refused_and_a_stranger_finds_none(
    window: Windows, four: list[Computer], vera: User, charlie: User
) -> None:
    codes = [
        window(user).post("/fleet/tasks/pause/", sent(four), headers=HTMX).status_code
        for user in (vera, charlie)
    ]
    assert codes == [403, 422]
