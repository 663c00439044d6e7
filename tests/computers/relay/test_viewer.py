"""A mailbox joined to an outlet."""

from __future__ import annotations

import asyncio

from computers.wire.screen import HEADER, Frame
from tests.computers.conftest import soon
from tests.computers.relay.watchers import Watcher


class Source:
    def __init__(self) -> None:
        self.taken_frames: list[Frame] = []

    def taken(self, frame: Frame) -> None:
        self.taken_frames.append(frame)


def frame(payload: bytes) -> Frame:
    return Frame(payload, 4, 5.0, asyncio.get_running_loop().time(), 10, 20)


async def test_a_frame_leaves_at_once_with_its_header() -> None:
    watcher, source, sent = Watcher(), Source(), list[bytes]()
    watcher.outlet.write_bytes = lambda *parts: sent.append(b"".join(parts))  # type: ignore[method-assign]
    picture = frame(b"a")
    watcher.viewer.offer(picture, source)
    protocol, kind, view, sequence, captured, age, width, height = HEADER.unpack(sent[0][:24])
    assert (protocol, kind, view, sequence, captured, width, height) == (1, 1, 4, 1, 5.0, 10, 20)
    assert 0 <= age < 100 and sent[0][24:] == b"a" and source.taken_frames == [picture]


async def test_the_pace_is_kept_without_anybody_asking() -> None:
    watcher, source = Watcher(), Source()
    watcher.viewer.pace(20)
    for number in range(5):
        watcher.viewer.offer(frame(bytes([number])), source)
    assert len(watcher.payloads) == 1
    await soon(lambda: len(watcher.payloads) > 1)
    assert watcher.payloads == [b"\0", b"\4"]


async def test_a_blocked_socket_gets_the_newest_frame_when_it_flows_again() -> None:
    watcher, source = Watcher(), Source()
    watcher.viewer.pace(120)
    watcher.block()
    for number in range(5):
        watcher.viewer.offer(frame(bytes([number])), source)
        await asyncio.sleep(0.01)
    watcher._gate.set()
    await soon(lambda: len(watcher.payloads) > 1)
    assert watcher.payloads == [b"\0", b"\4"]


async def test_closed_it_sends_nothing_more() -> None:
    watcher, source = Watcher(), Source()
    watcher.viewer.pace(20)
    watcher.viewer.offer(frame(b"a"), source)
    watcher.viewer.offer(frame(b"b"), source)
    watcher.viewer.close()
    await asyncio.sleep(0.1)
    assert watcher.payloads == [b"a"]
