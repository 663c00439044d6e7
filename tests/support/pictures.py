"""Pictures small enough to be made by hand."""

from __future__ import annotations


def jpeg_of(width: int, height: int, note: bytes = b"") -> bytes:
    """As much of a JPEG as the relay reads; `note` makes it another picture."""
    frame = (
        b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    )
    return b"\xff\xd8" + frame + note + b"\xff\xd9"


def png_of(width: int, height: int, note: bytes = b"") -> bytes:
    """As much of a PNG as anybody here reads."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + head + note
