"""Running a command on a computer. Needs the role only: it touches neither mouse nor keyboard nor page."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any

from computers import timeline
from computers.actions.acted import acted
from computers.actions.allowed import admit
from computers.actions.refusal import Refused
from computers.connections import client_of
from computers.models import Computer, Kind
from computers.upstream import commands, errors
from computers.upstream.client import Client
from computers.wire.commands import Command, Exit, Output, Stream
from dashboard.permissions import Action, Actor

#: How much of a command the audit log and the timeline keep, characters: the rest is somebody's script.
COMMAND_SHOWN = 200
#: Commands of one computer that this process waits for at one time.
RUNS_PER_COMPUTER = 8
#: Where `cd` leads is at most this long; what a shell says beyond it is dropped. Characters.
DIRECTORY_LIMIT = 8192

Hear = Callable[[Stream, str], Awaitable[None]]

_running: Counter[int] = Counter()


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: its exit code if upstream told it (-1: out of time, or ended otherwise), how long it took,
    and where a `cd` led."""

    code: int | None
    seconds: float
    directory: str | None = None


@dataclass(slots=True)
class _Heard:
    """What came so far: its amount, and for a `cd` its end."""

    stdout: int = 0
    stderr: int = 0
    said: str = ""

    def count(self, output: Output) -> None:
        """Some more of it."""
        if output.stream == "stdout":
            self.stdout += len(output.text)
        else:
            self.stderr += len(output.text)


async def run(actor: Actor, computer: Computer, command: Command, hear: Hear) -> Finished:
    """Run `command`; `hear` gets its output, as it comes where the connection streams, and is waited for.

    Being cancelled closes the stream, and with it the command; a command sent to exec/sync may go on. Raises `Refused`,
    `PermissionDenied`, `UpstreamError`.
    """
    await admit(actor, Action.EXEC, computer)
    streams = computer.connection.streams_commands
    shown = _cut(command.text)
    told: dict[str, Any] = {
        "command": shown,
        "directory": command.directory,
        "environment": sorted(command.environment),
        "timeout_seconds": command.timeout,
        "streamed": streams,
    }
    heard = _Heard()
    with _one_more(computer):
        _note_start(actor, computer, shown, told)
        async with acted(
            actor, Action.EXEC, computer, f"ran {shown}", kind=Kind.COMMAND, request=told, **told
        ) as found:
            began = time.monotonic()
            try:
                code = await _perform(computer, command, hear, heard, streams)
            except asyncio.CancelledError:
                found["sentence"] = f"did not wait for {shown}" + (
                    "" if streams else ": it may still be running"
                )
                raise
            except errors.UpstreamError as error:
                found["sentence"] = f"could not run {shown}: {error}"[:300]
                raise
            seconds = time.monotonic() - began
            found["sentence"] = f"ran {shown}: exit {'unknown' if code is None else code}"
            found["result"] = {
                "exit_code": code,
                "seconds": round(seconds, 3),
                "stdout_characters": heard.stdout,
                "stderr_characters": heard.stderr,
            }
            found["exit_code"] = code
    return Finished(code, seconds, _directory(command, heard.said, code))


async def _perform(
    computer: Computer, command: Command, hear: Hear, heard: _Heard, streams: bool
) -> int | None:
    moves = command.only_changes_directory()
    if moves:
        command = dataclasses.replace(command, text=f"{command.text} && pwd")
    async with client_of(computer.connection) as client:
        async with aclosing(_said(client, computer, command, streams)) as all_said:
            async for said in all_said:
                if isinstance(said, Exit):
                    return said.code
                heard.count(said)
                if moves and said.stream == "stdout":
                    heard.said = (heard.said + said.text)[-DIRECTORY_LIMIT:]
                else:
                    await hear(said.stream, said.text)
    return None


async def _said(
    client: Client, computer: Computer, command: Command, streams: bool
) -> AsyncGenerator[Output | Exit, None]:
    if streams:
        async with aclosing(commands.exec(client, computer.upstream_id, command)) as all_said:
            async for said in all_said:
                yield said
    else:
        for line in await commands.exec_sync(client, computer.upstream_id, command):
            yield line


def _directory(command: Command, said: str, code: int | None) -> str | None:
    if code != 0 or not command.only_changes_directory():
        return None
    return next((line for line in reversed(said.splitlines()) if line.startswith("/")), None)


def _note_start(actor: Actor, computer: Computer, shown: str, told: dict[str, Any]) -> None:
    entry = timeline.Entry(Kind.COMMAND, f"started {shown}", actor=actor, request=told)
    timeline.note(computer.pk, computer.public_id, entry)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= COMMAND_SHOWN else line[: COMMAND_SHOWN - 1] + "…"


@contextmanager
def _one_more(computer: Computer) -> Iterator[None]:
    if _running[computer.pk] >= RUNS_PER_COMPUTER:
        raise Refused(
            f"{RUNS_PER_COMPUTER} commands are running on this computer already. Wait for one to end.",
            "too_many",
        )
    _running[computer.pk] += 1
    try:
        yield
    finally:
        _running[computer.pk] -= 1
        if not _running[computer.pk]:
            del _running[computer.pk]
