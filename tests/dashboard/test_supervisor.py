"""The supervisor's rules, on parts that are one line of Python each."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dashboard.supervisor import part as part_module
from dashboard.supervisor import supervisor as module
from dashboard.supervisor.part import Part
from dashboard.supervisor.supervisor import Supervisor
from tests.support.processes import assert_gone

NOTHING = Part("", [sys.executable, "-c", ""], os.environ)


def script(name: str, code: str, **options: object) -> Part:
    return Part(name, [sys.executable, "-u", "-c", code], os.environ, **options)  # type: ignore[arg-type]


class Run:
    """One supervised run and what it said."""

    def __init__(self, *parts: Part, preparation: Part = NOTHING) -> None:
        self.lines: list[str] = []
        self.told: list[str] = []
        self.supervisor = Supervisor(
            preparation,
            list(parts),
            prepared=lambda: self.told.append("prepared"),
            ready=lambda: self.told.append("ready"),
            say=self.lines.append,
        )

    async def until_it_ends(self) -> int:
        async with asyncio.timeout(30):
            return await self.supervisor.run()

    async def until(self, check: Callable[[], bool]) -> None:
        """Run until `check` holds, then ask it to end as a terminal would."""
        running = asyncio.create_task(self.supervisor.run())
        async with asyncio.timeout(30):
            while not check():  # noqa: ASYNC110  what is waited for happens in another process
                await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await running == 0


@pytest.fixture(autouse=True)
def always_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answers(url: str) -> bool:
        return True

    monkeypatch.setattr(module, "answers", answers)


@pytest.fixture(autouse=True)
def adopts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test process has other children; they are not the supervisor's orphans."""
    monkeypatch.setattr(module, "adopt_orphans", lambda: None)
    monkeypatch.setattr(Supervisor, "_orphans", lambda self: [])


async def test_after_three_restarts_everything_ends_with_the_parts_exit_code() -> None:
    run = Run(script("web", "import sys; sys.exit(7)"), script("local", "import time; time.sleep(60)"))
    assert await run.until_it_ends() == 7
    restarts = [line for line in run.lines if "restart" in line]
    assert restarts == [f"web stopped (exit code 7); restart {n} of 3 in a minute." for n in (1, 2, 3)]
    assert run.lines[-1] == "web stopped (exit code 7) for the fourth time in a minute; ending everything."


async def test_a_part_that_ends_without_an_error_is_no_success_either() -> None:
    assert await Run(script("web", "")).until_it_ends() == 1


async def test_deaths_long_ago_are_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART_WINDOW_SECONDS", 0.1)
    run = Run(script("web", "import time; time.sleep(0.1)"))
    await run.until(lambda: len(run.lines) > 5)


async def test_a_parts_lines_carry_its_name_and_hidden_ones_are_dropped() -> None:
    code = "print('useful'); print('noise'); print(); import time; time.sleep(60)"
    run = Run(script("web", code, hidden=lambda line: line == "noise"))
    await run.until(lambda: bool(run.lines))
    assert run.lines == ["web | useful"]


async def test_readiness_waits_for_the_preparation() -> None:
    run = Run(
        script("web", "print('started'); import time; time.sleep(60)", waits=True),
        preparation=script("", "import time; time.sleep(0.3); print('done')"),
    )
    await run.until(lambda: "ready" in run.told)
    assert run.told == ["prepared", "ready"]
    assert run.lines[0] == "done"


async def test_a_failed_preparation_ends_everything() -> None:
    run = Run(script("web", "", waits=True), preparation=script("", "import sys; sys.exit('no database')"))
    assert await run.until_it_ends() == 1
    assert run.lines == ["no database"]


async def test_a_part_that_never_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(url: str) -> bool:
        return False

    monkeypatch.setattr(module, "answers", silent)
    monkeypatch.setattr(module, "READY_SECONDS", 0.3)
    run = Run(script("web", "import time; time.sleep(60)"))
    assert await run.until_it_ends() == 1
    assert run.lines == ["web did not answer within 0 s; ending everything."]


async def test_a_part_deaf_to_sigterm_is_killed_with_its_children(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(part_module, "TERM_SECONDS", 0.3)
    pids = tmp_path / "pids"
    code = (
        "import os, signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen(['sleep', '60']);"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} .');"
        "time.sleep(60)"
    )
    await Run(script("web", code)).until(lambda: pids.exists() and pids.read_text().endswith("."))
    alive = [psutil.Process(int(pid)) for pid in pids.read_text().split()[:2] if psutil.pid_exists(int(pid))]
    assert_gone(alive)
