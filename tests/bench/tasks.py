"""(g) 200 agent tasks recorded at once while their recorder is killed and started anew twice: no step is lost, doubled
or out of order; and how late a step is read while nothing is killed.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.bench.measure import percentile
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, FakeTask, fake_agents, thinks
from tests.support.processes import Child, environment
from tests.support.services import postgres_database

TASKS, STEPS, EVERY = 200, 12, 3.0
KILLED_AFTER = (8.0, 20.0)
LIMIT = 300.0


@dataclass(frozen=True)
class Recorded:
    """What one database held at the end. `lags` in ms: without kills."""

    database: str
    kills: int
    steps: int
    wrong: int
    started: int
    lags: list[float]


def run() -> list[Recorded]:
    """On SQLite, and on PostgreSQL where TEST_DATABASE_URL answers; each with kills and without."""
    found = []
    for kills in ((), KILLED_AFTER):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            found.append(asyncio.run(_measure("SQLite", url, folder, kills)))
        try:
            with postgres_database() as url, tempfile.TemporaryDirectory() as folder:
                found.append(asyncio.run(_measure("PostgreSQL", url, folder, kills)))
        except pytest.skip.Exception:
            pass
    return found


def lines(found: list[Recorded]) -> list[str]:
    """The table."""
    table = [
        f"| {TASKS} tasks, a step every {EVERY:g} s each | kills | steps | records with a fault | tasks upstream "
        "| step to reader p50 ms | p95 ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        p50, p95 = (percentile(one.lags, share) for share in (0.5, 0.95))
        lags = f"{p50:.0f} | {p95:.0f}" if not one.kills else "– | –"
        table.append(
            f"| {one.database} | {one.kills} | {one.steps} | **{one.wrong}** | {one.started} | {lags} |"
        )
    return table


async def _measure(database: str, url: str, folder: str, kills: tuple[float, ...]) -> Recorded:
    async with fake_agents() as agents:
        variables = {
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "DATABASE_URL": url,
            "LIGHTDECK_DATA_DIR": folder,
            "LIGHTDECK_PRIVATE_UPSTREAMS": agents.url,
            "SECRET_KEY": "of the bench",
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        await _run(variables, "prepare", agents.url, str(TASKS))
        stop = threading.Event()
        recording = asyncio.create_task(asyncio.to_thread(_record, variables, kills, stop))
        try:
            talks = [asyncio.create_task(_talk(await _started(agents, number))) for number in range(TASKS)]
            await asyncio.gather(*talks)
            async with asyncio.timeout(LIMIT):
                while True:
                    if not json.loads(await _run(variables, "unfinished"))["left"]:
                        break
                    await asyncio.sleep(1)
        finally:
            stop.set()
            await recording
        told = json.loads(await _run(variables, "report", str(STEPS)))
        return Recorded(database, len(kills), told["steps"], told["wrong"], len(agents.tasks), told["lags"])


async def _started(agents: FakeAgents, number: int) -> FakeTask:
    return await agents.started(number + 1, LIMIT)


async def _talk(task: FakeTask) -> None:
    await task.tell(STARTED)
    for number in range(STEPS):
        await task.tell(thinks(f"{number} {time.time()}"))
        await asyncio.sleep(EVERY)
    await task.tell(COMPLETED)
    await task.end()


async def _run(variables: dict[str, str], *arguments: str) -> str:
    def run() -> str:
        child = Child(["-m", "tests.bench.recording", *arguments], environment(variables))
        assert child.wait(LIMIT) == 0, child.output
        return child.lines[-1] if child.lines else ""

    return await asyncio.to_thread(run)


def _record(variables: dict[str, str], kills: tuple[float, ...], stop: threading.Event) -> None:
    """A recorder, killed at these times after the beginning and started anew."""
    began = time.monotonic()
    for at in (*kills, LIMIT * 2):
        child = Child(["-m", "tests.bench.recording", "record"], environment(variables))
        try:
            child.wait_for_line("recording", 60)
            stop.wait(max(0.0, began + at - time.monotonic()))
        finally:
            child.process.kill()
            child.wait()
        if stop.is_set():
            return
