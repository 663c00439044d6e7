"""Commands that hide what they use: what the kernel refuses them, and what the watch finds all the same."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tzafon import Lightcone

from local_lightcone.exec import command as module
from local_lightcone.exec import watch
from local_lightcone.exec.command import Command
from local_lightcone.exec.limits import (
    CPU_SECONDS,
    FILE_BYTES,
    MEMORY_BYTES,
    MEMORY_FILES,
    OPEN_FILES,
    SOCKETS,
    TASKS,
    WORKSPACE_ENTRIES,
)
from local_lightcone.exec.order import Order
from local_lightcone.exec.pipes import Pipes
from local_lightcone.exec.room import Room
from local_lightcone.exec.sandbox import Launch
from local_lightcone.exec.seccomp import MACHINES, MOST_SEGMENT_BYTES, program
from local_lightcone.exec.watch import workspace_full
from tests.support.processes import wait_until

LIBC = "import ctypes, os, socket, threading, time; libc = ctypes.CDLL(None, use_errno=True)"
TRY = """
def attempt(call):
    try: result = call()
    except OSError as error: return print(error.strerror)
    print("done" if result >= 0 else os.strerror(ctypes.get_errno()))
"""

#: The first thread ends and leaves the others behind: asked as a whole, the process has no files and no memory.
EXIT = "libc.syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)"
HEADLESS = f"threading.Thread(target=time.sleep, args=(60,)).start(); {EXIT}"
FILL = (
    "file = os.open('x', os.O_RDWR | os.O_CREAT); os.unlink('x')\n"
    "for _ in range(300): os.write(file, bytes(1 << 20))"
)
JUMP = 5
"""The last three bits of a step that may go elsewhere."""

HOLD = "for n in range(4):\n    if not os.fork(): break\nheld = bytearray(os.urandom(1 << 20) * 350)"


def python(*lines: str) -> str:
    return "python3 - <<'END'\n" + "\n".join([LIBC, TRY, *lines]) + "\nEND\n"


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("os.memfd_create('x')", "Function not implemented"),
        (f"libc.shmget(0, {MOST_SEGMENT_BYTES}, 0o1600)", "done"),
        (f"libc.shmget(0, {MOST_SEGMENT_BYTES + 1}, 0o1600)", "Invalid argument"),
        ("libc.shmget(0, ctypes.c_size_t(1 << 33), 0o1600)", "Invalid argument"),
        ("libc.msgget(0, 0o1600)", "Function not implemented"),
        ("libc.unshare(0x400)", "Operation not permitted"),
        ("libc.syscall(425, 8, ctypes.create_string_buffer(120))", "Function not implemented"),
    ],
)
def test_the_kernel_refuses_what_nobody_counts(sdk: Lightcone, shared: str, call: str, said: str) -> None:
    answer = sdk.computers.exec.sync(shared, command=python(f"attempt(lambda: {call})"))
    assert (answer.stdout, answer.stderr) == (f"{said}\n", "")


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_the_kernel_bounds_each_process(sdk: Lightcone, shared: str) -> None:
    answer = sdk.computers.exec.sync(
        shared, command="for each in t d n u c; do ulimit -H$each; done; ulimit -Hf"
    )
    limits = [CPU_SECONDS, MEMORY_BYTES // 1024, OPEN_FILES, TASKS, 0, FILE_BYTES // 1024]
    assert [int(line) for line in str(answer.stdout).split()] == limits


@pytest.mark.parametrize("machine", MACHINES)
def test_every_jump_of_the_filter_stays_inside_it(machine: str) -> None:
    filtering = program(machine) or b""
    steps = [filtering[at : at + 8] for at in range(0, len(filtering), 8)]
    assert len(filtering) % 8 == 0 and len(steps) < 4096
    jumps = [(at, step) for at, step in enumerate(steps) if step[0] & 7 == JUMP]
    assert len(jumps) > 10
    assert all(at + 1 + max(step[2], step[3]) < len(steps) for at, step in jumps)
    assert program("pdp11") is None


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((FILL, "time.sleep(60)"), "in removed files"),
        ((FILL, HEADLESS), "in removed files"),
        # Whichever looks first: we, or the kernel.
        ((HOLD, HEADLESS), "of memory|all the memory it may have"),
        (
            (
                "for n in range(8):\n    if not os.fork(): break",
                f"held = [socket.socketpair() for n in range({SOCKETS // 9})]",
            )
            + ("time.sleep(60)",),
            f"more than {SOCKETS} sockets",
        ),
        (
            (
                f"for n in range({MEMORY_FILES + 1000}): os.close(os.open(f'/tmp/{{n}}', os.O_CREAT))",
                "time.sleep(60)",
            ),
            f"more than {MEMORY_FILES} files in /tmp",
        ),
    ],
    ids=["removed files", "headless files", "headless memory", "sockets", "empty files"],
)
def test_what_is_hidden_is_found(sdk: Lightcone, shared: str, lines: tuple[str, ...], reason: str) -> None:
    answer = sdk.computers.exec.sync(shared, command=python(*lines) + "wait; sleep 60", timeout=50)
    assert answer.exit_code == -1 and re.search(reason, str(answer.stderr)), answer


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_too_many_files_fill_a_workspace(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh()
    sdk.computers.exec.sync(computer, command=f"seq {WORKSPACE_ENTRIES + 1} | xargs touch")

    def is_full() -> bool:  # looked at seldom, if it takes long
        answer = sdk.computers.exec.sync(computer, command="echo more > file; cat file")
        return f"more than {WORKSPACE_ENTRIES} files" in str(answer.stderr) and answer.stdout == ""

    wait_until(is_full, 15, "its being full")
    sdk.computers.exec.sync(computer, command="ls | xargs rm")

    def has_room() -> bool:  # that it has again is seen as seldom
        answer = sdk.computers.exec.sync(computer, command="echo more > file; cat file")
        return answer.stdout == "more\n"

    wait_until(has_room, 15, "its having room again")


def test_a_workspace_is_bounded_in_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "WORKSPACE_ENTRIES", 3)
    for name in "abc":
        (tmp_path / name).touch()
    assert workspace_full(tmp_path) is None
    (tmp_path / "d").touch()
    assert "more than 3 files" in str(workspace_full(tmp_path))


async def test_a_full_disk_ends_what_fills_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "DISK_LEFT_BYTES", 1 << 62)
    assert "left" in str(watch.excess(2**22 + 1, tmp_path))


async def test_its_time_does_not_wait_for_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(pid: int, workspace: Path) -> None:
        time.sleep(4)

    monkeypatch.setattr(module, "excess", look)
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.05)
    process = await asyncio.create_subprocess_exec("sleep", "60")
    launch = Launch([], {}, None, {})
    running = Command(Order("sleep 60", seconds=0.5), Room(tmp_path), process, Pipes(), launch)
    started = time.monotonic()
    await running.attend(lambda: None)
    assert time.monotonic() - started < 2
    assert await running.exit_code() == -1 and "not done within 0.5 s" in str(running.reason)
