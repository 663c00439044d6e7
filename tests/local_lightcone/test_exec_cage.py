"""A command's memory altogether, bounded by the kernel where we may make a control group."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil
import pytest
from tzafon import Lightcone

from local_lightcone.exec import cage
from local_lightcone.exec.cage import FIRST, PREFIX, SECOND, Cage, Cages, find_cages
from tests.support.processes import wait_until

from .harness import LocalServer

MEGABYTE = 1024**2
LIMIT = 64 * MEGABYTE
TAKE = "python3 -c 'import os; held = [os.fork() for _ in range(3)] and bytearray(os.urandom(1 << 20) * 40); os.wait()'"


@pytest.fixture
def cages() -> Cages:
    found = find_cages()
    if found is None:
        pytest.skip("no control group can be made here")
    return found


def test_what_takes_too_much_together_is_killed_by_the_kernel(
    cages: Cages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the processes alone stays under the limit."""
    monkeypatch.setattr(cage, "MOST_BYTES", LIMIT)
    made = cages.make()
    assert not made.overran()
    subprocess.run(made.around(["/bin/sh", "-c", TAKE]), capture_output=True, timeout=60)
    assert made.overran()
    made.remove()
    assert not made.folder.exists()


def cages_of(server: LocalServer, cages: Cages) -> set[Path]:
    """Those that hold a process of this server."""
    ours = {str(process.pid) for process in server.child.descendants()}
    found = set()
    for folder in cages.parent.glob(f"{PREFIX}*"):
        try:
            if ours & set((folder / "cgroup.procs").read_text().split()):
                found.add(folder)
        except OSError:
            pass
    return found


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_each_command_has_one_and_takes_it_along(
    cages: Cages, server: LocalServer, sdk: Lightcone, shared: str
) -> None:
    streams = [sdk.computers.exec.create(shared, command="echo up; sleep 60") for _ in range(2)]
    assert [next(stream).data for stream in streams] == ["up\n"] * 2
    held = cages_of(server, cages)
    assert len(held) == 2
    assert psutil.Process(server.child.process.pid).is_running()
    for stream in streams:
        stream.close()
    wait_until(lambda: not any(folder.exists() for folder in held), 15, "their removal")


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_burst_is_over_before_anybody_looks_and_ends_the_command(
    cages: Cages, sdk: Lightcone, shared: str
) -> None:
    burst = "head -c 700M /dev/zero | tail -c 700M > /dev/null"
    answer = sdk.computers.exec.sync(
        shared, command=" & ".join([burst] * 4) + " & wait; sleep 50; echo survived", timeout=60
    )
    assert answer.exit_code == -1 and "memory" in str(answer.stderr) and answer.stdout == ""


def told(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "cgroup"
    file.write_text(text)
    return file


def test_where_we_stand_is_read_in_both_versions(tmp_path: Path) -> None:
    text = "4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/user.slice/x.scope\n"
    assert cage._ours(tmp_path, told(tmp_path, text)) == [
        (tmp_path / "memory" / "a" / "b", FIRST),
        (tmp_path / "user.slice" / "x.scope", SECOND),
        (tmp_path / "unified" / "user.slice" / "x.scope", SECOND),
    ]
    assert cage._ours(tmp_path, tmp_path / "nowhere") == []


def test_where_there_is_no_limit_there_is_no_cage(tmp_path: Path) -> None:
    (tmp_path / "user.slice").mkdir()
    assert find_cages(tmp_path, told(tmp_path, "0::/user.slice\n")) is None
    assert not list((tmp_path / "user.slice").iterdir())


def test_the_second_version_tells_of_an_end_by_its_own_name(tmp_path: Path) -> None:
    made = Cage(tmp_path, SECOND)
    assert not made.overran()
    for count, overran in ((0, False), (2, True)):
        (tmp_path / "memory.events").write_text(f"low 0\nmax 7\noom_kill {count}\n")
        assert made.overran() is overran
