"""The base of every socket: authenticate, authorise, dispatch directly, cut on revocation.

A stock Channels consumer hops through one shared thread for every message; this one handles messages on the receiving
task, and no handler may await upstream or the database: it hands such work to a task of its own (`spawn`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from enum import IntEnum
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

import orjson
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from dashboard import live
from dashboard.database import unit
from dashboard.direct import EXTENSION
from dashboard.models import User
from dashboard.outlet import Outlet, outlet_for

logger = logging.getLogger(__name__)

#: Longest text message a browser may send, bytes; the longest legitimate one is a paste.
MESSAGE_LIMIT = 131_072
#: A browser's messages per second in the long run, and at once. A fast mouse, keys and acknowledgements stay below
#: half.
MESSAGES_PER_SECOND = 300.0
MESSAGE_BURST = 600.0
#: A malformed message costs this many well-formed ones.
MALFORMED_COST = 20.0
#: Authority is checked again this often even when no news came, seconds.
RECHECK_EVERY = 30.0


class Close(IntEnum):
    """Why a socket was closed, beyond the protocol's own codes."""

    SIGN_IN = 4001
    NOT_ALLOWED = 4003
    NOT_FOUND = 4004
    SECOND_FACTOR = 4005
    FLOOD = 4008
    REPLACED = 4009
    GONE = 4010
    AGAIN = 4012
    BROKEN = 4500


REASONS = {
    Close.SIGN_IN: "Please sign in again.",
    Close.NOT_ALLOWED: "You are no longer allowed to see this.",
    Close.NOT_FOUND: "There is no such computer.",
    Close.SECOND_FACTOR: "Your team requires a second factor. Reload the page to set one up.",
    Close.FLOOD: "Too many messages; the connection was closed.",
    Close.REPLACED: "This page has connected anew.",
    Close.GONE: "This computer has ended.",
    Close.AGAIN: "Please connect anew.",
    Close.BROKEN: "Something went wrong here; it has been logged.",
}


class Refused(Exception):
    """The socket must close, and why."""

    def __init__(self, code: Close) -> None:
        super().__init__(REASONS[code])
        self.code = code


class Socket(AsyncConsumer):  # type: ignore[misc]  # Channels is untyped
    """One browser's websocket. Subclasses fill in `authorise`, `opened`, `closed`, `on_message` and `on_news`."""

    user: User
    outlet: Outlet

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the socket from its handshake to its end. `scope["url_route"]` comes from the URL router."""
        self.scope, self._send, self._tokens, self._refilled = scope, send, MESSAGE_BURST, 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()
        self.query = {
            key: values[-1]
            for key, values in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()
        }
        await receive()
        await send({"type": "websocket.accept"})
        self.outlet = outlet_for(scope, send, on_broken=lambda: self.end(None))
        entered = False
        try:
            await self._check_authority()
            entered = True
            if (direct := scope.get("extensions", {}).get(EXTENSION)) is not None:
                direct.on_lost = lambda: self.end(None)
            await self._open()
            if not self._ending.done():
                self.spawn(self._hear_news())
                self.spawn(self._recheck())
                if direct is not None:
                    direct.hand_over(self.receive_text)
                self.spawn(self._read(receive))
            code = await self._ending
        except Refused as refused:
            code = refused.code
        except Exception:
            logger.exception("A socket failed.")
            code = Close.BROKEN
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if entered:
                await self.closed()
            await self.outlet.close()
        if code is not None:
            await self._say_goodbye(code)

    # For subclasses

    async def authorise(self) -> None:
        """Load what the socket shows, through `self.user`; raise `Refused`, `ObjectDoesNotExist` or `PermissionDenied`.
        Called at the start and again whenever authority may have changed."""

    async def opened(self) -> None:
        """The socket is accepted and authorised."""

    async def closed(self) -> None:
        """The socket ends. Called only after `authorise` let it in, perhaps in the middle of `opened`."""

    def on_message(self, text: str) -> None:
        """One text message, of at most `MESSAGE_LIMIT` bytes. Must not block."""

    def groups(self) -> list[str]:
        """The live groups to listen to, besides the person's own."""
        return []

    async def listening(self) -> None:
        """News will be heard from now on: read again what may have changed between `authorise` and this moment."""

    async def on_news(self, news: live.News) -> None:
        """Something was published to one of `groups`."""

    def tell(self, kind: str, **fields: Any) -> None:
        """Send one JSON message."""
        self.outlet.write_text(orjson.dumps({"type": kind, **fields}).decode())

    def complain(self, code: str, message: str, *, malformed: bool = False) -> None:
        """Send one `error`; a malformed message also uses up patience."""
        self.tell("error", code=code, message=message)
        if malformed:
            self._spend(MALFORMED_COST)

    def charge(self, cost: float) -> None:
        """The message just handled cost as much as this many others; a flood of such closes the socket earlier."""
        self._spend(cost)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside the messages; it is cancelled with the socket, and its failure ends the socket."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def end(self, code: Close | None) -> None:
        """Close the socket: with a code and its reason, or None when the browser has already gone."""
        if not self._ending.done():
            self._ending.set_result(code)

    # Inner works

    async def _open(self) -> None:
        """`opened`, given up as soon as the browser has gone: what nobody waits for must not hold up others."""
        opening = asyncio.create_task(self.opened())
        # Owned like every other task of the socket: it ends with it, also when the server cancels the whole.
        self._tasks.add(opening)
        opening.add_done_callback(self._tasks.discard)
        either: list[asyncio.Future[Any]] = [opening, self._ending]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
        try:
            await opening
        except asyncio.CancelledError:
            if not self._ending.done():
                raise

    async def _read(self, receive: Any) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                self.end(None)
                return
            self.receive_text(event.get("text"))

    def receive_text(self, text: str | None) -> None:
        """Take one message as the server read it; None stands for a binary one, which no browser of ours sends."""
        if self._ending.done() or not self._spend(1.0):
            # One that is being closed no longer acts: its viewer and its driver are on their way out.
            return
        if text is None:
            self.complain("malformed", "Only text messages are understood.", malformed=True)
        elif len(text) > MESSAGE_LIMIT:
            self.complain("too_large", "That message is too large.", malformed=True)
        else:
            try:
                self.on_message(text)
            except Exception:
                logger.exception("A message could not be handled.")
                self.end(Close.BROKEN)

    def _spend(self, cost: float) -> bool:
        now = asyncio.get_running_loop().time()
        self._tokens = min(MESSAGE_BURST, self._tokens + (now - self._refilled) * MESSAGES_PER_SECOND) - cost
        self._refilled = now
        if self._tokens < 0:
            self.end(Close.FLOOD)
        return self._tokens >= 0

    async def _check_authority(self) -> None:
        user, waits = await _signed_in_user(_session_key(self.scope))
        if user is None:
            raise Refused(Close.SIGN_IN)
        if waits:
            raise Refused(Close.SECOND_FACTOR)
        self.user = user
        try:
            await self.authorise()
        except ObjectDoesNotExist:
            raise Refused(Close.NOT_FOUND) from None
        except PermissionDenied:
            raise Refused(Close.NOT_ALLOWED) from None

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_EVERY)
            await self._check_authority()

    async def _hear_news(self) -> None:
        async with live.listen([live.user_group(self.user.pk), *self.groups()]) as all_news:
            await self.listening()
            async for news in all_news:
                if news.kind == live.AUTHORITY:
                    await self._check_authority()
                else:
                    await self.on_news(news)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, Refused):
            self.end(error.code)
        else:
            logger.error("A socket's task failed.", exc_info=error)
            self.end(Close.BROKEN)

    async def _say_goodbye(self, code: Close) -> None:
        try:
            await self._send({"type": "websocket.close", "code": int(code), "reason": REASONS[code]})
        except Exception:
            logger.debug("The browser left before it could be told why.")


def _session_key(scope: Any) -> str:
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""


def signed_in_user(session_key: str) -> tuple[User | None, bool]:
    """The person, and whether a team of theirs waits for a second factor. For code inside a unit."""
    if not session_key:
        return None, False
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    # get_user also verifies the password's fingerprint, so a changed password ends old sessions.
    user = get_user(cast("HttpRequest", SimpleNamespace(session=session)))
    if not (isinstance(user, User) and user.is_active):
        return None, False
    return user, user.team_that_waits() is not None


_signed_in_user = unit(signed_in_user)
