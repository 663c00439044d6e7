"""Every socket address, in one list."""

from typing import Any

from channels.routing import URLRouter
from django.urls import URLPattern, path

from agents.consumers import TaskConsumer
from agents.wall import WallConsumer
from computers.consumers.screen import ScreenConsumer
from computers.consumers.terminal import TerminalConsumer
from dashboard.origin import SameOrigin, deny

urlpatterns: list[URLPattern] = [
    path("ws/computers/<str:public_id>/", ScreenConsumer.as_asgi()),
    path("ws/computers/<str:public_id>/terminal/", TerminalConsumer.as_asgi()),
    path("ws/tasks/<str:public_id>/", TaskConsumer.as_asgi()),
    path("ws/fleet/", WallConsumer.as_asgi()),
]

_router = URLRouter(urlpatterns)


async def _find(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The router, answering an unknown address with 404 where it would raise."""
    if not any(pattern.pattern.match(scope["path"].removeprefix("/")) for pattern in urlpatterns):
        await receive()  # websocket.connect
        await deny(scope, send, 404)
        return
    await _router(scope, receive, send)


#: A socket is authenticated by the consumer itself (`dashboard.sockets`), once its Origin is known to be ours.
sockets = SameOrigin(_find)
