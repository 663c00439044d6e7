"""Whatever ends a command, nothing of it stays: its time, its client, its computer, its shell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import httpx
import pytest
from tzafon import APITimeoutError, Lightcone, RateLimitError

from local_lightcone.exec.limits import MOST_COMMANDS
from tests.support.lasting import lasting, running_commands

from .harness import LocalServer

GONE_SECONDS = 10


@pytest.fixture
def name() -> str:
    return token_hex(6)


def stubborn(name: str) -> str:
    """Children that left their parent's group and session, and one that ignores every polite signal."""
    once = lasting(name)
    return (
        f"setsid {once} & nohup {once} & (setsid nohup {once} </dev/null >/dev/null 2>&1 & ) & "
        f"trap '' TERM INT HUP; echo up; {once}"
    )


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_timeout_ends_the_whole_tree(sdk: Lightcone, shared: str, name: str) -> None:
    answer = sdk.computers.exec.sync(shared, command=stubborn(name), timeout_seconds=2)
    assert answer.exit_code == -1
    assert str(answer.stdout).startswith("up\n") and "not done within 2 s" in str(answer.stderr)
    assert not running_commands(name, GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_streams_timeout_is_exit_minus_one(sdk: Lightcone, shared: str, name: str) -> None:
    lines = list(sdk.computers.exec.create(shared, command=stubborn(name), timeout_seconds=2))
    assert (lines[-1].type, lines[-1].code) == ("exit", -1)
    assert not running_commands(name, GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_background_command_answers_at_once_and_ends_with_its_shell(
    sdk: Lightcone, shared: str, name: str
) -> None:
    answer = sdk.computers.exec.sync(shared, command=f"setsid nohup {lasting(name)} &", timeout_seconds=60)
    assert answer.exit_code == 0
    assert not running_commands(name, GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_reader_that_leaves_takes_it_along(sdk: Lightcone, shared: str, name: str) -> None:
    stream = sdk.computers.exec.create(shared, command=stubborn(name))
    assert next(stream).data == "up\n"
    assert running_commands(name)
    stream.close()
    assert not running_commands(name, GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_reader_that_leaves_before_a_word_was_said_does_too(
    sdk: Lightcone, http: httpx.Client, shared: str, name: str
) -> None:
    for path in ("exec", "exec/sync"):
        with pytest.raises(httpx.ReadTimeout):
            body = {"command": lasting(name)}
            http.post(f"/computers/{shared}/{path}", json=body, timeout=httpx.Timeout(10, read=1))
        assert not running_commands(name, GONE_SECONDS), path
    assert [line.type for line in sdk.computers.exec.create(shared, command="true")] == ["exit"]


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
@pytest.mark.must("once")
@pytest.mark.must("patience")
def test_a_repeated_request_finds_the_command_it_left(server: LocalServer, fresh: Callable[..., str]) -> None:
    """The official client's read gives up and it asks again: it ran three times in the real service."""
    computer = fresh()
    patient = Lightcone(
        api_key=server.key, base_url=server.url, max_retries=2, timeout=httpx.Timeout(10, read=3)
    )
    with patient:
        answer = patient.computers.exec.sync(computer, command="echo once >> log; sleep 5; cat log")
        assert answer.stdout == "once\n"
        again = patient.computers.exec.sync(computer, command="cat log")
        assert again.stdout == "once\n"


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_the_official_client_leaves_no_command_behind(sdk: Lightcone, shared: str, name: str) -> None:
    with pytest.raises(APITimeoutError):
        sdk.computers.exec.sync(shared, command=lasting(name), timeout=httpx.Timeout(10, read=1))
    assert not running_commands(name, 10 + GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_computers_end_is_its_commands_end(sdk: Lightcone, fresh: Callable[..., str], name: str) -> None:
    computer = fresh()
    stream = sdk.computers.exec.create(computer, command=stubborn(name))
    assert next(stream).data == "up\n"
    sdk.computers.delete(computer)
    assert not running_commands(name)
    assert [(line.type, line.code) for line in stream] == [("exit", -1)]


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_a_killed_server_leaves_no_command(another_server: Callable[..., LocalServer], name: str) -> None:
    running = another_server()
    with running.sdk() as sdk:
        stream = sdk.computers.exec.create(str(sdk.computers.create().id), command=stubborn(name))
        assert next(stream).data == "up\n"
        running.child.process.kill()
        running.child.wait()
    assert not running_commands(name, GONE_SECONDS)


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_computer_runs_a_bounded_number_at_once(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh()
    streams = [sdk.computers.exec.create(computer, command="echo up; sleep 60") for _ in range(MOST_COMMANDS)]
    assert [next(stream).data for stream in streams] == ["up\n"] * MOST_COMMANDS
    with pytest.raises(RateLimitError, match="at once"):
        sdk.computers.exec.sync(computer, command="true")
    (line,) = sdk.computers.exec.create(computer, command="true")
    assert str(line.code) == "TOO_MANY_COMMANDS"
    for stream in streams:
        stream.close()


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_running_command_keeps_its_computer_from_idling(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh(inactivity_timeout_seconds=3)
    assert sdk.computers.exec.sync(computer, command="sleep 6; echo still here").stdout == "still here\n"


def test_one_computers_commands_do_not_hold_up_another(
    sdk: Lightcone, shared: str, fresh: Callable[..., str]
) -> None:
    other, began = fresh(), threading.Event()

    def talk() -> None:
        for line in sdk.computers.exec.create(other, command="yes", timeout_seconds=5):
            began.set()
            if line.type == "exit":
                assert line.code == -1

    with ThreadPoolExecutor(1) as pool:
        talking = pool.submit(talk)
        assert began.wait(20)
        assert sdk.computers.exec.sync(shared, command="echo quick", timeout=20).stdout == "quick\n"
        talking.result(60)
