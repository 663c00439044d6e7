"""Agent tasks over real connections, whole and broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.upstream import errors, task_stream
from computers.upstream.client import Access, Client
from computers.wire.tasks import TaskEvent, start_body
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, fake_agents, thinks
from tests.support.fake_upstream import answer, raw, silence, stream

BODY = start_body({"instruction": "Look"}, "key-1")


@pytest.fixture
async def agents(settings: Settings) -> AsyncIterator[FakeAgents]:
    async with fake_agents() as running:
        settings.PRIVATE_UPSTREAMS = [running.url]
        yield running


@pytest.fixture
async def client(agents: FakeAgents) -> AsyncIterator[Client]:
    client = Client(Access(agents.url, "sk_test"))
    yield client
    await client.aclose()


async def read(client: Client, after: str = "", most: int = 1000) -> list[TaskEvent]:
    found: list[TaskEvent] = []
    async with task_stream.task_stream(client, BODY, after) as events:
        async for event in events:
            found.append(event)
            if len(found) == most:
                break
    return found


async def test_a_start_an_answer_and_the_verbs(agents: FakeAgents, client: Client) -> None:
    started = await client.start_task(BODY)
    assert (started.task_id, started.reused) == ("task_1", False)
    assert (await client.start_task(BODY)).reused is True
    assert await client.pause_task("task_1") == "pausing"
    assert (await client.task("task_1")).state == "paused"
    assert await client.resume_task("task_1") == "resuming"
    assert await client.message_task("task_1", "Left a bit") == "queued"
    assert agents.tasks[0].messages == ["Left a bit"]


async def test_an_unknown_task_is_gone_and_called_a_task(client: Client) -> None:
    for call in (client.task("no"), client.pause_task("a/b"), client.message_task("no", "x")):
        with pytest.raises(errors.Gone, match="task"):
            await call


async def test_the_key_goes_along_and_an_answer_without_an_id_is_refused(
    agents: FakeAgents, client: Client
) -> None:
    agents.answers("/agent/tasks", 200, {"status": "running"})
    with pytest.raises(errors.NotUnderstood):
        await client.start_task(BODY)
    assert agents.asked("/agent/tasks")[0].headers["authorization"] == "Bearer sk_test"


async def test_events_come_in_order_with_their_ids(agents: FakeAgents, client: Client) -> None:
    await client.start_task(BODY)
    await agents.tasks[0].tell(STARTED, thinks("a"), COMPLETED, b"id: 3\n\n", b"\n: ping\n\n")
    await agents.tasks[0].end()
    found = await read(client)
    assert [(event.id, event.kind) for event in found] == [
        ("0", "started"),
        ("1", "thinking"),
        ("2", "completed"),
    ]
    assert [event.id for event in await read(client, after="1")] == ["2"]


@pytest.mark.parametrize("end", [b"data: \n\n", b"data: {half\n\n", b"id: 3\ndata: [DONE]\n\n", b"data: {"])
async def test_a_broken_frame_after_the_end_is_no_failure(
    agents: FakeAgents, client: Client, end: bytes
) -> None:
    await client.start_task(BODY)
    await agents.tasks[0].tell(COMPLETED, end)
    await agents.tasks[0].end()
    assert [event.kind for event in await read(client)] == ["completed"]


async def test_a_broken_connection_after_the_end_is_no_failure(agents: FakeAgents, client: Client) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    frame = b'data: {"type":"completed","result":"x"}\n\n'
    agents.upstream.scripts["/agent/tasks/stream"] = raw(
        chunked + b"%x\r\n" % len(frame) + frame + b"\r\n5\r\nda"
    )
    assert [event.kind for event in await read(client)] == ["completed"]


async def test_one_before_the_end_is(agents: FakeAgents, client: Client) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    agents.upstream.scripts["/agent/tasks/stream"] = raw(chunked + b"5\r\nda")
    with pytest.raises(errors.NoAnswer):
        await read(client)


async def test_silence_is_no_answer(
    agents: FakeAgents, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_stream, "SILENCE_LIMIT", 0.2)
    agents.upstream.scripts["/agent/tasks/stream"] = stream(b'data: {"type":"thinking","content":"x"}\n\n')
    with pytest.raises(errors.NoAnswer):
        await read(client)
    agents.upstream.scripts["/agent/tasks/stream"] = silence
    with pytest.raises(errors.NoAnswer):
        await read(client)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answer(404, {"title": "Session not found", "status": 404}), errors.Gone),
        (answer(422, {"detail": "no instruction"}), errors.Mistaken),
        (answer(302, ""), errors.NotUnderstood),
        (answer(503, "<html>"), errors.UpstreamFailed),
        (answer(200, {"task_id": "x"}), errors.NotUnderstood),
    ],
)
async def test_what_is_no_stream_says_why(
    agents: FakeAgents, client: Client, script: Any, error: type[Exception]
) -> None:
    agents.upstream.scripts["/agent/tasks/stream"] = script
    with pytest.raises(error):
        await read(client)


async def test_whoever_stops_reading_closes_the_connection(agents: FakeAgents, client: Client) -> None:
    await client.start_task(BODY)
    await agents.tasks[0].tell(thinks("a"), thinks("b"))
    assert [event.text for event in await read(client, most=1)] == ["a"]


async def test_a_step_of_one_megabyte_is_cut_and_the_next_one_whole(
    agents: FakeAgents, client: Client
) -> None:
    await client.start_task(BODY)
    await agents.tasks[0].tell(thinks("x" * 1_048_576), thinks("y"))
    first, second = await read(client, most=2)
    assert (first.cut > 900_000, second.text) == (True, "y")
