"""How large a picture is, by its own first bytes."""

from __future__ import annotations

from computers.wire import jpeg
from computers.wire.results import media_type

_PNG_HEAD = b"IHDR"


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None for what is no JPEG and no PNG, or does not say."""
    kind = media_type(content)
    if kind == "image/jpeg":
        return jpeg.size(content)
    if kind != "image/png" or content[12:16] != _PNG_HEAD or len(content) < 24:
        return None
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return (width, height) if width and height else None
