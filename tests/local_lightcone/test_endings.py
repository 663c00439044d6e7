"""Nothing is left behind, however the server or a browser ends."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest
from tzafon import Lightcone, NotFoundError

from tests.support.processes import assert_gone, wait_until

from .harness import LocalServer, ask


def browser_of(server: LocalServer, computer_id: str) -> psutil.Process:
    """The main process of a computer's Chromium, told by the owner of its folder."""
    return next(
        process
        for process in processes_of(server, computer_id)
        if (command := ask(process.cmdline))
        and "--remote-debugging-port=0" in command
        and not any(part.startswith("--type=") for part in command)
        and process.name() != "bwrap"
    )


def processes_of(server: LocalServer, computer_id: str) -> list[psutil.Process]:
    owner = (server.runtime / computer_id).stat().st_uid
    return [process for process, uid in server.uids().items() if uid == owner]


@pytest.mark.skipif(os.geteuid() != 0, reason="processes are told apart by their uid")
def test_a_crashed_chromium_is_gone_with_its_folder(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str]
) -> None:
    computer = fresh()
    folder = server.runtime / computer
    processes = processes_of(server, computer)
    with sdk.computers.with_streaming_response.retrieve_screencast(computer) as stream:
        browser_of(server, computer).kill()
        list(stream.iter_lines())
    wait_until(lambda: not folder.exists(), 5, "the folder's removal")
    assert_gone(processes)
    with pytest.raises(NotFoundError):
        sdk.computers.retrieve(computer)
    with pytest.raises(NotFoundError):
        sdk.computers.screenshot(computer)


def test_termination_leaves_no_process_and_no_folder(
    server: LocalServer, http: httpx.Client, fresh: Callable[..., str]
) -> None:
    before = {process.pid for process in server.chromiums()}
    computer = fresh()
    mine = [process for process in server.chromiums() if process.pid not in before]
    answer = http.delete(f"/computers/{computer}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not (server.runtime / computer).exists()
    assert mine
    assert_gone(mine)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_nothing(another_server: Callable[..., LocalServer], number: signal.Signals) -> None:
    running = another_server()
    with running.sdk() as sdk:
        computer = sdk.computers.create()
        assert computer.id
        with sdk.computers.with_streaming_response.retrieve_screencast(computer.id) as stream:
            lines = stream.iter_lines()
            next(lines)
            processes, runtime = running.chromiums(), running.runtime
            started = time.monotonic()
            running.child.process.send_signal(number)
            list(lines)
    assert running.child.wait() == 0
    assert time.monotonic() - started < 10
    assert_gone(processes)
    assert not runtime.exists()
    assert "Traceback" not in running.child.output


def test_a_killed_server_takes_its_browsers_along_and_the_next_one_sweeps(
    another_server: Callable[..., LocalServer], tmp_path: Path
) -> None:
    killed = another_server()
    with killed.sdk() as sdk:
        sdk.computers.create()
    processes, left = killed.chromiums(), killed.runtime
    killed.child.process.kill()
    killed.child.wait()
    assert_gone(processes, 5)
    assert left.exists()
    following = another_server()
    assert not left.exists()
    assert following.key == killed.key
    with following.sdk() as sdk:
        assert sdk.computers.list() == []


def test_its_output_never_carries_the_key(server: LocalServer, http: httpx.Client, shared: str) -> None:
    http.get(f"/computers/{shared}/cdp/json/version?token={server.key}")
    http.get(f"/computers/{shared}/nothing?token={server.key}")
    http.post(f"/computers/{shared}/click?token={server.key}", content=b"{")
    assert server.key not in server.child.output
