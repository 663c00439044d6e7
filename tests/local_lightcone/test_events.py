"""What is done through the API is told, to everybody who reads, and nothing that is secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tzafon import AsyncLightcone, Lightcone, NotFoundError

from local_lightcone.actions import told
from local_lightcone.endpoints import events as endpoint
from local_lightcone.endpoints.screencast import HEARTBEAT_SECONDS
from local_lightcone.problems import Problem
from local_lightcone.sessions import events as hub
from local_lightcone.sessions.events import Events

from .harness import LocalServer, devtools

Lines = AsyncIterator[str]
SECRETS = ("correct horse", "battery", "staple", "s3cret")


@asynccontextmanager
async def listening(server: LocalServer, computer: str) -> AsyncIterator[Lines]:
    client = AsyncLightcone(api_key=server.key, base_url=server.url, max_retries=0, timeout=30)
    async with client, client.computers.with_streaming_response.retrieve_events(computer) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert (await anext(lines)).startswith(":")
        yield lines


async def told_next(lines: Lines, count: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        async for line in lines:
            if line.startswith("data:"):
                events.append(json.loads(line[5:]))
            if len(events) == count:
                return events
    raise AssertionError(f"the stream ended after {events}")


@pytest.mark.sdk("GET /computers/{id}/events", "computers.retrieve_events")
async def test_every_action_is_told_with_its_response(
    server: LocalServer, sdk: Lightcone, computer: str
) -> None:
    async with listening(server, computer) as lines:
        answer = await asyncio.to_thread(sdk.computers.click, computer, x=5, y=6)
        request, response = await told_next(lines, 2)
    assert request == {
        "type": "action_request",
        "request_id": answer.request_id,
        "action": "click",
        "x": 5,
        "y": 6,
    }
    assert response == {
        "type": "action_response",
        "action": "click",
        "request_id": answer.request_id,
        "status": "SUCCESS",
        "executed_tab_id": answer.executed_tab_id,
        "timestamp": answer.timestamp,
    }


async def test_all_readers_hear_the_items_of_a_batch(
    server: LocalServer, sdk: Lightcone, computer: str
) -> None:
    async with listening(server, computer) as one, listening(server, computer) as other:
        actions: list[Any] = [{"type": "wait", "ms": 1}, {"type": "click", "x": -1}]
        await asyncio.to_thread(sdk.computers.batch, computer, actions=actions)
        first, second = await told_next(one, 4), await told_next(other, 4)
    assert first == second
    kinds = [(event["type"], event["action"], event.get("status")) for event in first]
    assert kinds == [
        ("action_request", "wait", None),
        ("action_response", "wait", "SUCCESS"),
        ("action_request", "click", None),
        ("action_response", "click", "error"),
    ]


async def test_no_secret_is_told(server: LocalServer, sdk: Lightcone, computer: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: sdk.computers.type(computer, text="correct horse"),
        lambda: sdk.computers.batch(computer, actions=[{"type": "type", "text": "battery"}]),
        lambda: sdk.computers.execute(computer, action={"type": "type", "text": "staple"}),
        lambda: sdk.computers.navigate(computer, url="http://me:s3cret@nowhere.invalid/"),
        lambda: sdk.computers.change_proxy(computer, proxy_url="http://me:s3cret@127.0.0.1:9"),
        lambda: sdk.computers.change_proxy(computer, proxy_url=""),
        lambda: sdk.computers.key_down(computer, key="q"),
        lambda: sdk.computers.key_up(computer, key="q"),
        lambda: sdk.computers.hotkey(computer, keys=["Control", "q"]),
    ]
    async with listening(server, computer) as lines:
        for call in calls:
            try:
                await asyncio.to_thread(call)
            except Exception:
                pass
        sdk.computers.click(computer, x=77, y=1)
        events: list[dict[str, Any]] = []
        while not events or events[-1].get("x") != 77:
            events += await told_next(lines, 1)
    text = json.dumps(events)
    assert not [secret for secret in SECRETS if secret in text]
    assert {"action": "type", "characters": 13}.items() <= events[0].items()
    assert [event["keys"] for event in events if "keys" in event] == [["Control", "q"]]
    assert {event["key"] for event in events if "key" in event} == {"•"}


async def test_what_comes_over_cdp_is_not_told(server: LocalServer, sdk: Lightcone, computer: str) -> None:
    async with listening(server, computer) as lines, devtools(server, computer) as client:
        await client("Input.insertText", client.page, text="typed")
        await asyncio.to_thread(sdk.computers.click, computer, x=1, y=1)
        assert (await told_next(lines, 1))[0]["action"] == "click"


async def test_reading_does_not_end_the_computer_and_its_end_ends_the_reading(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str]
) -> None:
    computer = fresh()
    async with listening(server, computer) as lines:
        assert sdk.computers.retrieve(computer).status == "RUNNING"
        await asyncio.to_thread(sdk.computers.delete, computer)
        async with asyncio.timeout(20):
            assert [line async for line in lines if line.startswith("data:")] == []
    with pytest.raises(NotFoundError):
        sdk.computers.retrieve_events(computer)


async def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "READER_BYTES", 100)
    events = Events()
    with events.reading() as slow, events.reading() as quick:
        for number in range(50):
            events.publish({"n": number})
            assert json.loads((await quick.take(1) or b"")[6:]) == {"n": number}
        taken = await slow.take(1) or b""
    gap, *kept = taken.decode().strip().split("\n\n")
    assert gap == f'event: gap\ndata: {{"dropped":{50 - len(kept)}}}'
    assert kept[-1] == 'data: {"n":49}' and sum(len(each) + 2 for each in kept) <= 100


@pytest.mark.must("streams")
async def test_a_quiet_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HEARTBEAT_SECONDS <= 15
    monkeypatch.setattr(endpoint, "HEARTBEAT_SECONDS", 0.01)

    class Quiet:
        events = Events()

    stream = endpoint._told(Quiet())  # type: ignore[arg-type]
    assert [await anext(stream) for _ in range(3)] == [b": open\n\n", b": heartbeat\n\n", b": heartbeat\n\n"]
    await stream.aclose()


def test_readers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_READERS", 1)
    events = Events()
    with events.reading(), pytest.raises(Problem):
        events.room()
    events.room()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        ("http://me:pass@a.example:8/x", "http://a.example:8/x"),
        ("http://me@a.example", "http://a.example"),
        ("data:text/html,secret", "data:…"),
        ("http://[", "•"),
    ],
)
def test_an_address_is_told_without_its_credentials(url: str, shown: str) -> None:
    assert told.plain_url(url) == shown


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (["a"], ["•"]),
        (["Shift", "a"], ["Shift", "•"]),
        (["shift+a"], ["shift", "•"]),
        (["ctrl+a"], ["ctrl+a"]),
        (["Enter"], ["Enter"]),
        (["ß"], ["•"]),
        (["my password"], ["•"]),
    ],
)
def test_a_letter_alone_is_typed_text(keys: list[str], shown: list[str]) -> None:
    assert told.plain_keys(keys) == shown
