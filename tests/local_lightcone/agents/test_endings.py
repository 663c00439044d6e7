"""However a task ends, it says so, once, and leaves nothing behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import httpx
import psutil
import pytest
from tzafon import Lightcone, NotFoundError

from tests.support.processes import assert_gone

from ..harness import LocalServer
from ..test_endings import browser_of
from .following import all_told, begun, kinds, start, status, stream, until_status


@pytest.mark.parametrize("paused", [False, True])
def test_a_computer_that_is_terminated_ends_its_task(
    sdk: Lightcone, http: httpx.Client, fresh: Callable[..., str], key: str, paused: bool
) -> None:
    mine = fresh()
    task = start(sdk, instruction="Wait 40 seconds", computer_id=mine, idempotency_key=key)
    begun(http, key, "Wait 40")
    if paused:
        sdk.agent.tasks.pause(task)
        until_status(sdk, task, "paused")
    began = time.monotonic()
    sdk.computers.delete(mine)
    until_status(sdk, task, "failed")
    assert time.monotonic() - began < 20
    assert sdk.agent.tasks.retrieve_status(task).exit_code == 1
    _, last = all_told(http, key)[-1]
    assert (last["type"], last["error"]) == ("error", "The computer ended.")


@pytest.mark.skipif(os.geteuid() != 0, reason="processes are told apart by their uid")
def test_so_does_a_browser_that_crashes(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, key: str
) -> None:
    with stream(http, instruction="Wait 40 seconds", idempotency_key=key) as events:
        mine = next(events)[1]["computer_id"]
        next(event for _, event in events if event["type"] == "thinking")
        browser_of(server, mine).kill()
        rest = [event for _, event in events]
    assert [(event["type"], event.get("error")) for event in rest] == [("error", "The computer ended.")]
    with pytest.raises(NotFoundError):
        sdk.computers.retrieve(mine)


def test_a_lifetime_that_is_over_ends_it_too(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    mine = fresh(max_lifetime_seconds=2)
    task = start(sdk, instruction="Wait 40 seconds", computer_id=mine)
    until_status(sdk, task, "failed")


def test_max_duration_ends_a_wait_in_its_middle(
    sdk: Lightcone, http: httpx.Client, computer: str, key: str
) -> None:
    task = start(
        sdk,
        instruction="Wait 40 seconds",
        computer_id=computer,
        max_duration_seconds=1,
        idempotency_key=key,
    )
    until_status(sdk, task, "cancelled")
    assert sdk.agent.tasks.retrieve_status(task).exit_code == 2
    _, last = all_told(http, key)[-1]
    assert (last["type"], last["code"]) == ("error", "max_duration")
    assert sdk.computers.screenshot(computer).status == "SUCCESS"


def test_max_steps_ends_it_truthfully(sdk: Lightcone, http: httpx.Client, computer: str, key: str) -> None:
    task = start(
        sdk,
        instruction="Press Tab; press Tab; press Tab",
        computer_id=computer,
        max_steps=2,
        idempotency_key=key,
    )
    until_status(sdk, task, "failed")
    told = all_told(http, key)
    assert kinds(told).count("executed") == 2
    assert told[-1][1]["code"] == "max_steps"


def test_a_server_that_stops_says_so_to_every_reader(another_server: Callable[..., LocalServer]) -> None:
    running = another_server()
    with running.sdk() as sdk, running.http() as http:
        paused = start(sdk, instruction="Ask a person to wait", idempotency_key="paused")
        until_status(sdk, paused, "paused")
        with (
            stream(http, instruction="Wait 40 seconds") as events,
            stream(http, instruction="known", idempotency_key="paused") as others,
        ):
            next(event for _, event in events if event["type"] == "thinking")
            processes = running.chromiums()
            began = time.monotonic()
            running.child.process.terminate()
            last: list[dict[str, Any]] = [list(each)[-1][1] for each in (events, others)]
    assert running.child.wait() == 0
    assert time.monotonic() - began < 20
    assert [(event["type"], event["code"]) for event in last] == [("error", "stopping")] * 2
    assert_gone(processes)
    assert "Traceback" not in running.child.output


def test_what_a_task_typed_is_in_no_log(server: LocalServer, sdk: Lightcone, computer: str) -> None:
    task = start(sdk, instruction="Type 'correct horse'", computer_id=computer)
    until_status(sdk, task, "completed")
    assert "correct horse" not in server.child.output and server.key not in server.child.output


def test_nothing_of_a_finished_task_runs_on(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, key: str
) -> None:
    before = {process.pid for process in server.chromiums()}
    task = start(sdk, instruction="Press Tab", idempotency_key=key)
    until_status(sdk, task, "completed")
    mine = [process for process in server.chromiums() if process.pid not in before]
    assert_gone([process for process in mine if process.status() != psutil.STATUS_ZOMBIE])
    assert status(sdk, task) == "completed"
    assert kinds(all_told(http, key))[-1] == "completed"
