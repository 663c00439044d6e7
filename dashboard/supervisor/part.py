"""One part of `make run`: a child process in a group of its own that never outlives its supervisor."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from dashboard import env

#: How long a part may take to end after SIGTERM before its whole group is killed, in seconds.
TERM_SECONDS = 12.0
#: How long one probe may take, in seconds.
PROBE_SECONDS = 3.0
#: How long the last lines of an ended part may take to arrive, in seconds.
LAST_LINES_SECONDS = 0.5
#: Longest line that a part may print, in bytes.
LINE_BYTES = 1024 * 1024

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# Loaded here: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Part:
    """What to run, and the address that answers 200 once it works.

    `waits`: not before the preparation is done. `keeps_computers` marks the part whose descendants (browsers) are
    meaningless once it is gone.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    probe: str = ""
    waits: bool = False
    hidden: Callable[[str], bool] = lambda line: False
    keeps_computers: bool = False


class Running:
    """A started part."""

    def __init__(self, part: Part, process: asyncio.subprocess.Process, printing: asyncio.Task[None]) -> None:
        self.part = part
        self.process = process
        self._printing = printing

    @classmethod
    async def start(cls, part: Part, say: Callable[[str], None]) -> Running:
        """Start it; every useful line it prints goes to `say` behind its name."""
        # A pipe of our own: asyncio would take the part for alive while a browser it left behind holds the pipe.
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                env=dict(part.environment),
                cwd=env.BASE_DIR,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        finally:
            os.close(writing)
        return cls(part, process, asyncio.create_task(_pass_on(part, reading, say)))

    async def wait(self) -> int:
        """Wait for its end and its last lines; the code that a shell would report."""
        code = await self.process.wait()
        await self._finish_printing()
        return 128 - code if code < 0 else code

    async def end(self) -> None:
        """SIGTERM, then SIGKILL for whatever of its group is left."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(TERM_SECONDS):
                    await self.process.wait()
            except TimeoutError:
                pass
        self.kill_group()
        await self.process.wait()
        await self._finish_printing()

    async def _finish_printing(self) -> None:
        await asyncio.wait([self._printing], timeout=LAST_LINES_SECONDS)
        self._printing.cancel()

    def kill_group(self) -> None:
        """Kill what is left of its process group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies, so that none can slip away."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


async def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                writer.write(request.encode("ascii"))
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _pass_on(part: Part, pipe: int, say: Callable[[str], None]) -> None:
    lines = asyncio.StreamReader(limit=LINE_BYTES)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(pipe, "rb")
    )
    try:
        async for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip()
            if line and not part.hidden(line):
                say(f"{part.name} | {line}" if part.name else line)
    finally:
        transport.close()


def _die_with(parent: int) -> Callable[[], None]:
    """What the child does before it becomes the part: ask the kernel for SIGTERM when `parent` dies."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the supervisor died before the line above

    return prepare
