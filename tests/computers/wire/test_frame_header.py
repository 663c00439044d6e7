"""The 24 bytes before every picture."""

import struct

import pytest

from computers.wire.screen import HEADER, Frame, FrameKind, header


def frame(**changes: object) -> Frame:
    fields = {"payload": b"x", "view": 0x0102, "captured_at": 1_700_000_000_000.5, "received_at": 10.0}
    return Frame(**{**fields, "width": 1280, "height": 720, **changes})  # type: ignore[arg-type]


def test_it_is_twenty_four_bytes_long() -> None:
    assert HEADER.size == len(header(frame(), 1, 10.0)) == 24


def test_every_byte_is_where_the_protocol_says() -> None:
    expected = b"\x01\x01" + b"\x02\x01" + b"\x06\x05\x04\x03"
    expected += struct.pack("<d", 1_700_000_000_000.5) + struct.pack("<f", 250.0) + b"\x00\x05" + b"\xd0\x02"
    assert header(frame(), 0x03040506, 10.25) == expected


@pytest.mark.parametrize("kind", list(FrameKind))
def test_the_second_byte_is_the_kind(kind: FrameKind) -> None:
    assert header(frame(kind=kind), 1, 10.0)[1] == kind


def test_the_largest_numbers_fit() -> None:
    largest = frame(view=65535, width=65535, height=65535)
    assert HEADER.unpack(header(largest, 2**32 - 1, 10.0)) == (
        1, 1, 65535, 2**32 - 1, 1_700_000_000_000.5, 0.0, 65535, 65535,
    )  # fmt: skip
