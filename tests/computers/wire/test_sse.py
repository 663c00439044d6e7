"""Server-sent events in pieces of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computers.wire import sse
from computers.wire.sse import Frame, Frames

STREAM = b'id: 0\ndata: {"a":1}\n\n: ping\n\nid: 1\r\ndata: x\r\ndata: y\r\n\r\nevent: e\rdata: z\r\r\n\n'
FRAMES = [Frame("0", "", '{"a":1}'), Frame("1", "", "x\ny"), Frame("", "e", "z")]


def read(*chunks: bytes) -> list[Frame]:
    frames = Frames()
    return [frame for chunk in chunks for frame in frames.feed(chunk)] + frames.end()


def test_frames_comments_and_every_line_end() -> None:
    assert read(STREAM) == FRAMES


@given(st.integers(1, 12))
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    assert read(*(STREAM[at : at + size] for at in range(0, len(STREAM), size))) == FRAMES


def test_an_id_is_not_inherited() -> None:
    assert [frame.id for frame in read(b"id: 7\ndata: a\n\ndata: b\n\n")] == ["7", ""]


@pytest.mark.parametrize("end", [b"id: 4\n\n", b"\n\n\n", b": ping\n", b"event: x\n\n", b"id: 3"])
def test_an_empty_frame_is_no_event(end: bytes) -> None:
    assert read(b"data: a\n\n" + end) == [Frame("", "", "a")]


def test_a_last_frame_without_its_blank_line_counts() -> None:
    assert read(b"id: 1\ndata: a") == [Frame("1", "", "a")]


@pytest.mark.parametrize("newline", [b"\n\n", b""])
def test_an_overlong_frame_is_cut_and_the_next_one_whole(
    monkeypatch: pytest.MonkeyPatch, newline: bytes
) -> None:
    monkeypatch.setattr(sse, "FRAME_LIMIT", 100)
    pieces = [b"data: " + b"x" * 50, b"x" * 100, b"x" * 100 + b"\n\n", b"data: b" + newline]
    first, second = read(*pieces)
    assert (len(first.data) <= 100, first.dropped > 100, second) == (True, True, Frame("", "", "b"))
    assert len(first.data) + first.dropped == 250
