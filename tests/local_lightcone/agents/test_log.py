"""What a task told is there for whoever comes, comes back or reads slowly, and it is bounded."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest
from tzafon._streaming import SSEDecoder

from local_lightcone.agents import log as module
from local_lightcone.agents.log import Log
from local_lightcone.problems import Problem


def parsed(frame: bytes) -> tuple[int, dict[str, Any]]:
    number, data = frame.decode().rstrip("\n").split("\n")
    return int(number.removeprefix("id: ")), json.loads(data.removeprefix("data: "))


async def read(log: Log, after: int = -1) -> list[tuple[int, dict[str, Any]]]:
    """Everything, of a log that has ended."""
    async with aclosing(log.follow(after)) as frames:
        return [parsed(frame) async for frame in frames if frame.startswith(b"id")]


async def test_a_reader_is_told_all_and_then_what_comes() -> None:
    log = Log()
    log.add({"type": "one"})
    reading = asyncio.create_task(read(log))
    await asyncio.sleep(0)
    log.add({"type": "two"})
    await asyncio.sleep(0)
    log.add({"type": "three"})
    log.end()
    told = await reading
    assert told == [(0, {"type": "one"}), (1, {"type": "two"}), (2, {"type": "three"})]


@pytest.mark.parametrize(("after", "expected"), [(-1, [0, 1, 2]), (0, [1, 2]), (2, []), (99, [])])
async def test_it_goes_on_after_a_number(after: int, expected: list[int]) -> None:
    log = Log()
    for number in range(3):
        log.add({"n": number})
    log.end()
    assert [number for number, _ in await read(log, after)] == expected


async def test_a_comment_belongs_to_the_frame_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_SECONDS", 0.01)
    log, seen = Log(), b""
    async with aclosing(log.follow()) as frames:
        seen += await anext(frames)
        seen += await anext(frames)
        log.add({"type": "one"})
        log.end()
        async for frame in frames:
            seen += frame
    assert seen.startswith(b": open\n: ping\n")
    assert seen.endswith(b'id: 0\ndata: {"type":"one"}\n\n')
    assert seen.count(b"\n\n") == 1


@pytest.mark.must("tasks")
async def test_the_sdk_survives_every_comment_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its decoder fails on a frame without data once an id was sent (contract §3.6)."""
    monkeypatch.setattr(module, "PING_SECONDS", 0.005)
    log = Log()

    async def work() -> None:
        for number in range(3):
            await asyncio.sleep(0.03)
            log.add({"n": number, "text": "one\nline, größer \u2028"})
        await asyncio.sleep(0.03)
        log.end()

    working = asyncio.create_task(work())
    pieces = [piece async for piece in log.follow()]
    await working
    assert pieces.count(module.PING) > 3 and pieces[-1] == module.PING
    events = [event.json() for event in SSEDecoder().iter_bytes(iter(pieces))]
    assert [event["n"] for event in events] == [0, 1, 2]


async def test_the_oldest_pictures_become_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 3000)
    log = Log()
    for number in range(5):
        log.add({"image": "x" * 900, "n": number}, smaller={"image": "/shots/a.jpeg", "n": number})
    log.end()
    told = await read(log)
    assert [each["n"] for _, each in told] == list(range(5))
    assert [len(each["image"]) for _, each in told] == [13, 13, 900, 900, 900]
    assert log.size == sum(len(json.dumps(each, separators=(",", ":"))) for _, each in told)


@pytest.mark.parametrize(("name", "most"), [("MOST_EVENTS", 3), ("MOST_BYTES", 40)])
async def test_beyond_the_limit_the_oldest_go_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(module, name, most)
    log = Log()
    for number in range(10):
        log.add({"n": number})
    log.end()
    (gap_id, gap), *told = await read(log)
    assert gap == {"type": "progress_update", "state": "gap", "dropped": 10 - len(told)}
    assert [gap_id + 1 + place for place in range(len(told))] == [number for number, _ in told]
    assert told[-1] == (9, {"n": 9}) and 1 <= len(told) <= 6


async def test_a_reader_who_fell_behind_is_told_the_gap_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 3)
    log = Log()
    log.add({"n": 0})
    async with aclosing(log.follow()) as frames:
        assert await anext(frames) == module.OPEN
        assert parsed(await anext(frames)) == (0, {"n": 0})
        for number in range(1, 10):
            log.add({"n": number})
        log.end()
        told = [parsed(frame) async for frame in frames]
    assert told[0] == (6, {"type": "progress_update", "state": "gap", "dropped": 6})
    assert [number for number, _ in told[1:]] == [7, 8, 9]


async def test_readers_are_counted_and_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_READERS", 1)
    log = Log()
    async with aclosing(log.follow()) as frames:
        await anext(frames)
        with pytest.raises(Problem) as refused:
            log.room()
        assert refused.value.status == 429
    log.room()
