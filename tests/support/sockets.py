"""A browser's websocket, without a browser: the consumer itself, signed in as somebody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from dashboard.database import unit
from dashboard.models import User

WAIT_SECONDS = 15.0


@unit
def sign_in(user: User) -> str:
    """A new session of theirs; its key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


class Ended(Exception):
    """The socket was closed by the server, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class OpenSocket:
    """One open socket. Every message that comes is JSON text here."""

    def __init__(self, communicator: Any) -> None:
        self._communicator = communicator

    async def next(self, seconds: float = WAIT_SECONDS) -> dict[str, Any]:
        """The next message; `Ended` if the server closes instead."""
        event = await self._communicator.receive_output(seconds)
        if event["type"] == "websocket.close":
            raise Ended(event["code"])
        return dict(orjson.loads(event["text"]))

    async def next_of(self, kind: str) -> dict[str, Any]:
        """The next message of that type."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (message := await self.next())["type"] != kind:
                continue
        return message

    async def silent(self, seconds: float = 0.5) -> bool:
        """Whether nothing comes for so long."""
        return bool(await self._communicator.receive_nothing(seconds, 0.02))

    async def send(self, text: str) -> None:
        await self._communicator.send_to(text_data=text)

    async def code(self, seconds: float = WAIT_SECONDS) -> int:
        """The code the server closes with, within so long."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.next(seconds)
        except Ended as ended:
            return ended.code


@asynccontextmanager
async def opened(
    application: Callable[..., Any], path: str, session_key: str = "", **kwargs: str
) -> AsyncIterator[OpenSocket]:
    """The socket at `path`, as the browser with that session opens it; `kwargs` are what the URL router found."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
    communicator = WebsocketCommunicator(application, path, headers=[(b"cookie", cookie)])
    communicator.scope["url_route"] = {"args": (), "kwargs": kwargs}
    connected, _ = await communicator.connect(timeout=WAIT_SECONDS)
    assert connected
    try:
        yield OpenSocket(communicator)
    finally:
        await communicator.disconnect(timeout=WAIT_SECONDS)
