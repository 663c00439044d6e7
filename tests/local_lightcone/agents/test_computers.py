"""Which computer a task works on, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tzafon import APIStatusError, ConflictError, Lightcone, NotFoundError

from ..harness import LocalServer
from ..site import PAGES
from .following import begun, start, status, until_status

PAGES["/remember"] = """<!doctype html><title>Remember</title><h1 id=said></h1>
<script>said.textContent = localStorage.been ? "been here before" : "new"; localStorage.been = "yes"</script>"""


def listed(sdk: Lightcone) -> set[str | None]:
    return {computer.id for computer in sdk.computers.list()}


def computer_of(sdk: Lightcone, task: str) -> str:
    return str((sdk.agent.tasks.retrieve_status(task).model_extra or {})["computer_id"])


def test_one_made_for_the_task_ends_with_it(sdk: Lightcone, http: httpx.Client, key: str) -> None:
    task = start(sdk, instruction="Wait 1 second", idempotency_key=key)
    begun(http, key, "Wait 1")
    made = computer_of(sdk, task)
    assert made in listed(sdk)
    until_status(sdk, task, "completed")
    assert made not in listed(sdk)


@pytest.mark.parametrize("wish", [{"keep_alive": True}, {"terminate_on_completion": False}])
def test_unless_it_was_asked_to_stay(sdk: Lightcone, wish: dict[str, Any]) -> None:
    task = start(sdk, instruction="Press Tab", **wish)
    until_status(sdk, task, "completed")
    made = computer_of(sdk, task)
    assert sdk.computers.screenshot(made).status == "SUCCESS"
    sdk.computers.delete(made)


@pytest.mark.parametrize("wish", [{"keep_alive": False}, {"terminate_on_completion": True}])
def test_one_that_was_there_before_stays_in_any_case(
    sdk: Lightcone, computer: str, wish: dict[str, Any]
) -> None:
    until_status(sdk, start(sdk, instruction="Press Tab", computer_id=computer, **wish), "completed")
    assert computer in listed(sdk)


@pytest.mark.parametrize("missing", [None, "fail", "restore"])
def test_one_that_is_nowhere_is_not_found(sdk: Lightcone, http: httpx.Client, missing: str | None) -> None:
    body = {"instruction": "Press Tab", "computer_id": "comp_100000000000000001"}
    wish = {} if missing is None else {"on_missing_computer": missing}
    for path in ("/agent/tasks", "/agent/tasks/stream"):
        answer = http.post(path, json={**body, **wish})
        assert (answer.status_code, answer.json()["title"]) == (404, "Session not found")


def test_or_is_made_where_that_was_asked_for(sdk: Lightcone) -> None:
    task = start(
        sdk,
        instruction="Press Tab",
        computer_id="comp_100000000000000001",
        on_missing_computer="create_new",
    )
    assert computer_of(sdk, task) != "comp_100000000000000001"
    until_status(sdk, task, "completed")


def test_an_unknown_environment_is_not_found(sdk: Lightcone) -> None:
    with pytest.raises(NotFoundError) as refused:
        sdk.agent.tasks.start(instruction="Press Tab", environment_id="comp_100000000000000001")
    assert "Environment not found" in str(refused.value.body)


@pytest.mark.parametrize("name", ["computer_id", "environment_id"])
def test_a_saved_one_is_restored(sdk: Lightcone, http: httpx.Client, site: str, name: str, key: str) -> None:
    """What one task leaves, saved, is there for the next."""
    remember = f"{site}/remember"
    first = start(sdk, instruction=f"Go to {remember}", save_session=True)
    until_status(sdk, first, "completed")
    saved = computer_of(sdk, first)
    assert saved in {each.id for each in sdk.computers.list(type="persistent")}
    wish: Any = {name: saved}
    second = start(sdk, instruction="Wait 1 second", start_url=remember, keep_alive=True, **wish)
    restored = computer_of(sdk, second)
    assert restored != saved
    assert sdk.computers.retrieve(restored).environment_id == saved
    until_status(sdk, second, "completed")
    html = sdk.computers.html(restored).result or {}
    sdk.computers.delete(restored)
    assert "been here before" in str(html["html_content"])
    with pytest.raises(NotFoundError):
        sdk.agent.tasks.start(instruction="x", computer_id=saved, on_missing_computer="fail")


def test_a_running_one_is_saved_where_that_was_asked_for(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    mine = fresh()
    until_status(sdk, start(sdk, instruction="Press Tab", computer_id=mine, persistent=True), "completed")
    sdk.computers.delete(mine)
    assert mine in {each.id for each in sdk.computers.list(type="persistent")}


def test_two_tasks_do_not_fight_over_one(sdk: Lightcone, http: httpx.Client, computer: str, key: str) -> None:
    one = start(sdk, instruction="Wait 40 seconds", computer_id=computer, idempotency_key=key)
    begun(http, key, "Wait 40")
    with pytest.raises(ConflictError) as refused:
        sdk.agent.tasks.start(instruction="Press Tab", computer_id=computer)
    assert "Another task works on this computer" in str(refused.value.body)
    sdk.agent.tasks.pause(one)
    until_status(sdk, one, "paused")
    two = start(sdk, instruction="Wait 2 seconds", computer_id=computer)
    with pytest.raises(ConflictError):
        sdk.agent.tasks.resume(one)
    assert status(sdk, one) == "paused"
    until_status(sdk, two, "completed")
    sdk.agent.tasks.resume(one)
    until_status(sdk, one, "completed")


def test_a_task_keeps_its_computer_from_idling_out(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    mine = fresh(inactivity_timeout_seconds=1)
    task = start(sdk, instruction="Ask a person to wait; wait 2 seconds", computer_id=mine)
    until_status(sdk, task, "paused")
    began = sdk.computers.retrieve_status(mine).last_activity_at
    until_later(sdk, mine, began)
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")


def until_later(sdk: Lightcone, computer: str, moment: str | None) -> None:
    """Idle for longer than the computer's limit, by its own clock."""
    seconds: set[str | None] = set()
    while len(seconds) < 3:
        time.sleep(0.05)
        seconds.add(sdk.computers.retrieve_status(computer).last_activity_at)
    assert min(filter(None, seconds)) >= str(moment)


def test_no_computer_more_than_there_may_be(another_server: Callable[..., LocalServer]) -> None:
    with another_server(LIGHTDECK_LOCAL_MAX_COMPUTERS="0").sdk() as sdk:
        with pytest.raises(APIStatusError) as refused:
            sdk.agent.tasks.start(instruction="Press Tab", idempotency_key="k")
        assert refused.value.status_code == 429
