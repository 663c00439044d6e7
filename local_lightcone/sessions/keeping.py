"""How a persistent computer ends, so that nothing of it is lost, and how another begins with it."""

import asyncio
import contextlib
import logging
from typing import Any

from ..chromium.cdp import Cdp, CdpError
from ..chromium.home import Home
from ..chromium.launch import Launched
from .saved import Saved

log = logging.getLogger(__name__)

CLOSE_SECONDS = 4.0
"""How long Chromium may take to write what it still holds. Whoever stops the server does not wait much longer."""

ASKING_SECONDS = 2.0
KEPT_OF_A_COOKIE = (
    *("name", "value", "path", "secure", "httpOnly", "sameSite", "priority"),
    *("sourceScheme", "sourcePort", "partitionKey"),
)


class Keeping:
    """Saves one computer when its processes have ended; nothing, if it never came to life."""

    def __init__(self, saved: Saved, home: Home) -> None:
        self._saved, self._home = saved, home
        self._about: dict[str, Any] | None = None
        self._cookies: list[dict[str, Any]] = []

    async def flush(self, about: dict[str, Any], cdp: Cdp, chromium: Launched) -> None:
        """Has Chromium write everything and end by itself. If it does not, it is killed, and what it wrote is saved."""
        self._about = about
        with contextlib.suppress(CdpError):
            answer = await cdp.call("Storage.getCookies", seconds=ASKING_SECONDS)
            self._cookies = [_cookie(each) for each in answer["cookies"] if each["session"]]
        with contextlib.suppress(CdpError):
            await cdp.call("Browser.close", seconds=ASKING_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(chromium.process.wait(), CLOSE_SECONDS)

    async def save(self) -> None:
        if self._about is None:
            return
        try:
            await asyncio.to_thread(self._saved.keep, self._about, self._cookies, self._home)
        except OSError as error:
            log.error("%s could not be saved: %s", self._about["id"], error)


async def restore(cdp: Cdp, cookies: list[dict[str, Any]]) -> None:
    """Cookies that last as long as their browser runs: it goes on as another one."""
    for cookie in cookies:
        with contextlib.suppress(CdpError):  # one that Chromium refuses does not spoil the others
            await cdp.call("Storage.setCookies", {"cookies": [cookie]})


def _cookie(found: dict[str, Any]) -> dict[str, Any]:
    """As `Storage.setCookies` takes it. A host's own cookie is set by address: a domain would widen it."""
    kept = {name: found[name] for name in KEPT_OF_A_COOKIE if name in found}
    domain = found["domain"]
    if domain.startswith("."):
        return {**kept, "domain": domain}
    host = f"[{domain.strip('[]')}]" if ":" in domain else domain
    return {**kept, "url": f"{'https' if found['secure'] else 'http'}://{host}{found['path']}"}
