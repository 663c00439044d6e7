"""Calls of ours that leave no entry with upstream's request id: a driver's input on a computer without DevTools.

Kept for a while in the cache, which all processes share wherever there are several.
"""

from __future__ import annotations

from django.core.cache import cache

from dashboard.database import unit

#: Longer than any call takes, seconds.
OURS_SECONDS = 300


@unit
def remember(computer_pk: int, request_id: str) -> None:
    """This call was ours."""
    if request_id:
        cache.set(_key(computer_pk, request_id), True, OURS_SECONDS)


def is_remembered(computer_pk: int, request_id: str) -> bool:
    """Whether it was. Asks the cache, so only from a unit."""
    return bool(cache.get(_key(computer_pk, request_id)))


def _key(computer_pk: int, request_id: str) -> str:
    # Cache keys are plain and short, and upstream's ids need not be.
    return f"own-call:{computer_pk}:{request_id.encode().hex()[:160]}"
