"""An event stream, opened and read: its events, and every way in which it is none or has no end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.upstream import errors
from computers.upstream import sse as module
from computers.upstream.client import Access, Client
from computers.upstream.sse import sse
from tests.computers.odd.shapes import endless
from tests.support.fake_upstream import FakeUpstream, answer, fake_upstream, raw, stream

PATH = "/computers/comp_1/events"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        yield service


async def read(service: FakeUpstream, script: Any, most: int = 100, silence: float = 5.0) -> list[str]:
    """The data of the first events."""
    service.scripts[PATH] = script
    client, found = Client(Access(service.url, "sk_test")), []
    try:
        async for event in sse(client, PATH, silence):
            found.append(event.data)
            if len(found) == most:
                break
    finally:
        await client.aclose()
    return found


async def test_events_come_however_they_are_cut(service: FakeUpstream) -> None:
    said = b": ping\n\ndata: one\r\n\r\nid: 7\ndata: tw\ndata: o\n\n"
    pieces = [said[place : place + 1] for place in range(len(said))]
    assert await read(service, stream(*pieces, then_hang=False)) == ["one", "tw\no"]


async def test_it_asks_for_plain_bytes_with_the_key(service: FakeUpstream) -> None:
    await read(service, stream(b"data: 1\n\n", then_hang=False))
    (request,) = service.asked(PATH)
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["authorization"] == "Bearer sk_test"


@pytest.mark.parametrize("chunk", [b"x" * 4096, b"data: " + b"x" * 4096 + b"\n"])
async def test_an_event_without_an_end_is_not_read_to_it(
    service: FakeUpstream, chunk: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVENT_LIMIT", 100_000)
    with pytest.raises(errors.NotUnderstood, match="without an end"):
        await read(service, endless(HEAD, chunk))


async def test_events_without_end_are_no_event_without_end(
    service: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVENT_LIMIT", 100_000)
    found = await read(service, endless(HEAD, b": ping\n\ndata: " + b"x" * 4096 + b"\n\n"), most=200)
    assert sum(map(len, found)) > 5 * 100_000


@pytest.mark.parametrize(
    ("script", "kind", "sentence"),
    [
        (answer(404, {"title": "Session not found"}), errors.Gone, "does not know"),
        (answer(302, ""), errors.NotUnderstood, "redirected"),
        (answer(999, {}), errors.UpstreamFailed, "999"),
        (answer(200, "<html>", "text/html"), errors.NotUnderstood, "no event stream"),
        (
            raw(HEAD.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")),
            errors.NotUnderstood,
            "no plain event stream",
        ),
        (stream(b": ping\n\n"), errors.NoAnswer, "did not answer in time"),
    ],
)
async def test_what_is_no_stream_is_a_sentence(
    service: FakeUpstream, script: Any, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        await read(service, script, silence=0.1 if kind is errors.NoAnswer else 5.0)
