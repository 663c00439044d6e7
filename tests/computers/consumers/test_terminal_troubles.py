"""What goes wrong at a terminal: upstream, roles that are lost, computers that end, and what a page should not say."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from computers import timeline
from computers.actions import exec
from computers.models import Kind
from dashboard.models import User
from dashboard.permissions import Role
from dashboard.sockets import Close
from tests.computers.conftest import audit, last_audit
from tests.computers.consumers.conftest import Room
from tests.computers.consumers.terminal_room import DONE, become, enter, gone
from tests.support.commands import EXEC, Endless, line, lines
from tests.support.fake_upstream import answer


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            lines(line("error", code="NO_SANDBOX", message="There is no sandbox here.")),
            "There is no sandbox here.",
        ),
        (lines(line("stdout", data="a")), "may still be running"),
        (answer(500, {"title": "Broken"}), "failure of its own"),
        (answer(404, {"title": "Session not found"}), "does not know this computer"),
    ],
)
async def test_what_goes_wrong_upstream_is_one_sentence_and_the_next_command_runs(
    room: Room, bob: User, script: Any, words: str
) -> None:
    room.service.scripts[EXEC] = script
    async with await enter(room, bob) as terminal:
        ended = await terminal.run("ls")
        assert ended["outcome"] == "failed" and words in ended["message"]
        room.service.scripts[EXEC] = lines(DONE)
        assert (await terminal.run("ls"))["code"] == 0
        assert terminal.errors == []


async def test_a_service_that_dies_in_the_middle_is_one_sentence(room: Room, bob: User) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="."), then_hang=True)
    async with await enter(room, bob) as terminal:
        await terminal.say("run", command="sleep 100")
        await terminal.until(lambda: terminal.said)
        room.service.hang_up()
        ended = await terminal.heard("ended")
        assert ended["message"].startswith("The Lightcone service") or "broke off" in ended["message"]
        assert ended["may_run"] is True


async def test_a_viewer_and_a_stranger_have_no_terminal(room: Room, vera: User, charlie: User) -> None:
    async with await enter(room, vera) as terminal:
        assert await terminal.closed() == Close.NOT_ALLOWED
    async with await enter(room, charlie) as terminal:
        assert await terminal.closed() == Close.NOT_FOUND
    assert not room.service.requests


@pytest.mark.parametrize(("role", "code"), [(Role.VIEWER, Close.NOT_ALLOWED), (None, Close.NOT_FOUND)])
async def test_who_loses_the_role_loses_the_terminal_and_the_command(
    room: Room, bob: User, role: Role | None, code: Close
) -> None:
    endless = Endless(line("stdout", data="x\n"))
    room.service.scripts[EXEC] = endless
    async with await enter(room, bob) as terminal:
        await terminal.say("run", command="yes")
        await terminal.until(lambda: terminal.said)
        await become(bob, role)
        assert await terminal.closed() == code
        async with asyncio.timeout(10):
            await endless.left.wait()


async def test_a_computer_that_ends_closes_its_terminals(room: Room, bob: User) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="."), then_hang=True)
    async with await enter(room, bob) as terminal:
        await terminal.say("run", command="sleep 100")
        await terminal.until(lambda: terminal.said)
        await gone(room.computer)
        assert await terminal.closed() == Close.GONE
        assert terminal.of("gone")
    async with await enter(room, bob) as late:
        assert await late.closed() == Close.GONE


async def test_who_ran_what_is_audited_and_in_the_timeline_without_values(
    room: Room, bob: User, entries: list[timeline.Entry]
) -> None:
    room.service.scripts[EXEC] = lines(line("stdout", data="hunter2 out"), line("exit", code=3))
    command = "deploy " + "x" * 400
    async with await enter(room, bob) as terminal:
        await terminal.run(command, environment={"TOKEN": "hunter2"})
    assert await audit() == [
        ("Bob", "computer.exec", "requested"),
        ("Bob", "computer.exec", "succeeded"),
    ]
    started, ended = entries
    assert started.kind == ended.kind == Kind.COMMAND and started.outcome is None
    assert ended.sentence.endswith("exit 3") and ended.result and ended.result["exit_code"] == 3
    assert ended.request and ended.request["environment"] == ["TOKEN"]
    assert len(ended.request["command"]) == exec.COMMAND_SHOWN
    kept = repr([started, ended, (await last_audit()).detail])
    assert "hunter2" not in kept and command not in kept


ODD: list[tuple[str, str]] = [
    ("", "malformed"),
    ("nonsense", "malformed"),
    ("[]", "malformed"),
    ('{"type": "input", "data": "x"}', "malformed"),
    ('{"type": "run"}', "malformed"),
    ('{"type": "run", "command": ""}', "empty"),
    ('{"type": "run", "command": "a\\u0000b"}', "control_character"),
    ('{"type": "run", "command": "ls", "timeout": 0}', "bad_timeout"),
    ('{"type": "run", "command": "ls", "timeout": 1e9}', "bad_timeout"),
    ('{"type": "run", "command": "ls", "environment": {"A-B": ""}}', "bad_environment"),
    ('{"type": "run", "command": "%s"}' % ("x" * 16_385), "too_long"),
    ('{"type": "run", "command": "%s"}' % ("x" * 140_000), "too_large"),
    ('{"type": "cancel"}', "not_running"),
]


@pytest.mark.parametrize(("odd", "code"), ODD)
async def test_one_odd_message_is_one_error_and_nothing_is_run(
    room: Room, bob: User, odd: str, code: str
) -> None:
    room.service.scripts[EXEC] = lines(DONE)
    async with await enter(room, bob) as terminal:
        await terminal.raw(odd)
        await terminal.say("seen", seq=123)
        await terminal.say("ping")
        await terminal.heard("pong")
        assert terminal.errors == [code] and not room.service.asked(EXEC)
        assert (await terminal.run("ls"))["code"] == 0


async def test_a_flood_closes_the_terminal(room: Room, bob: User) -> None:
    async with await enter(room, bob) as terminal:
        await terminal.heard("hello")
        for _ in range(2000):
            await terminal.say("ping")
        assert await terminal.closed() == Close.FLOOD
