"""What a command writes, read only when somebody wants it: what nobody reads stays in the kernel's pipes."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator

CHUNK_BYTES = 64 * 1024


class Pipes:
    """The reading ends of a command's stdout and stderr."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    @contextlib.contextmanager
    def ends(self, uid: int | None) -> Iterator[tuple[int, int]]:
        """The writing ends, for as long as it takes to hand them to the command, which runs as `uid`."""
        ends: list[int] = []
        try:
            for name in ("stdout", "stderr"):
                reading, writing = os.pipe()
                ends.append(writing)
                os.set_blocking(reading, False)
                self._names[reading] = name
                if uid is not None:
                    os.fchown(writing, uid, -1)
            yield ends[0], ends[1]
        except BaseException:
            self.close()
            raise
        finally:
            for end in ends:
                os.close(end)

    async def read(self) -> list[tuple[str, bytes]]:
        """The next pieces, in the order they came as far as two pipes can tell. Empty: both have ended."""
        while self._names:
            pieces = []
            for reading in await self._readable():
                with contextlib.suppress(BlockingIOError):
                    if piece := os.read(reading, CHUNK_BYTES):
                        pieces.append((self._names[reading], piece))
                    else:
                        os.close(reading)
                        del self._names[reading]
            if pieces:
                return pieces
        return []

    def close(self) -> None:
        for reading in self._names:
            os.close(reading)
        self._names.clear()

    async def _readable(self) -> list[int]:
        loop = asyncio.get_running_loop()
        news: asyncio.Future[None] = loop.create_future()
        ready: list[int] = []

        def note(reading: int) -> Callable[[], None]:
            def noted() -> None:
                ready.append(reading)
                loop.remove_reader(reading)
                if not news.done():
                    news.set_result(None)

            return noted

        for reading in self._names:
            loop.add_reader(reading, note(reading))
        try:
            await news
        finally:
            for reading in self._names:
                loop.remove_reader(reading)
        return ready
