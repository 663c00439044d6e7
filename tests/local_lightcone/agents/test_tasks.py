"""A task from its start to its end, as the official SDK sees it, on real Chromium."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from tzafon import AsyncLightcone, BadRequestError, Lightcone, NotFoundError

from ..harness import LocalServer
from ..test_input import pad, value_of
from .following import all_told, kinds, start, stream, until_status

__all__ = ["pad"]

OBSERVED = {"started", "thinking", "progress_update", "screenshot", "executed", "error", "completed"}


@pytest.mark.must("types")
@pytest.mark.must("tasks")
@pytest.mark.sdk("POST /agent/tasks/stream", "agent.tasks.start_stream")
def test_the_sdks_own_stream_survives_to_the_end(sdk: Lightcone, site: str) -> None:
    events: list[Any] = list(
        sdk.agent.tasks.start_stream(instruction=f"Go to {site}/pad; press Tab; scroll down")
    )
    types = [event["type"] for event in events]
    assert types[0] == "started" and types[-1] == "completed"
    assert set(types) <= OBSERVED
    assert types.count("executed") == 3
    executed = [event for event in events if event["type"] == "executed"]
    assert [event["step"] for event in executed] == [1, 2, 3]
    assert len({event["request_id"] for event in executed}) == 3
    assert events[0]["computer_id"].startswith("comp_") and events[0]["model"] == "local.scripted"
    assert "Done" in events[-1]["result"]
    assert events[-1]["usage"]["output_tokens"] > 0


@pytest.mark.sdk("POST /agent/tasks/stream", "agent.tasks.start_stream")
async def test_so_does_the_async_one(server: LocalServer, site: str, computer: str) -> None:
    client = AsyncLightcone(api_key=server.key, base_url=server.url, max_retries=0, timeout=30)
    async with client:
        stream = await client.agent.tasks.start_stream(instruction="Press Tab", computer_id=computer)
        types = [event["type"] async for event in stream]  # type: ignore[index]
    assert types == ["started", "screenshot", "thinking", "executed", "screenshot", "thinking", "completed"]


@pytest.mark.sdk("POST /agent/tasks", "agent.tasks.start")
@pytest.mark.sdk("GET /agent/tasks/{id}", "agent.tasks.retrieve_status")
async def test_it_works_on_a_running_computer_and_leaves_it_running(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    begun = sdk.agent.tasks.start(
        instruction="Type 'by the agent'", computer_id=pad, metadata={"order": "17"}
    )
    assert (begun.status, begun.reused) == ("running", False)
    until_status(sdk, begun.task_id, "completed")
    ended = sdk.agent.tasks.retrieve_status(begun.task_id)
    assert (ended.task_id, ended.exit_code) == (begun.task_id, 0)
    assert ended.model_extra and ended.model_extra["metadata"] == {"order": "17"}
    assert ended.model_extra["computer_id"] == pad and "Done" in ended.model_extra["result"]
    assert await value_of(server, pad) == "by the agent"
    assert sdk.computers.retrieve(pad).status == "RUNNING"


def test_pictures_come_as_addresses_that_need_no_key(http: httpx.Client, computer: str) -> None:
    with stream(http, instruction="Press Tab", computer_id=computer) as events:
        images = [event["image"] for _, event in events if event["type"] == "screenshot"]
    assert len(images) == 2
    for image in images:
        assert httpx.get(image).content[:3] == b"\xff\xd8\xff"


def test_or_as_data(http: httpx.Client, computer: str) -> None:
    with stream(http, instruction="Press Tab", computer_id=computer, screenshot_mode="base64") as events:
        images = [event["image"] for _, event in events if event["type"] == "screenshot"]
    assert len(images) == 2 and all(image.startswith("data:image/jpeg;base64,/9j/") for image in images)


def test_a_concise_stream_leaves_thought_and_action_out(http: httpx.Client, computer: str) -> None:
    with stream(http, instruction="Press Tab", computer_id=computer, stream_mode="concise") as events:
        told = list(events)
    assert kinds(told) == ["started", "screenshot", "screenshot", "completed"]
    assert [number for number, _ in told] == [0, 1, 2, 3]


def test_deltas_are_progress(http: httpx.Client, computer: str) -> None:
    body: Any = {"instruction": "Press Tab", "computer_id": computer, "stream_mode": "concise"}
    with stream(http, **body, stream_deltas=True) as events:
        progress = [event for _, event in events if event["type"] == "progress_update"]
    assert [event["state"] for event in progress] == ["thinking", "thinking"]
    assert "Press Tab" in progress[0]["delta"]


def test_it_opens_the_start_page_in_the_size_asked_for(http: httpx.Client, sdk: Lightcone, site: str) -> None:
    with stream(
        http,
        instruction="Press Tab",
        start_url=f"{site}/pad",
        viewport_width=640,
        viewport_height=480,
        keep_alive=True,
    ) as events:
        told = list(events)
    computer = told[0][1]["computer_id"]
    assert told[1][1]["action"] == {"type": "go_to_url", "url": f"{site}/pad"}
    look: Any = {"type": "wait", "ms": 1, "include_context": True}
    page = sdk.computers.execute(computer, action=look).page_context
    sdk.computers.delete(computer)
    assert page and page.url == f"{site}/pad"
    assert (page.viewport_width, page.viewport_height) == (640, 480)


def test_a_start_page_that_does_not_open_is_the_end(
    http: httpx.Client, computer: str, sdk: Lightcone
) -> None:
    key = uuid.uuid4().hex
    task = start(
        sdk,
        instruction="Press Tab",
        computer_id=computer,
        start_url="http://nothing.invalid/",
        idempotency_key=key,
    )
    until_status(sdk, task, "failed")
    assert sdk.agent.tasks.retrieve_status(task).exit_code == 1
    told = all_told(http, key)
    assert kinds(told) == ["started", "executed", "error"]
    assert "net::ERR" in told[-1][1]["error"]


@pytest.mark.must("types")
def test_more_types_are_told_to_who_asks_for_them(http: httpx.Client, computer: str) -> None:
    with stream(
        http,
        instruction="Press Tab",
        computer_id=computer,
        start_url="http://nothing.invalid/",
        event_types="all",
    ) as events:
        last = list(events)[-1][1]
    assert (last["type"], last["error_code"], last["retryable"]) == ("failed", "start_url", False)


@pytest.mark.sdk("GET /agent/tasks/{id}", "agent.tasks.retrieve_status")
@pytest.mark.sdk("POST /agent/tasks/{id}/messages", "agent.tasks.inject_message")
@pytest.mark.sdk("POST /agent/tasks/{id}/pause", "agent.tasks.pause")
@pytest.mark.sdk("POST /agent/tasks/{id}/resume", "agent.tasks.resume")
def test_an_unknown_task_is_not_found_by_anything(sdk: Lightcone) -> None:
    tasks = sdk.agent.tasks
    calls: list[Any] = [
        lambda: tasks.retrieve_status("task_none"),
        lambda: tasks.inject_message("task_none", message="hello"),
        lambda: tasks.pause("task_none"),
        lambda: tasks.resume("task_none"),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as refused:
            call()
        assert refused.value.body == {"status": 404, "title": "Task not found", "type": ""}


def test_an_ended_task_takes_no_wishes(sdk: Lightcone, computer: str) -> None:
    task = start(sdk, instruction="Press Tab", computer_id=computer)
    until_status(sdk, task, "completed")
    calls: list[Any] = [
        lambda: sdk.agent.tasks.pause(task),
        lambda: sdk.agent.tasks.resume(task),
        lambda: sdk.agent.tasks.inject_message(task, message="Press Tab"),
    ]
    for call in calls:
        with pytest.raises(BadRequestError) as refused:
            call()
        assert "has ended: it completed" in str(refused.value.body)


@pytest.mark.parametrize("path", ["/agent/tasks", "/agent/tasks/stream"])
@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{}", "instruction"),
        (b"", "instruction"),
        (b"[]", "object"),
        (b"{", "JSON"),
        (b'{"instruction": "go", "kind": "desktop"}', "Desktop"),
        (b'{"instruction": "go", "model": "other.model"}', "other.model"),
    ],
)
def test_a_bad_start_is_told_as_problem_and_starts_nothing(
    http: httpx.Client, path: str, body: bytes, named: str
) -> None:
    before = len(http.get("/computers").json())
    answer = http.post(path, content=body)
    assert 400 <= answer.status_code < 500
    assert named in answer.text
    assert len(http.get("/computers").json()) == before


def test_a_task_needs_the_key(server: LocalServer) -> None:
    assert httpx.post(f"{server.url}/agent/tasks", json={"instruction": "go"}).status_code == 401
