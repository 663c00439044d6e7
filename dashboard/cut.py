"""A long answer ends where its reader's authority does, as a socket does: an export, a chat.

To the server and to the browser it then looks like a connection that broke: nobody takes a part for the whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest

from dashboard import live
from dashboard.database import unit
from dashboard.models import User
from dashboard.sockets import RECHECK_EVERY, signed_in_user

logger = logging.getLogger(__name__)

#: Asks the database, in a unit, whether a person may still have the answer: False, `PermissionDenied` or
#: `ObjectDoesNotExist` if not.
Allowed = Callable[[User], object]


async def while_allowed(
    request: HttpRequest, pieces: AsyncGenerator[bytes, None], allowed: Allowed
) -> AsyncGenerator[bytes, None]:
    """`pieces`, until the request's session has ended or its person is not `allowed` any more: whoever reads on is then
    cancelled, which Django takes for a browser that has left."""
    assert isinstance(request.user, User)
    reader = asyncio.current_task()
    watching = asyncio.create_task(
        _until_lost(request.session.session_key or "", request.user.pk, allowed),
        name="authority of an answer",
    )

    def cut(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and reader is not None:
            logger.info(
                "An answer was cut: its reader may not have the rest of it.", exc_info=done.exception()
            )
            reader.cancel()

    watching.add_done_callback(cut)
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
    finally:
        watching.remove_done_callback(cut)
        watching.cancel()


async def _until_lost(session_key: str, user_pk: int, allowed: Allowed) -> None:
    """Ends once they may not any more; raises where nobody can tell."""
    async with live.listen([live.user_group(user_pk)]) as all_news:
        hearing = asyncio.ensure_future(_news_of_authority(all_news))
        try:
            while await _may(session_key, allowed):
                await asyncio.wait({hearing}, timeout=RECHECK_EVERY)
                if hearing.done():
                    hearing.result()
                    hearing = asyncio.ensure_future(_news_of_authority(all_news))
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


async def _news_of_authority(all_news: AsyncIterator[live.News]) -> None:
    async for news in all_news:
        if news.kind == live.AUTHORITY:
            return


@unit
def _may(session_key: str, allowed: Allowed) -> bool:
    user, waits = signed_in_user(session_key)
    try:
        return user is not None and not waits and allowed(user) is not False
    except (ObjectDoesNotExist, PermissionDenied):
        return False
