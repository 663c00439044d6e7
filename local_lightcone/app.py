from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from .actions.verbs import VERBS
from .agents.registry import Tasks
from .endpoints import actions, agents, cdp, computers, events, models, screencast, shots, tabs
from .endpoints.exec import exec_stream, exec_sync
from .endpoints.rejoining import Rejoining
from .endpoints.retries import Retries
from .guard import Guard
from .models.serve import Models
from .problems import HANDLERS
from .sessions.registry import Registry
from .settings import Settings
from .shots import Shots


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok")


ROUTES = [
    Route("/healthz", healthz),
    Route("/computers", computers.create, methods=["POST"]),
    Route("/computers", computers.listing),
    Route("/computers/{id}", computers.retrieve),
    Route("/computers/{id}", computers.terminate, methods=["DELETE"]),
    Route("/computers/{id}/status", computers.status),
    Route("/computers/{id}/keepalive", computers.keepalive, methods=["POST"]),
    *(Route(f"/computers/{{id}}/{verb}", actions.endpoint(verb), methods=["POST"]) for verb in VERBS),
    Route("/computers/{id}/execute", actions.execute, methods=["POST"]),
    Route("/computers/{id}/batch", actions.batch, methods=["POST"]),
    Route("/computers/{id}/exec", exec_stream, methods=["POST"]),
    Route("/computers/{id}/exec/sync", exec_sync, methods=["POST"]),
    Route("/computers/{id}/tabs", tabs.listing),
    Route("/computers/{id}/tabs", tabs.create, methods=["POST"]),
    Route("/computers/{id}/tabs/{tab_id}", tabs.close, methods=["DELETE"]),
    Route("/computers/{id}/tabs/{tab_id}/switch", tabs.switch, methods=["POST"]),
    Route("/computers/{id}/events", events.events),
    Route("/computers/{id}/screencast", screencast.screencast),
    Route("/agent/tasks", agents.start, methods=["POST"]),
    Route("/agent/tasks/stream", agents.stream, methods=["POST"]),
    Route("/agent/tasks/{id}", agents.status),
    Route("/agent/tasks/{id}/messages", agents.message, methods=["POST"]),
    Route("/agent/tasks/{id}/pause", agents.pause, methods=["POST"]),
    Route("/agent/tasks/{id}/resume", agents.resume, methods=["POST"]),
    Route("/v1/models", models.listing),
    Route("/v1/responses", models.create, methods=["POST"]),
    Route("/v1/responses/{id}", models.retrieve),
    Route("/v1/responses/{id}", models.delete, methods=["DELETE"]),
    Route("/v1/responses/{id}/cancel", models.cancel, methods=["POST"]),
    Route("/v1/chat/completions", models.complete, methods=["POST"]),
    Route("/chat/completions", models.complete, methods=["POST"]),  # as upstream's reference page prints it
    Route("/shots/{name}.jpeg", shots.shot),
    Route("/computers/{id}/cdp", cdp.version),
    Route("/computers/{id}/cdp/json/version", cdp.version),
    Route("/computers/{id}/cdp/json/version/", cdp.version),
    Route("/computers/{id}/ws", cdp.not_a_socket),
    WebSocketRoute("/computers/{id}/cdp", cdp.socket),
    WebSocketRoute("/computers/{id}/ws", cdp.socket),
]


def build_app(settings: Settings, key: str, registry: Registry) -> Starlette:
    guard = Middleware(Guard, settings=settings, key=key)
    app = Starlette(routes=ROUTES, middleware=[guard], exception_handlers=HANDLERS)
    app.router.redirect_slashes = False  # a redirected POST arrives as an empty GET
    app.state.registry = registry
    app.state.shots = Shots()
    app.state.models = Models(app.state.shots, settings.model_server)
    app.state.tasks = Tasks(registry, app.state.shots, app.state.models)
    app.state.retries = Retries()
    app.state.rejoining = Rejoining()
    return app
