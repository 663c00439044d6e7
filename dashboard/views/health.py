"""Two probes for load balancers, and /metrics, answered before the host check: they come with whatever Host."""

import logging
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from dashboard import live
from dashboard.database import unit
from dashboard.views.metrics import metrics

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

#: Set once all migrations were seen applied: they cannot become unapplied under a running process.
_migrated = False


@sync_and_async_middleware
def probes(get_response: Handler) -> Handler:
    """Answer /healthz, /readyz and /metrics first; pass everything else on."""
    if not iscoroutinefunction(get_response):
        return get_response

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return _answer({"alive": ""})
        if request.path_info == "/readyz":
            return _answer(await _findings())
        if request.path_info == "/metrics":
            return await metrics(request)
        return await get_response(request)  # type: ignore[no-any-return]

    return middleware


def _answer(findings: dict[str, str]) -> HttpResponse:
    """200 when every finding is empty, else 503; the body names what is wrong in plain words."""
    wrong = any(findings.values())
    body = {name: problem or "ok" for name, problem in findings.items()}
    return JsonResponse(body, status=503 if wrong else 200, headers={"Cache-Control": "no-store"})


async def _findings() -> dict[str, str]:
    database = await _database_problem()
    return {"database": database, "messages": await _layer_problem()}


@unit
def _database_problem() -> str:
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "migrations are missing"
            _migrated = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
        return "does not answer"
    return ""


async def _layer_problem() -> str:
    """The channel layer and the cache live in the same Redis, or both in this process."""
    try:
        await cache.aget("readyz")
        async with live.listen(["readyz"]):
            pass
    except Exception as error:  # a probe reports whatever went wrong; the libraries share no base class
        logger.warning("The message layer does not answer: %s", error)
        return "does not answer"
    return ""
