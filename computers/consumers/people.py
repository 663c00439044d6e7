"""Browser tabs of people, in this process: no two live sockets of one person may go by the same client id.

A duplicated tab copies the id, and a reload or a lost network leaves an old socket that still seems alive. They differ
in that a duplicate's page answers: the old socket is asked, and only if it stays silent does the new one take its id
over.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Protocol

from dashboard.models import User
from dashboard.sockets import Close

#: How long an older socket may take to say that its page is still there, seconds.
ANSWER_TIMEOUT = 1.0
_CLIENT_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")


class Tab(Protocol):
    """A socket as far as this room knows it."""

    user: User
    client: str

    def tell(self, kind: str, **fields: object) -> None:
        """Send one message."""

    def end(self, code: Close | None) -> None:
        """Close the socket."""


_tabs: dict[tuple[int, str], Tab] = {}
_asked: dict[int, asyncio.Future[None]] = {}


async def settle(tab: Tab, wanted: str) -> str:
    """The client id `tab` goes by from now on: the one it wants, or a new one if that is odd or another live tab's."""
    client = wanted if _CLIENT_ID.fullmatch(wanted) else secrets.token_urlsafe(12)
    # Once more after each wait: two new sockets may both have asked the same silent one.
    while (older := _tabs.get((tab.user.pk, client))) is not None:
        if await _is_there(older):
            client = secrets.token_urlsafe(12)
        elif _tabs.get((tab.user.pk, client)) is older:
            older.end(Close.REPLACED)
            break
    _tabs[tab.user.pk, client] = tab
    return client


def leave(tab: Tab) -> None:
    """`tab` is gone."""
    if _tabs.get((tab.user.pk, tab.client)) is tab:
        del _tabs[tab.user.pk, tab.client]


def answered(tab: Tab) -> None:
    """The page behind `tab` said that it is there."""
    future = _asked.pop(id(tab), None)
    if future is not None and not future.done():
        future.set_result(None)


async def _is_there(tab: Tab) -> bool:
    future = _asked.setdefault(id(tab), asyncio.get_running_loop().create_future())
    tab.tell("probe")
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            await asyncio.shield(future)
    except TimeoutError:
        _asked.pop(id(tab), None)
        return False
    return True
