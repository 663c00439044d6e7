"""A command's whole output in one answer, bounded."""

from collections.abc import AsyncIterable

from .commands import Exit, Output
from .limits import KEPT_BYTES


class Kept:
    """The beginning of a stream; what does not fit is counted and named at the end."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._left_out = most, bytearray(), 0

    def add(self, data: bytes) -> None:
        room = self._most - len(self._kept)
        self._kept += data[:room]
        self._left_out += max(0, len(data) - room)

    def text(self) -> str:
        kept = self._kept.decode(errors="replace")
        if not self._left_out:
            return kept
        return f"{kept.rstrip(chr(0xFFFD))}\n[… {self._left_out} bytes more were left out]\n"


async def gathered(pieces: AsyncIterable[Output | Exit], most: int = KEPT_BYTES) -> dict[str, object]:
    """All of it is read, so that the command comes to its own end and the exit code is its own."""
    kept = {"stdout": Kept(most), "stderr": Kept(most)}
    code = -1
    async for piece in pieces:
        if isinstance(piece, Exit):
            code = piece.code
        else:
            kept[piece.kind].add(piece.data)
    return {"exit_code": code, **{name: stream.text() for name, stream in kept.items()}}
