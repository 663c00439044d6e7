"""Everything that runs beside requests, in one list per place."""

from __future__ import annotations

from collections.abc import Callable

from agents.recorder import Recorder
from agents.stranded import Stranded
from computers.captures import CaptureSweeper
from computers.fleet import Fleet, Keeper, LeaseSweeper, Settler
from computers.macros.recordings import RecordedTextSweeper
from computers.relay.hub import HUB
from computers.timeline import Written
from computers.timeline.follower import Follower
from computers.timeline.retention import TimelineSweeper
from dashboard.background import Service
from dashboard.chaining import Appender, AuditSweeper


class Links:
    """The process's links to computers: opened on demand, closed with the process."""

    async def start(self) -> None:
        """Nothing to do before somebody looks."""

    async def stop(self) -> None:
        """Close them all."""
        await HUB.stop()


#: What every process has, in starting order; stopped in reverse: what the last of the others notes is still written.
ALWAYS: list[Callable[[], Service]] = [Written, Links]

#: What runs in the web process, or in `manage.py background` beside web processes with LIGHTDECK_BACKGROUND=off.
BACKGROUND: list[Callable[[], Service]] = [
    Fleet,
    LeaseSweeper,
    Keeper,
    CaptureSweeper,
    Follower,
    RecordedTextSweeper,
    TimelineSweeper,
    Settler,
    Appender,
    AuditSweeper,
    Recorder,
    Stranded,
]
