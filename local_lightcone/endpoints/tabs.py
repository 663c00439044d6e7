"""A browser's tabs: listed, opened, closed and made the main one."""

from starlette.requests import Request
from starlette.responses import Response

from ..bodies import read_body
from .actions import perform_for
from .retries import once


async def listing(request: Request) -> Response:
    return await perform_for(request, "list-tabs", {})


@once
async def create(request: Request) -> Response:
    return await perform_for(request, "new-tab", await read_body(request))


@once
async def close(request: Request) -> Response:
    return await _on_the_tab(request, "close-tab")


@once
async def switch(request: Request) -> Response:
    return await _on_the_tab(request, "switch-tab")


async def _on_the_tab(request: Request, name: str) -> Response:
    body = await read_body(request)
    return await perform_for(request, name, {**body, "tab_id": request.path_params["tab_id"]})
