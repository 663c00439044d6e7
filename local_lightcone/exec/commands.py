import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from uuid import uuid4

from ..chromium.home import Home
from ..problems import Problem
from ..sessions.events import Events
from .command import Command
from .limits import MOST_COMMANDS
from .order import Order
from .room import Room
from .sandbox import Sandbox

LONGEST_TOLD = 2000
"""Of a command, in the event that tells of it."""


@dataclass(frozen=True, slots=True)
class Output:
    kind: str
    """`stdout` or `stderr`."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Exit:
    code: int


class Refusal(Problem):
    """A command that was not begun. Its status is one that the official client does not repeat by itself,
    unless repeating may help; `code` is what a stream's error line says."""

    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        super().__init__(status, title, detail)
        self.code = code


class Commands:
    """The commands of one computer: a bounded number at once, and none of them longer than it."""

    def __init__(
        self, sandbox: Sandbox | None, home: Home, events: Events, touch: Callable[[], None]
    ) -> None:
        self._sandbox, self._home, self._events, self._touch = sandbox, home, events, touch
        self._room = Room(home.path / "workspace")
        self._attended: dict[Command, asyncio.Task[None]] = {}
        self._beginning = 0
        self._closed = False

    async def run(self, order: Order, request_id: str | None = None) -> AsyncGenerator[Output | Exit, None]:
        """What it writes, as it comes and only as fast as it is taken; `Exit` is last. Closing this kills it.

        With `request_id` the caller tells the readers of `/events` itself that a command begins and ends.
        """
        told = request_id is None
        request_id = request_id or f"req_{uuid4().hex[:16]}"
        if told:
            shown = {"command": order.command[:LONGEST_TOLD], "cwd": order.cwd}
            about = {"type": "action_request", "request_id": request_id, "action": "exec"}
            self._events.publish({**about, **shown})
        code = -1
        try:
            async with contextlib.aclosing(self._run(order)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Exit):
                        code = piece.code
                    else:
                        data = b64encode(piece.data).decode()
                        is_stderr = piece.kind == "stderr"
                        self._events.publish({"request_id": request_id, "data": data, "is_stderr": is_stderr})
                    yield piece
        finally:
            if told:
                self._events.publish({"type": "action_response", "request_id": request_id, "exit_code": code})

    async def close(self) -> None:
        self._closed = True
        for command in self._attended:
            command.kill()
        await asyncio.gather(*self._attended.values(), return_exceptions=True)

    async def _run(self, order: Order) -> AsyncGenerator[Output | Exit, None]:
        command = await self._begin(order)
        attending = asyncio.create_task(command.attend(self._touch))
        self._attended[command] = attending
        attending.add_done_callback(lambda _: self._attended.pop(command))
        try:
            for note in command.notes:
                yield _note(note)
            while pieces := await command.read():
                for kind, data in pieces:
                    yield Output(kind, data)
            code = await command.exit_code()
            if command.reason:
                yield _note(f"ended: {command.reason}")
            yield Exit(code)
        finally:
            command.kill()
            command.close()
            await asyncio.shield(attending)

    async def _begin(self, order: Order) -> Command:
        if self._sandbox is None:
            raise commands_off()
        if len(self._attended) + self._beginning >= MOST_COMMANDS:
            raise too_many()
        self._beginning += 1
        try:
            command = await Command.start(order, self._home, self._room, self._sandbox)
        except OSError as error:
            raise Refusal(
                422, "NOT_STARTED", "The command was not started", error.strerror or "no reason"
            ) from error
        finally:
            self._beginning -= 1
        if self._closed:
            command.kill()
        return command


def commands_off() -> Refusal:
    return Refusal(
        403,
        "COMMANDS_OFF",
        "Commands are off",
        "No sandbox works on this machine, which takes bubblewrap and user namespaces. Install bubblewrap and "
        "permit user namespaces, or set LIGHTDECK_UNSAFE_EXEC=1 to run commands without one, at your own risk.",
    )


def too_many() -> Refusal:
    return Refusal(
        429,
        "TOO_MANY_COMMANDS",
        "Too many commands",
        f"A computer runs {MOST_COMMANDS} commands at once: wait for one to end.",
    )


def _note(sentence: str) -> Output:
    return Output("stderr", f"[lightdeck: {sentence}]\n".encode())
