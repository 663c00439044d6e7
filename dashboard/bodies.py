"""The bound of a request's body. Django itself spools whatever comes onto the disk before anybody may refuse it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

#: Bytes: the largest thing that a page sends is a picture of the playground, and what goes with it.
BODY_LIMIT = 8 * 1024 * 1024

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class TooLarge(Exception):
    """More came than is read."""


class Bounded:
    """`pages`, which is given no body beyond the limit: that is answered 413, at once where its length is said."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        size, started = 0, False

        async def bounded() -> Any:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > BODY_LIMIT:
                raise TooLarge
            return message

        async def noting(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if _length(scope) > BODY_LIMIT:
                raise TooLarge
            await self._pages(scope, bounded, noting)
        except TooLarge:
            if not started:
                await _refuse(send)


def _length(scope: dict[str, Any]) -> int:
    said = dict(scope.get("headers", ())).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 20 else 0


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    sentence = f"That is too much: at most {BODY_LIMIT // 1024**2} MB at once."
    await send({"type": "http.response.body", "body": sentence.encode()})
