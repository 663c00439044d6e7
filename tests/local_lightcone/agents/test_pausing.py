"""A person steps in: pause at a border, something said meanwhile, resume, a question answered."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from tzafon import BadRequestError, Lightcone

from ..harness import LocalServer
from ..test_input import log_of, pad, value_of
from .following import all_told, begun, start, status, stream, until_status

__all__ = ["pad"]


@pytest.mark.sdk("POST /agent/tasks/{id}/pause", "agent.tasks.pause")
@pytest.mark.sdk("POST /agent/tasks/{id}/resume", "agent.tasks.resume")
async def test_nothing_is_done_between_pause_and_resume(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, pad: str, key: str
) -> None:
    instruction = "Type 'a'; wait 40 seconds; type 'b'"
    task = start(sdk, instruction=instruction, computer_id=pad, idempotency_key=key)
    with stream(http, instruction="known", idempotency_key=key) as events:
        next(event for _, event in events if "wait 40" in event.get("content", ""))
        assert sdk.agent.tasks.pause(task).status in ("pausing", "paused")
        number, paused = next(each for each in events if each[1].get("state") == "paused")
    assert paused["type"] == "progress_update"
    assert (status(sdk, task), sdk.agent.tasks.pause(task).status) == ("paused", "paused")
    await asyncio.sleep(0.5)
    assert await value_of(server, pad) == "a"
    assert sdk.agent.tasks.resume(task).status == "running"
    until_status(sdk, task, "completed")
    after = all_told(http, key, number)
    assert after[0][1]["state"] == "running"
    assert after[1][1]["type"] == "screenshot"
    assert await value_of(server, pad) == "ab"


def test_a_pause_cuts_a_wait_short(sdk: Lightcone, http: httpx.Client, computer: str, key: str) -> None:
    began = time.monotonic()
    task = start(sdk, instruction="Wait 50 seconds", computer_id=computer, idempotency_key=key)
    begun(http, key, "Wait 50")
    sdk.agent.tasks.pause(task)
    until_status(sdk, task, "paused")
    assert time.monotonic() - began < 20
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")


async def test_the_page_may_have_changed_meanwhile(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, pad: str, key: str
) -> None:
    """A person drives while the task is paused; the agent goes on from there."""
    instruction = "Wait 40 seconds; type 'agent'"
    task = start(sdk, instruction=instruction, computer_id=pad, idempotency_key=key)
    begun(http, key, "Wait 40")
    sdk.agent.tasks.pause(task)
    until_status(sdk, task, "paused")
    sdk.computers.type(pad, text="person and ")
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
    assert await value_of(server, pad) == "person and agent"


@pytest.mark.sdk("POST /agent/tasks/{id}/messages", "agent.tasks.inject_message")
async def test_a_message_joins_at_the_next_border(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, pad: str, key: str
) -> None:
    task = start(sdk, instruction="Wait 1 second; type 'b'", computer_id=pad, idempotency_key=key)
    with stream(http, instruction="known", idempotency_key=key) as events:
        next(event for _, event in events if event["type"] == "thinking")
        assert sdk.agent.tasks.inject_message(task, message="Type 'a'").status == "running"
        told = [event for _, event in events]
    states = [(event["state"], event["content"]) for event in told if event["type"] == "progress_update"]
    assert states == [("message", "Type 'a'")]
    assert told[-1]["type"] == "completed"
    assert await value_of(server, pad) == "ab"


async def test_a_message_to_a_task_that_is_just_finishing_is_heard(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, pad: str, key: str
) -> None:
    task = start(sdk, instruction="Wait 40 seconds", computer_id=pad, idempotency_key=key)
    begun(http, key, "Wait 40")
    sdk.agent.tasks.pause(task)
    sdk.agent.tasks.inject_message(task, message="Type 'more'")
    until_status(sdk, task, "paused")
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
    assert await value_of(server, pad) == "more"


def test_a_message_that_is_sent_again_is_heard_once(
    http: httpx.Client, sdk: Lightcone, computer: str, key: str
) -> None:
    """The official client repeats what was not answered in time, and says so."""
    task = start(sdk, instruction="Ask a person to wait", computer_id=computer, idempotency_key=key)
    until_status(sdk, task, "paused")
    for count in range(2):
        headers = {"x-stainless-retry-count": str(count)}
        assert http.post(f"/agent/tasks/{task}/messages", json={"message": "go on"}, headers=headers).json()
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
    said = [event for _, event in all_told(http, key) if event.get("state") == "message"]
    assert [event["content"] for event in said] == ["go on"]


def test_a_task_that_asks_a_person_pauses_itself(
    sdk: Lightcone, http: httpx.Client, computer: str, key: str
) -> None:
    instruction = "Ask a person to sign in; press Tab"
    task = start(sdk, instruction=instruction, computer_id=computer, idempotency_key=key)
    until_status(sdk, task, "paused")
    now = sdk.agent.tasks.retrieve_status(task)
    assert now.exit_code is None and now.model_extra and "sign in" in now.model_extra["question"]
    assert sdk.agent.tasks.inject_message(task, message="I have signed in").status == "paused"
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
    told = [event for _, event in all_told(http, key)]
    states = [event["state"] for event in told if event["type"] == "progress_update"]
    assert states == ["needs_human", "paused", "running", "message"]
    asked = next(event for event in told if event.get("state") == "needs_human")
    assert "sign in" in asked["content"]
    assert [event["description"] for event in told if event["type"] == "executed"] == ["keypress tab"]


def test_to_resume_is_answer_enough(sdk: Lightcone, computer: str) -> None:
    task = start(sdk, instruction="Ask a person to sign in; press Tab", computer_id=computer)
    until_status(sdk, task, "paused")
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")


@pytest.mark.parametrize(
    "body", [{}, {"message": None}, {"message": "  "}, {"message": 5}, {"message": ["a"]}]
)
def test_a_message_has_words(
    http: httpx.Client, sdk: Lightcone, computer: str, body: dict[str, object]
) -> None:
    task = start(sdk, instruction="Ask a person to wait", computer_id=computer)
    answer = http.post(f"/agent/tasks/{task}/messages", json=body)
    assert answer.status_code == 400 and "message" in answer.text
    with pytest.raises(BadRequestError):
        sdk.agent.tasks.inject_message(task, message="x" * 30_000)
    until_status(sdk, task, "paused")
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")


async def test_what_is_held_down_is_let_go_for_the_person(
    server: LocalServer, sdk: Lightcone, http: httpx.Client, pad: str, key: str
) -> None:
    task = start(sdk, instruction="Wait 40 seconds", computer_id=pad, idempotency_key=key)
    begun(http, key, "Wait 40")
    sdk.computers.key_down(pad, key="shift")
    sdk.agent.tasks.pause(task)
    until_status(sdk, task, "paused")
    sdk.computers.hotkey(pad, keys=["b"])
    assert "down b" in await log_of(server, pad)
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
