"""Keeps the parts of `make run` running, and ends them all together."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable

import psutil

from dashboard.supervisor.part import Part, Running, adopt_orphans, answers

#: A part is restarted at most this often in this many seconds; after that everything ends with its exit code.
RESTARTS = 3
RESTART_WINDOW_SECONDS = 60.0
#: A moment between a death and the restart, so that a part that cannot start does not spin, in seconds.
RESTART_PAUSE_SECONDS = 0.2
#: How often an unready part is asked, in seconds.
PROBE_EVERY_SECONDS = 0.05
#: How long all parts together may take to answer for the first time, in seconds.
READY_SECONDS = 60.0
#: How often orphans that ended are collected, in seconds.
REAP_EVERY_SECONDS = 5.0


class Supervisor:
    """Runs `preparation` once and `parts` until a signal comes or one of them dies too often.

    `prepared` is called when the preparation succeeded, `ready` when every part answers. `run` returns the exit code.
    """

    def __init__(
        self,
        preparation: Part,
        parts: list[Part],
        *,
        prepared: Callable[[], None],
        ready: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._preparation = preparation
        self._parts = parts
        self._tell_prepared = prepared
        self._tell_ready = ready
        self._say = say
        self._prepared = asyncio.Event()
        self._running: dict[str, Running] = {}
        self._ending = asyncio.Event()
        self._exit_code = 0

    async def run(self) -> int:
        """Start every part, announce readiness once, and keep them until the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ending.set)
        adopt_orphans()
        tasks = [asyncio.create_task(self._keep(part), name=part.name) for part in self._parts]
        tasks += [asyncio.create_task(work()) for work in (self._prepare, self._announce, self._reap)]
        for task in tasks:
            task.add_done_callback(self._failed)
        await self._ending.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(running.end() for running in self._running.values()))
        self._kill_orphans()
        return self._exit_code

    async def _prepare(self) -> None:
        running = self._running["preparation"] = await Running.start(self._preparation, self._say)
        if code := await running.wait():
            self._end_with(code)
            return
        self._tell_prepared()
        self._prepared.set()

    async def _keep(self, part: Part) -> None:
        if part.waits:
            await self._prepared.wait()
        deaths: deque[float] = deque(maxlen=RESTARTS)
        while True:
            running = self._running[part.name] = await Running.start(part, self._say)
            code = await running.wait()
            self._tidy_after(running)
            now = time.monotonic()
            recent = [at for at in deaths if now - at < RESTART_WINDOW_SECONDS]
            if len(recent) == RESTARTS:
                self._say(
                    f"{part.name} stopped (exit code {code}) for the fourth time in a minute; ending everything."
                )
                self._end_with(code or 1)
                return
            deaths.append(now)
            self._say(
                f"{part.name} stopped (exit code {code}); restart {len(recent) + 1} of {RESTARTS} in a minute."
            )
            await asyncio.sleep(RESTART_PAUSE_SECONDS)

    async def _announce(self) -> None:
        await self._prepared.wait()
        waiting = list(self._parts)
        try:
            async with asyncio.timeout(READY_SECONDS):
                while waiting:
                    waiting = [part for part in waiting if not await answers(part.probe)]
                    await asyncio.sleep(PROBE_EVERY_SECONDS if waiting else 0)
        except TimeoutError:
            names = " and ".join(part.name for part in waiting)
            self._say(f"{names} did not answer within {READY_SECONDS:.0f} s; ending everything.")
            self._end_with(1)
            return
        self._tell_ready()

    async def _reap(self) -> None:
        """Orphans that ended on their own stay in the process table until their adoptive parent looks."""
        while True:
            await asyncio.sleep(REAP_EVERY_SECONDS)
            for orphan in self._orphans():
                if orphan.is_running() and orphan.status() == psutil.STATUS_ZOMBIE:
                    orphan.wait(0)

    def _tidy_after(self, running: Running) -> None:
        running.kill_group()
        if running.part.keeps_computers:
            self._kill_orphans()

    def _orphans(self) -> list[psutil.Process]:
        """Our children that are no part: what a dead part, or a daemon of a living one, left to us."""
        parts = {running.process.pid for running in self._running.values()}
        return [child for child in psutil.Process().children() if child.pid not in parts]

    def _kill_orphans(self) -> None:
        # A killed parent hands its own children up to us, so look again until nobody is left.
        while orphans := self._orphans():
            family = [member for orphan in orphans for member in [orphan, *_descendants(orphan)]]
            for member in family:
                _kill(member)
            psutil.wait_procs(orphans, timeout=2)

    def _end_with(self, code: int) -> None:
        self._exit_code = self._exit_code or code
        self._ending.set()

    def _failed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            self._say(f"The supervisor itself failed ({task.exception()!r}); ending everything.")
            self._end_with(1)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        pass
