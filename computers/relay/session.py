"""A DevTools session on one tab, for the length of a block."""

from __future__ import annotations

import asyncio
from typing import Any

from computers.upstream import errors
from computers.upstream.cdp import CdpConnection, CommandFailed

#: What Chromium says of a tab between two pages; it is asked again this often, this far apart in seconds.
BETWEEN_PAGES = "Not attached to an active page"
BETWEEN_PAGES_ATTEMPTS, BETWEEN_PAGES_WAIT = 15, 0.2


class Session:
    """A DevTools session on one tab for the length of a block; it does not disturb the cast's."""

    def __init__(self, connection: CdpConnection, tab: str) -> None:
        self._connection, self._tab, self._id = connection, tab, ""

    async def __aenter__(self) -> Session:
        attached = await self._connection.call(
            "Target.attachToTarget", {"targetId": self._tab, "flatten": True}
        )
        self._id = str(attached.get("sessionId", ""))
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self._connection.post("Target.detachFromTarget", {"sessionId": self._id})

    async def call(
        self, method: str, params: dict[str, Any] | None = None, timeout: float = 10.0
    ) -> dict[str, Any]:
        """One command of this session. Between two pages a tab refuses everything for a moment."""
        for _ in range(BETWEEN_PAGES_ATTEMPTS):
            try:
                return await self._connection.call(method, params, self._id, timeout)
            except CommandFailed as refused:
                if BETWEEN_PAGES not in str(refused):
                    raise
            await asyncio.sleep(BETWEEN_PAGES_WAIT)
        raise errors.ActionFailed("The page is between two addresses; please try again.")
