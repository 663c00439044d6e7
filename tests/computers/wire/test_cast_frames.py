"""`Page.screencastFrame` as the browser sends it, and as it should not."""

from typing import Any

import pybase64
import pytest

from computers.wire.cdp import CastFrame, read_cast_frame

JPEG = b"\xff\xd8 a picture \xff\xd9"


def params(**changes: Any) -> dict[str, Any]:
    metadata = {"deviceWidth": 1280, "deviceHeight": 720, "timestamp": 1_700_000_000.25, "offsetTop": 0}
    return {"data": pybase64.b64encode(JPEG).decode(), "metadata": metadata, "sessionId": 4, **changes}


def test_it_reads_a_frame() -> None:
    assert read_cast_frame(params()) == CastFrame(JPEG, 1_700_000_000_250.0, 1280, 720, 4)


def test_a_frame_without_a_time_is_still_a_frame() -> None:
    frame = read_cast_frame(params(metadata={"deviceWidth": 10, "deviceHeight": 20}))
    assert frame is not None and frame.captured_at == 0.0


BROKEN: list[dict[str, Any]] = [
    {},
    params(data=pybase64.b64encode(JPEG[:-2]).decode()),
    params(data=pybase64.b64encode(JPEG).decode()[:-3]),
    params(data="!!!"),
    params(data=""),
    params(data=None),
    params(data="é"),
    params(metadata=None),
    params(metadata=[]),
    params(metadata={}),
    params(metadata={"deviceWidth": "wide", "deviceHeight": 720}),
    params(metadata={"deviceWidth": 0, "deviceHeight": 720}),
    params(metadata={"deviceWidth": 65536, "deviceHeight": 720}),
    params(metadata={"deviceWidth": 1e300, "deviceHeight": 720}),
    params(metadata={"deviceWidth": float("inf"), "deviceHeight": 720}),
    params(metadata={"deviceWidth": float("nan"), "deviceHeight": 720}),
    params(metadata={"deviceWidth": 1280, "deviceHeight": 720, "timestamp": "now"}),
    params(sessionId=None),
    params(sessionId="four"),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_frame_is_none(broken: dict[str, Any]) -> None:
    assert read_cast_frame(broken) is None
