"""The pictures in a screencast's events, and what is none."""

from typing import Any

import orjson
import pybase64
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from computers.upstream.streams import StreamFrame, read_event
from tests.support.pictures import jpeg_of


def event(payload: bytes = jpeg_of(640, 360), **metadata: Any) -> str:
    data = {"type": "frame", "image_data": pybase64.b64encode(payload).decode(), "metadata": metadata}
    return orjson.dumps(data).decode()


def test_it_reads_a_picture_and_takes_its_own_size_for_truth() -> None:
    assert read_event("message", event()) == StreamFrame(jpeg_of(640, 360), 0.0, 640, 360, 1.0)


def test_the_metadata_tells_the_viewport_and_so_the_scale() -> None:
    frame = read_event("", event(viewport_width=320, viewport_height=180, timestamp=1_700_000_000.5))
    assert frame is not None
    assert (frame.width, frame.height, frame.scale, frame.captured_at) == (320, 180, 2.0, 1_700_000_000_500.0)


@pytest.mark.parametrize("names", [("deviceWidth", "deviceHeight"), ("width", "height")])
def test_other_names_for_the_size_are_understood(names: tuple[str, str]) -> None:
    frame = read_event("", event(jpeg_of(640, 360), **dict(zip(names, (320, 180), strict=True))))
    assert frame is not None and (frame.width, frame.height) == (320, 180)


@pytest.mark.parametrize("odd", [0, -5, "wide", None, True, 1e13, 0.2, 70_000, [1]])
def test_an_odd_size_is_not_believed(odd: Any) -> None:
    frame = read_event("", event(viewport_width=odd, viewport_height=odd))
    assert frame is not None and (frame.width, frame.height, frame.scale) == (640, 360, 1.0)


def test_a_picture_without_metadata_is_a_picture() -> None:
    data = {"image_data": pybase64.b64encode(jpeg_of(8, 8)).decode(), "metadata": None}
    frame = read_event("", orjson.dumps(data).decode())
    assert frame is not None and (frame.width, frame.height) == (8, 8)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        "1",
        '"text"',
        "{}",
        '{"image_data": null}',
        '{"image_data": 5}',
        '{"image_data": "!"}',
        '{"image_data": "é"}',
        '{"image_data": ""}',
        event()[:-40],
        event(jpeg_of(8, 8)[:-1]),
        event(b"GIF89a"),
    ],
)
def test_what_is_no_whole_picture_is_none(data: str) -> None:
    assert read_event("", data) is None


def test_events_of_a_desktop_are_ignored() -> None:
    assert read_event("h264", event()) is None
    assert read_event("heartbeat", "{}") is None


@settings(deadline=None)
@given(some.text(max_size=80))
def test_any_data_is_answered(data: str) -> None:
    read_event("", data)
