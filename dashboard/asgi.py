"""The ASGI application: pages, sockets, and the background services between start-up and shutdown.

uvicorn sends lifespan messages; Daphne does not, so there the first request or socket starts the services.
"""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
pages = get_asgi_application()

# These need the applications that the line above loaded.
from django.conf import settings  # noqa: E402
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402

from dashboard.background import Services  # noqa: E402
from dashboard.bodies import Bounded  # noqa: E402
from dashboard.checks import check_processes  # noqa: E402
from dashboard.routing import sockets  # noqa: E402
from dashboard.services import ALWAYS, BACKGROUND  # noqa: E402


class Lightdeck:
    """One callable for every ASGI scope."""

    def __init__(self) -> None:
        self.services = Services([*ALWAYS, *(BACKGROUND if settings.BACKGROUND else [])])
        self.pages = Bounded(pages)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self.services.start()
        handler = sockets if scope["type"] == "websocket" else self.pages
        await handler(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                if wrong := check_processes(
                    None
                ):  # a server runs no system checks, and this one would lose news
                    await send({"type": "lifespan.startup.failed", "message": str(wrong[0])})
                    return
                await self.services.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.services.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application: Any = Lightdeck()
if settings.TRUSTED_PROXIES:
    application = ProxyHeadersMiddleware(application, trusted_hosts=settings.TRUSTED_PROXIES)
