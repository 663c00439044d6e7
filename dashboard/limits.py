"""How often something may be tried, counted in the cache that all processes share."""

from __future__ import annotations

import hashlib

from django.core.cache import cache


async def within(what: str, who: str, most: int, seconds: int) -> bool:
    """Count one try of `who` at `what`; whether it is among the first `most` of these `seconds`."""
    key = f"tries-{what}-{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    await cache.aadd(key, 0, seconds)
    try:
        return int(await cache.aincr(key)) <= most
    except ValueError:
        # It ran out between the two.
        return True
