import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Self

import psutil

from ..chromium.home import Home
from .order import Order
from .pipes import Pipes
from .room import PATIENCE, Room
from .sandbox import MARK, Launch, Sandbox
from .watch import excess

WATCH_SECONDS = 1.0
WATCHERS = ThreadPoolExecutor(2, "exec-watch")
ABNORMAL = -1
"""The exit code of what was ended from outside (contract §3.3)."""

OVERRAN = "something in it took all the memory it may have, and was killed"
"""By the kernel, which ends one process and leaves the others: what is left of a command is ended too."""

FULL = "{}: files can be removed, but nothing can be written"


class Command:
    """One command and everything it starts. All of it ends with its shell, with its time, or with `kill`.

    A background child (`cmd &`) therefore ends as soon as the shell does, which answers at once.
    """

    def __init__(
        self, order: Order, room: Room, process: asyncio.subprocess.Process, pipes: Pipes, launch: Launch
    ) -> None:
        self._order, self._room, self._process, self._pipes = order, room, process, pipes
        self._workspace = room.workspace
        self._mark, self._cage = launch.mark, launch.cage
        self._reason: str | None = None
        self._killed = False
        self.notes: list[str] = []
        """What its reader should know beside what it writes."""

    @classmethod
    async def start(cls, order: Order, home: Home, room: Room, sandbox: Sandbox) -> Self:
        full = await room.full(PATIENCE)
        pipes = Pipes()
        with sandbox.files(order) as files:
            launch = sandbox.launch(order, home, files, full=full is not None, mark=token_hex(8))
            try:
                with pipes.ends(launch.uid) as (stdout, stderr):
                    process = await asyncio.create_subprocess_exec(
                        *launch.argv,
                        stdin=asyncio.subprocess.DEVNULL,
                        stdout=stdout,
                        stderr=stderr,
                        env=launch.env,
                        cwd="/",
                        start_new_session=True,
                        **launch.options,
                    )
            except BaseException:
                if launch.cage:
                    launch.cage.remove()
                raise
        command = cls(order, room, process, pipes, launch)
        if full:
            command.notes.append(FULL.format(full))
        return command

    async def attend(self, touch: Callable[[], None]) -> None:
        """Until it has ended: keeps its computer from idling, and the command within its limits."""
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(self._order.seconds, self._time_is_up)
        ended = asyncio.ensure_future(self._process.wait())
        try:
            while not (await asyncio.wait([ended], timeout=WATCH_SECONDS))[0]:
                touch()
                # A look may take long: whoever waits for the command's end does not wait for it.
                looking = asyncio.ensure_future(self._excess())
                await asyncio.wait([ended, looking], return_when=asyncio.FIRST_COMPLETED)
                if not looking.done():
                    looking.cancel()
                elif reason := looking.result():
                    self.kill(reason)
        finally:
            deadline.cancel()
            self.kill()
            await ended
            self._kill_marked()
            self._note_overrun()
            if self._cage:
                await asyncio.get_running_loop().run_in_executor(WATCHERS, self._cage.remove)

    async def read(self) -> list[tuple[str, bytes]]:
        return await self._pipes.read()

    async def exit_code(self) -> int:
        code = await self._process.wait()
        self._note_overrun()
        return ABNORMAL if self._killed or code < 0 else code

    @property
    def reason(self) -> str | None:
        """Why it was ended before its time, if it was and a reason was given."""
        return self._reason

    def kill(self, reason: str | None = None) -> None:
        if self._process.returncode is not None:
            return
        self._killed = True
        self._reason = self._reason or reason
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._kill_marked()

    def close(self) -> None:
        self._pipes.close()

    def _time_is_up(self) -> None:
        self.kill(f"it was not done within {self._order.seconds:g} s")

    def _note_overrun(self) -> None:
        if self._cage and self._cage.overran():
            self._reason = self._reason or OVERRAN

    async def _excess(self) -> str | None:
        if self._cage and self._cage.overran():
            return OVERRAN
        loop = asyncio.get_running_loop()
        if reason := await loop.run_in_executor(WATCHERS, excess, self._process.pid, self._workspace):
            return reason
        return None if self.notes else await self._room.full()

    def _kill_marked(self) -> None:
        """Where no sandbox holds them together: whatever carries this command's mark, its shell's session included."""
        if self._mark is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self._mark:
                    process.kill()
