"""A picture that upstream links to: bounded in size and time, and failing to fetch it leaves nothing unknown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.upstream import errors, pictures
from computers.upstream.client import Access, Client
from computers.wire.results import Picture
from tests.computers.odd.shapes import endless
from tests.support.fake_upstream import FakeUpstream, answer, fake_upstream, raw, silence
from tests.support.pictures import jpeg_of

PATH = "/shots/1.jpeg"
JPEG = jpeg_of(4, 4)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        yield service


async def fetched(service: FakeUpstream, script: Any, url: str = PATH) -> bytes:
    service.scripts[PATH] = script
    client = Client(Access(service.url, "sk_test"))
    try:
        return await pictures.fetched(client, Picture(url=url))
    finally:
        await client.aclose()


async def test_a_picture_is_fetched_through_a_redirection(service: FakeUpstream) -> None:
    service.scripts["/elsewhere"] = answer(200, JPEG, "image/jpeg")
    moved = raw(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    assert await fetched(service, moved) == JPEG


ODD: dict[str, tuple[Any, str]] = {
    "circle": (
        raw(b"HTTP/1.1 302 Found\r\nLocation: /shots/1.jpeg\r\nContent-Length: 0\r\n\r\n"),
        "in a circle",
    ),
    "nowhere": (raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), r"cannot be fetched \(304\)"),
    "gone": (answer(404, "gone", "text/plain"), r"cannot be fetched \(404\)"),
    "no picture": (answer(200, "<html>", "image/jpeg"), "no JPEG and no PNG"),
    "empty": (answer(200, b"", "image/jpeg"), "no JPEG and no PNG"),
    "hang": (silence, "did not answer in time"),
    "drip": (endless(HEAD + JPEG, b"x", 0.02), "did not answer in time"),
    "cut": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + JPEG), "broke off"),
    "enormous": (endless(HEAD + JPEG, b"x" * 65_536), "more than can be read"),
}


@pytest.mark.parametrize("name", ODD)
async def test_what_cannot_be_fetched_is_a_sentence_and_leaves_nothing_unknown(
    service: FakeUpstream, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PICTURE_LIMIT", 500_000)
    monkeypatch.setattr(pictures, "PICTURE_TIMEOUT", 0.2 if name in {"hang", "drip"} else 10.0)
    script, sentence = ODD[name]
    with pytest.raises(errors.UpstreamError, match=sentence) as failed:
        await fetched(service, script)
    assert not failed.value.outcome_unknown


@pytest.mark.parametrize(
    "url", ["http://[", "http://h:99999999/", "file:///etc/passwd", "http://169.254.1.1/x", "//"]
)
async def test_a_link_that_leads_nowhere_is_a_sentence(service: FakeUpstream, url: str) -> None:
    with pytest.raises(errors.UpstreamError):
        await fetched(service, answer(200, JPEG), url)
    assert service.asked(PATH) == []
