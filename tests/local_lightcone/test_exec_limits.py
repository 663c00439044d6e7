"""What a command may use: memory, tasks, disk, and as much output as somebody reads."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tzafon import Lightcone

from local_lightcone.exec import room
from local_lightcone.exec.command import OVERRAN
from local_lightcone.exec.limits import FILE_BYTES, KEPT_BYTES, MEMORY_BYTES, TASKS
from local_lightcone.exec.watch import memory, workspace_full

from .harness import LocalServer

MEGABYTE = 1024**2
HUNDRED_MEGABYTES = "head -c 104857600 /dev/zero | tr '\\0' x"
GROWTH_BYTES = 40 * MEGABYTE


def size(server: LocalServer) -> int:
    return int(psutil.Process(server.child.process.pid).memory_info().rss)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_hundred_megabytes_pass_with_flat_memory(sdk: Lightcone, server: LocalServer, shared: str) -> None:
    before, passed, most = size(server), 0, 0
    for number, line in enumerate(sdk.computers.exec.create(shared, command=HUNDRED_MEGABYTES)):
        passed += len(line.data or "")
        if number % 100 == 0:
            most = max(most, size(server))
    assert passed == 100 * MEGABYTE
    assert most - before < GROWTH_BYTES


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_what_nobody_reads_is_not_read_from_the_command(
    sdk: Lightcone, server: LocalServer, shared: str
) -> None:
    """It stands still in the pipe, and ends at its time like any other."""
    before = size(server)
    stream = sdk.computers.exec.create(shared, command="yes", timeout_seconds=4)
    next(stream)
    time.sleep(3)
    assert size(server) - before < GROWTH_BYTES
    said = [(line.type, line.code) for line in stream]
    assert said[-1] == ("exit", -1)
    assert len(said) < 10_000


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_buffered_answer_is_cut_and_says_so(sdk: Lightcone, shared: str) -> None:
    command = f"{HUNDRED_MEGABYTES}; echo e >&2; exit 9"
    answer = sdk.computers.exec.sync(shared, command=command, timeout=120)
    stdout = str(answer.stdout)
    assert stdout.startswith("x" * KEPT_BYTES + "\n[… ")
    assert f"{100 * MEGABYTE - KEPT_BYTES} bytes more were left out" in stdout
    assert len(stdout) < KEPT_BYTES + 100
    assert (answer.exit_code, answer.stderr) == (9, "e\n")


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_fork_bomb_is_bounded_and_ended(sdk: Lightcone, server: LocalServer, shared: str) -> None:
    stream = sdk.computers.exec.create(
        shared, command="echo up; bomb() { bomb | bomb & }; bomb; sleep 60", timeout_seconds=5
    )
    assert next(stream).data == "up\n"
    time.sleep(2)
    assert len(server.child.descendants()) < TASKS + 100
    assert list(stream)[-1].code == -1
    assert sdk.computers.exec.sync(shared, command="echo fine").stdout == "fine\n"


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_one_process_cannot_take_all_memory(sdk: Lightcone, shared: str) -> None:
    answer = sdk.computers.exec.sync(
        shared, command=f"/usr/bin/head -c {2 * MEMORY_BYTES} /dev/zero | tail -c {2 * MEMORY_BYTES} | wc -c"
    )
    assert "exhausted" in str(answer.stderr) or "allocate" in str(answer.stderr) or answer.exit_code


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_nor_many_together(sdk: Lightcone, shared: str) -> None:
    each = MEMORY_BYTES // 3
    hold = f"(head -c {each} /dev/zero; sleep 60) | tail -c {each} > /dev/null"
    answer = sdk.computers.exec.sync(shared, command=" & ".join([hold] * 4) + " & wait", timeout=90)
    assert answer.exit_code == -1
    # Whoever sees it first says so: our watch, or the kernel.
    assert "of memory" in str(answer.stderr) or OVERRAN in str(answer.stderr)


def test_the_memory_of_a_tree_is_that_of_its_processes() -> None:
    assert memory(psutil.Process().ppid()) > 0
    assert memory(2**22 + 1) == 0


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_file_is_bounded(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    answer = sdk.computers.exec.sync(fresh(), command=f"truncate -s {FILE_BYTES + 1} big; ls")
    assert answer.stdout == "big\n" or "large" in str(answer.stderr).lower()
    assert answer.exit_code == 0
    assert "File" in str(answer.stderr)


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_full_workspace_can_only_be_emptied(
    sdk: Lightcone, server: LocalServer, fresh: Callable[..., str]
) -> None:
    computer = fresh()
    deep = "for i in $(seq 120); do mkdir d && cd d; done"
    sdk.computers.exec.sync(computer, command=deep)
    assert "deep" in str(workspace_full(server.runtime / computer / "workspace"))
    full = sdk.computers.exec.sync(computer, command="echo more > file; ls -s file; echo on")
    assert "can be removed, but nothing can be written" in str(full.stderr)
    assert full.stdout == "0 file\non\n" and "too large" in str(full.stderr)
    sdk.computers.exec.sync(computer, command="rm -r d file")
    again = sdk.computers.exec.sync(computer, command="echo more > file; cat file")
    assert (again.stdout, again.stderr) == ("more\n", "")


@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
def test_a_hostile_tree_is_removed_with_its_computer(
    sdk: Lightcone, server: LocalServer, fresh: Callable[..., str]
) -> None:
    """Made from outside: a command that is slow about it is ended before it is done."""
    computer = fresh()
    workspace = server.runtime / computer / "workspace"
    deep = 'for (1..3000) { mkdir "d"; chdir "d" or die }'
    subprocess.run(["perl", "-e", deep], cwd=workspace, check=True)
    workspace.chmod(0)
    sdk.computers.delete(computer)
    assert not (server.runtime / computer).exists()


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_what_lies_in_memory_is_bounded_too(sdk: Lightcone, shared: str) -> None:
    for folder, most in (("/tmp", 300), ("/dev/shm", 100)):
        command = f"for i in 1 2 3 4; do head -c {most * MEGABYTE // 2} /dev/zero > {folder}/$i; done; df -m {folder}"
        answer = sdk.computers.exec.sync(shared, command=command, timeout=60)
        assert "No space left" in str(answer.stderr)


def test_one_look_at_a_workspace_serves_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []

    def look(workspace: Path) -> str:
        looks.append(workspace)
        time.sleep(0.2)
        return "full"

    monkeypatch.setattr(room, "workspace_full", look)

    async def ask() -> None:
        found = room.Room(tmp_path)
        assert await asyncio.gather(*(found.full() for _ in range(8))) == ["full"] * 8
        assert await found.full() == "full"

    asyncio.run(ask())
    assert looks == [tmp_path]
