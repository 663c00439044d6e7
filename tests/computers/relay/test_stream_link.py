"""A link without DevTools: pictures over SSE."""

from __future__ import annotations

import asyncio

import orjson
import pybase64
import pytest

from computers.relay import feed as feed_module
from computers.upstream import streams
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.support.fake_upstream import ID, answer, raw, stream
from tests.support.pictures import jpeg_of

CAST = f"/computers/{ID}/screencast"
HEARTBEAT = b": heartbeat\n\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def picture(note: bytes = b"", scale: int = 1) -> bytes:
    jpeg = jpeg_of(640 * scale, 360 * scale, note)
    data = {
        "image_data": pybase64.b64encode(jpeg).decode(),
        "metadata": {"viewport_width": 640, "viewport_height": 360},
    }
    return b"data: " + orjson.dumps(data) + b"\n\n"


async def test_it_shows_the_stream(sse: Site) -> None:
    sse.service.scripts[CAST] = stream(picture(b"one"), HEARTBEAT, picture(b"two"))
    watcher = sse.watch()
    await soon(lambda: watcher.payloads and b"two" in watcher.payloads[-1])
    assert watcher.states == [("connecting", ""), ("live", "")]
    assert sse.service.asked(CAST)[0].headers["authorization"] == "Bearer sk_secret"


async def test_everybody_shares_one_stream_decoded_once(sse: Site) -> None:
    sse.service.scripts[CAST] = stream(picture(b"one"))
    watchers = [sse.watch() for _ in range(5)]
    await soon(lambda: all(watcher.payloads for watcher in watchers))
    assert len(sse.service.asked(CAST)) == 1
    assert (
        len({id(watcher.feed.newest.payload) for watcher in watchers if watcher.feed and watcher.feed.newest})
        == 1
    )


async def test_nothing_is_streamed_before_somebody_watches(sse: Site) -> None:
    await asyncio.sleep(0.05)
    assert sse.service.requests == []


async def test_heartbeats_alone_keep_it_connected_and_are_no_picture(sse: Site) -> None:
    sse.service.scripts[CAST] = stream(HEARTBEAT, HEARTBEAT)
    watcher = sse.watch()
    await soon(lambda: sse.service.asked(CAST))
    await asyncio.sleep(0.1)
    assert watcher.states == [("connecting", "")] and len(sse.service.asked(CAST)) == 1


async def test_half_a_frame_and_other_events_are_skipped(sse: Site) -> None:
    half = picture(b"half")[:-30] + b"\n\n"
    sse.service.scripts[CAST] = stream(
        half, b"event: h264\ndata: {}\n\n", b"data: nonsense\n\n", picture(b"whole")
    )
    watcher = sse.watch()
    await soon(lambda: watcher.payloads)
    assert b"whole" in watcher.payloads[0]


async def test_a_picture_may_come_in_any_pieces(sse: Site) -> None:
    whole = picture(b"whole")
    sse.service.scripts[CAST] = stream(*(whole[at : at + 7] for at in range(0, len(whole), 7)))
    watcher = sse.watch()
    await soon(lambda: watcher.payloads)


async def test_a_stream_that_breaks_off_is_begun_anew(sse: Site) -> None:
    sse.service.scripts[CAST] = raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n" + picture(b"one"))
    watcher = sse.watch()
    await soon(lambda: watcher.state == "reconnecting" and watcher.payloads)
    sse.service.scripts[CAST] = stream(picture(b"two"))
    await soon(lambda: watcher.state == "live" and b"two" in watcher.payloads[-1])


async def test_silence_is_stalled_then_tried_anew(sse: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SILENCE_LIMIT", 0.1)
    sse.service.scripts[CAST] = stream(picture(b"one"))
    watcher = sse.watch()
    await soon(lambda: ("stalled", "The computer has stopped answering.") in watcher.states)
    sse.service.scripts[CAST] = stream(picture(b"two"))
    await soon(lambda: watcher.payloads and b"two" in watcher.payloads[-1])


async def test_the_end_of_the_stream_of_a_computer_that_lives_is_no_end(sse: Site) -> None:
    sse.service.scripts[CAST] = stream(picture(b"one"), then_hang=False)
    watcher = sse.watch()
    await soon(lambda: len(sse.service.asked(CAST)) >= 2)
    assert "ended" not in [state for state, _ in watcher.states] and sse.over == []


async def test_the_end_of_the_stream_of_a_computer_that_is_gone_is_the_end(sse: Site) -> None:
    sse.service.ends()
    sse.service.scripts[CAST] = stream(picture(b"one"), then_hang=False)
    watcher = sse.watch()
    await soon(lambda: watcher.state == "ended")
    assert watcher.states[-1] == ("ended", "This computer has ended.") and sse.over == [sse.link]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            answer(401, {"error": "no"}),
            "The Lightcone service does not accept this connection's key. It says: no",
        ),
        (answer(429, {}), "The Lightcone service is asked too much right now."),
        (answer(500, "<html>", "text/html"), "The Lightcone service had a failure of its own (500)."),
        (answer(200, "<html>", "text/html"), "The Lightcone service sent no event stream."),
        (answer(302, ""), "The Lightcone service redirected the call: is the base URL right?"),
        (raw(b""), "The Lightcone service did not answer in time, or broke off."),
        (raw(b"nonsense\r\n\r\n"), "The Lightcone service did not answer in time, or broke off."),
    ],
)
async def test_any_other_answer_is_a_sentence(
    sse: Site, script: object, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    sse.service.scripts[CAST] = script  # type: ignore[assignment]
    watcher = sse.watch()
    await soon(lambda: watcher.state == "reconnecting")
    assert sentence in [reason for _, reason in watcher.states]
    assert not [record for record in caplog.records if record.exc_info]


async def test_whoever_comes_back_gets_a_picture_of_a_page_that_does_not_change(
    sse: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.1)
    sse.link.users = 1
    sse.service.scripts[CAST] = stream(picture(b"still"))
    watcher = sse.watch()
    await soon(lambda: watcher.payloads)
    sse.link.unwatch(watcher)
    await soon(lambda: sse.link.feeds == {})
    again = sse.watch()
    await soon(lambda: again.payloads)
    assert len(sse.service.asked(CAST)) == 2
