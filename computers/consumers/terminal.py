"""`/ws/computers/<id>/terminal/`: commands, and what they say. What it speaks is in `wire/terminal.py`; the verb is
`actions.exec`."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.exceptions import PermissionDenied

from computers import records
from computers.actions import Refused, exec
from computers.consumers.flight import Flight, pieces
from computers.models import Computer, find_with_role
from computers.upstream.errors import UpstreamError
from computers.wire import terminal as wire
from computers.wire.commands import DEFAULT_TIMEOUT, HOME, Command, Stream
from dashboard import live
from dashboard.permissions import Action, Actor, Role
from dashboard.sockets import Close, Socket

#: Running a command costs as much patience as this many other messages: it is audited, logged and sent upstream.
RUN_COST = 20.0


class TerminalConsumer(Socket):
    """One person's terminal on one computer: one command at a time."""

    computer: Computer
    role: Role
    _command: asyncio.Task[None] | None = None
    _cancelled = False

    def __init__(self) -> None:
        super().__init__()
        self._flight = Flight()

    # Coming and going

    async def authorise(self) -> None:
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        self.computer, self.role = await find_with_role(self.user, public_id, Action.EXEC)

    async def opened(self) -> None:
        self.tell(
            "hello",
            protocol=wire.PROTOCOL,
            streams=self.computer.connection.streams_commands,
            directory=HOME,
            timeout=DEFAULT_TIMEOUT,
            timeout_limit=wire.TIMEOUT_LIMIT,
        )
        self._leave_if_gone()

    async def listening(self) -> None:
        await self._check_authority()
        self._leave_if_gone()

    def groups(self) -> list[str]:
        return [live.computer_group(self.computer.public_id)]

    async def on_news(self, news: live.News) -> None:
        if news.kind == records.GONE_NEWS:
            await self._check_authority()
            self._leave_if_gone()

    def _leave_if_gone(self) -> None:
        if self.computer.is_gone:
            self.tell("gone", reason=self.computer.gone_reason)
            self.end(Close.GONE)

    # What the browser says

    def on_message(self, text: str) -> None:
        try:
            message = wire.parse(text)
        except wire.Malformed as malformed:
            self.complain(malformed.code, str(malformed), malformed=True)
            return
        match message:
            case wire.Run(command):
                self.charge(RUN_COST)
                self._on_run(command)
            case wire.Cancel():
                self._on_cancel()
            case wire.Seen(seq):
                self._flight.seen(seq)
            case wire.Ping():
                self.tell("pong")

    def _on_run(self, command: Command) -> None:
        if self._command is not None:
            self.complain("busy", "A command is running in this terminal already.")
            return
        self._cancelled = False
        self._command = self.spawn(self._run(command))

    def _on_cancel(self) -> None:
        if self._command is None:
            self.complain("not_running", "No command is running in this terminal.")
        elif not self._cancelled:
            self._cancelled = True
            self._command.cancel()

    # Running

    @property
    def actor(self) -> Actor:
        """The person, and where from."""
        client = self.scope.get("client") or [""]
        return Actor(self.user, "", str(client[0]))

    async def _run(self, command: Command) -> None:
        ended: dict[str, Any] = {"outcome": "failed", "code": None, "directory": None}
        clock = asyncio.get_running_loop().time
        began = clock()
        streams = self.computer.connection.streams_commands
        try:
            # The switch may have been turned since this terminal was opened.
            await self._check_authority()
            streams = self.computer.connection.streams_commands
            self.tell("started", streams=streams)
            finished = await exec.run(self.actor, self.computer, command, self._say)
            ended |= {"outcome": "exit", "code": finished.code, "directory": finished.directory}
            began = clock() - finished.seconds
        except asyncio.CancelledError:
            if not self._cancelled:
                raise
            ended |= {"outcome": "cancelled", "may_run": not streams}
        except Refused as refused:
            ended |= {"reason": refused.code, "message": str(refused)}
        except PermissionDenied:
            ended |= {
                "reason": "not_allowed",
                "message": "Your role does not allow you to run commands here.",
            }
        except UpstreamError as error:
            ended |= {"reason": "upstream", "message": str(error), "may_run": error.outcome_unknown}
        finally:
            self._command = None
        self.tell("ended", **ended, milliseconds=round((clock() - began) * 1000))

    async def _say(self, stream: Stream, text: str) -> None:
        """Give output to the page; waits while as much as may be is on its way."""
        for piece in pieces(text):
            seq = await self._flight.room(len(piece))
            self.outlet.write_bytes(wire.HEADER.pack(wire.STREAMS[stream], seq), piece)
