"""The terminal's socket: commands run, streamed or at the end, cancelled, refused; who may not, does not."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from computers import timeline
from computers.actions import exec
from computers.consumers.flight import PIECE_LIMIT, WINDOW
from dashboard.models import Outcome, User
from tests.computers.conftest import last_audit, soon
from tests.computers.consumers.conftest import Room
from tests.computers.consumers.terminal_room import DONE, enter, streams
from tests.support.commands import EXEC, SYNC, Endless, line, lines, standstill
from tests.support.fake_upstream import answer, silence


async def test_it_says_what_it_can_do(room: Room, bob: User) -> None:
    async with await enter(room, bob) as terminal:
        hello = await terminal.heard("hello")
    assert (hello["streams"], hello["directory"], hello["timeout"]) == (True, "/workspace", 120)


async def test_output_comes_with_its_stream_and_then_the_exit(room: Room, bob: User) -> None:
    said = [line("stdout", data="größer\n"), line("stderr", data="warn\n"), line("exit", code=3)]
    room.service.scripts[EXEC] = lines(*said)
    async with await enter(room, bob) as terminal:
        ended = await terminal.run("make", timeout=9, directory="/tmp", environment={"A": "1"})
    assert terminal.said == [(1, "größer\n".encode()), (2, b"warn\n")]
    assert (ended["outcome"], ended["code"], ended["directory"]) == ("exit", 3, None)
    [request] = room.service.asked(EXEC)
    assert orjson.loads(request.body) == {
        "command": "make", "cwd": "/tmp", "env": {"A": "1"}, "timeout_seconds": 9,
    }  # fmt: skip


async def test_with_the_switch_off_it_comes_at_the_end(room: Room, bob: User) -> None:
    room.service.scripts[SYNC] = answer(body={"exit_code": 2, "stdout": "out\n", "stderr": "err\n"})
    async with await enter(room, bob, streamed=False) as terminal:
        ended = await terminal.run("make")
        assert terminal.of("started")[-1]["streams"] is False
    assert terminal.said == [(1, b"out\n"), (2, b"err\n")] and ended["code"] == 2
    assert not room.service.asked(EXEC)


async def test_the_switch_may_be_turned_while_a_terminal_is_open(room: Room, bob: User) -> None:
    room.service.scripts[SYNC] = answer(body={"exit_code": 0, "stdout": "", "stderr": ""})
    async with await enter(room, bob) as terminal:
        await terminal.heard("hello")
        await streams(room.computer, False)
        assert (await terminal.run("ls"))["code"] == 0
    assert room.service.asked(SYNC) and not room.service.asked(EXEC)


async def test_a_cd_is_asked_where_it_leads(room: Room, bob: User) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="/usr/share\n"), DONE)
    async with await enter(room, bob) as terminal:
        ended = await terminal.run("cd share", directory="/usr")
    assert ended["directory"] == "/usr/share" and terminal.said == []
    sent = orjson.loads(room.service.asked(EXEC)[0].body)
    assert (sent["command"], sent["cwd"]) == ("cd share && pwd", "/usr")


async def test_a_cd_that_fails_leads_nowhere_and_says_why(room: Room, bob: User) -> None:
    said = lines(line("stderr", data="no such directory\n"), line("exit", code=1))
    room.service.scripts[EXEC] = said
    async with await enter(room, bob) as terminal:
        ended = await terminal.run("cd nowhere")
    assert (ended["directory"], ended["code"]) == (None, 1)
    assert terminal.output(2) == "no such directory\n"


async def test_cancelling_closes_the_stream(room: Room, bob: User) -> None:
    endless = Endless(line("stdout", data="x\n"))
    room.service.scripts[EXEC] = endless
    async with await enter(room, bob) as terminal:
        await terminal.say("run", command="yes")
        await terminal.until(lambda: terminal.said)
        await terminal.say("cancel")
        ended = await terminal.heard("ended")
        assert (ended["outcome"], ended["may_run"]) == ("cancelled", False)
        async with asyncio.timeout(10):
            await endless.left.wait()
        room.service.scripts[EXEC] = lines(DONE)
        assert (await terminal.run("ls"))["code"] == 0


async def test_cancelling_what_answers_at_the_end_says_that_it_may_still_run(
    room: Room, bob: User, entries: list[timeline.Entry]
) -> None:
    room.service.scripts[SYNC] = silence
    async with await enter(room, bob, streamed=False) as terminal:
        await terminal.say("run", command="sleep 100")
        await soon(lambda: room.service.asked(SYNC))
        await terminal.say("cancel")
        assert (await terminal.heard("ended"))["may_run"] is True
    assert entries[-1].sentence == "did not wait for sleep 100: it may still be running"
    assert (await last_audit()).outcome == Outcome.UNKNOWN


async def test_a_browser_that_leaves_takes_its_command_with_it(room: Room, bob: User) -> None:
    endless = Endless(line("stdout", data="x\n"))
    room.service.scripts[EXEC] = endless
    async with await enter(room, bob) as terminal:
        await terminal.say("run", command="yes")
        await terminal.until(lambda: terminal.said)
    async with asyncio.timeout(10):
        await endless.left.wait()
    await soon(lambda: not exec._running)


async def test_one_command_at_a_time_in_each_terminal(room: Room, alice: User, bob: User) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="."), then_hang=True)
    async with await enter(room, alice) as hers, await enter(room, bob) as his:
        for terminal in (hers, his):
            await terminal.say("run", command="sleep 100")
            await terminal.until(lambda terminal=terminal: terminal.said)
        await hers.say("run", command="ls")
        await hers.until(lambda: hers.errors == ["busy"])
        assert len(room.service.asked(EXEC)) == 2 and his.errors == []


async def test_a_computer_runs_so_many_at_once_and_no_more(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exec, "RUNS_PER_COMPUTER", 1)
    room.service.scripts[EXEC] = lines(line("stdout", data="."), then_hang=True)
    async with await enter(room, bob) as first, await enter(room, bob) as second:
        await first.say("run", command="sleep 100")
        await first.until(lambda: first.said)
        ended = await second.run("ls")
        assert (ended["outcome"], ended["reason"]) == ("failed", "too_many")
        await first.say("cancel")
        await first.heard("ended")
        room.service.scripts[EXEC] = lines(DONE)
        assert (await second.run("ls"))["code"] == 0


@pytest.mark.parametrize("size", [100, 60_000])
async def test_no_more_than_the_window_is_on_its_way(room: Room, bob: User, size: int) -> None:
    endless = Endless(line("stdout", data="x" * size))
    room.service.scripts[EXEC] = endless
    async with await enter(room, bob) as terminal:
        terminal.acknowledges = False
        await terminal.say("run", command="yes")
        await terminal.until(lambda: terminal.said)
        await standstill(lambda: terminal.size + endless.sent)
        came = terminal.size
        assert 0 < came <= WINDOW and max(len(data) for _, data in terminal.said) <= PIECE_LIMIT
        await terminal.say("seen", seq=terminal.last)
        await terminal.until(lambda: terminal.size > came)


async def test_a_character_is_never_cut(room: Room, bob: User) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="x" + "€" * 50_000), DONE)
    async with await enter(room, bob) as terminal:
        await terminal.run("printf")
    assert all(data.decode() for _, data in terminal.said) and terminal.output() == "x" + "€" * 50_000
