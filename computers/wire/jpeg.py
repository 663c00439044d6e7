"""As much of JPEG as a relay needs: is it whole, and how large is it. Source: ITU T.81, markers."""

from __future__ import annotations

_START, _END = b"\xff\xd8", b"\xff\xd9"
#: Start-of-frame markers: C0 to CF without the tables C4, C8 and CC.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def is_whole(data: bytes) -> bool:
    """Whether it begins and ends as a JPEG does: half a frame must not reach a screen."""
    return data.startswith(_START) and data.endswith(_END)


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None if no frame header is found."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAME_MARKERS:
            width, height = (
                int.from_bytes(data[at + 7 : at + 9], "big"),
                int.from_bytes(data[at + 5 : at + 7], "big"),
            )
            return (width, height) if width and height else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
