"""Chrome's DevTools protocol, passed through as it is.

Every client gets a socket of its own to Chromium. Four things are looked at on the way in, all cheaply:
whether a message drives the computer (then it counts as activity; watching does not, so that a forgotten
viewer cannot keep a computer alive), whether it would end the browser for everybody, whether it would lead
pages around the forwarder, and whether it lets go of a page or sends one elsewhere (`chromium/departures.py`).
"""

import asyncio
import contextlib
import json
import re
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from ..chromium.cdp import dial
from ..chromium.departures import Departures
from ..guard import token
from ..problems import Problem, session_not_found
from ..sessions.computer import Computer
from .computers import the_computer

METHOD = re.compile(r'"method"\s*:\s*"([A-Za-z]+\.[A-Za-z]+)"')
DRIVING = (
    "Input.",
    "Page.navigate",
    "Page.reload",
    "Page.handleJavaScriptDialog",
    "Runtime.evaluate",
    "Runtime.callFunctionOn",
    "DOM.",
    "Target.createTarget",
    "Target.closeTarget",
)
MOVING = ("Page.navigate", "Page.reload")
HEARING = "Page.enable"
"""Whoever has not asked for a page's events hears of no dialog, and so keeps none waiting."""

LETTING_GO = ("Page.disable", "Target.detachFromTarget")
ENDING = ("Browser.close", "Browser.crash")
PACKING = ("Target.sendMessageToTarget", "Target.exposeDevToolsProtocol")
"""They carry commands inside a text, or give them to a page: past everything that is looked at here. Sessions are flat
without them."""

LOOKED_INTO = ("createBrowserContext", "Browser.c", "sendMessageToTarget", "exposeDevToolsProtocol", "\\u")
"""What a message holds that must be read: one of these words, or an escape that could spell one."""

UNREADABLE = {"code": -32700, "message": "That is not JSON."}
NOT_OFFERED = {"code": -32000, "message": "Not offered here: attach with flatten."}
AROUND = frozenset({"proxyServer", "proxyBypassList"})
"""What of `Target.createBrowserContext` would lead its pages around the forwarder."""
GOING_AWAY = 1001
EXPECTED = (ConnectionClosed, WebSocketDisconnect)


async def version(request: Request) -> Response:
    computer = _offered(the_computer(request))
    known = computer.version
    scheme = "wss" if request.url.scheme == "https" else "ws"
    address = f"{scheme}://{request.url.netloc}/computers/{computer.id}/cdp"
    if key := token(request.scope):
        address += f"?token={quote(key)}"
    return JSONResponse(
        {
            "Browser": known["product"],
            "Protocol-Version": known["protocolVersion"],
            "User-Agent": known["userAgent"],
            "V8-Version": known["jsVersion"],
            "WebKit-Version": f"537.36 ({known['revision']})",
            "webSocketDebuggerUrl": address,
        }
    )


async def not_a_socket(request: Request) -> Response:
    """What the official SDK gets, which asks for `/ws` with a plain GET."""
    _offered(the_computer(request))
    raise Problem(426, "Upgrade required", "Connect with a WebSocket: this address speaks DevTools.")


async def socket(client: WebSocket) -> None:
    try:
        computer = _offered(client.app.state.registry.find(client.path_params["id"]))
        upstream = await dial(computer.chromium.address)
    except Problem as problem:
        return await client.send_denial_response(problem.response())
    except OSError:  # its browser died this moment
        return await client.send_denial_response(session_not_found().response())
    await client.accept()
    dialogs = computer.tabs.dialogs
    try:
        with contextlib.ExitStack() as hearing:
            await _first_to_end(_inward(client, upstream, computer, hearing), _outward(client, upstream))
    finally:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await client.close(GOING_AWAY)
        async with dialogs.departures.letting_go():
            await upstream.close()


def _offered(computer: Computer) -> Computer:
    if not computer.offers_cdp:
        raise session_not_found()
    return computer


async def _inward(
    client: WebSocket, upstream: ClientConnection, computer: Computer, hearing: contextlib.ExitStack
) -> None:
    hears = False
    while (event := await client.receive())["type"] == "websocket.receive":
        message = event.get("text") or (event.get("bytes") or b"").decode(errors="replace")
        method = METHOD.search(message)
        if method and method[1].startswith(DRIVING):
            computer.clock.touch()
        if method and method[1] == HEARING and not hears:
            hears = True
            hearing.enter_context(computer.tabs.dialogs.driver())
        if any(word in message for word in LOOKED_INTO):
            try:
                command = _read(message)
            except ValueError:
                await client.send_text(_answer({}, error=UNREADABLE))
                continue
            if isinstance(command, dict):
                name = str(command.get("method", ""))
                if name.startswith(ENDING):  # only its own client leaves
                    await client.send_text(_answer(command, result={}))
                    return
                if name in PACKING:
                    await client.send_text(_answer(command, error=NOT_OFFERED))
                    continue
                command = _through_the_forwarder(command)
            # Written anew, so that Chromium reads what was looked at and nothing else.
            message = json.dumps(command)
        async with _in_turn(computer.tabs.dialogs.departures, method[1] if method else ""):
            await upstream.send(message)


def _in_turn(departures: Departures, method: str) -> AbstractAsyncContextManager[None]:
    """When a message may go on: a client lets go of no page that is on its way to another address."""
    if method in LETTING_GO:
        return departures.letting_go()
    return departures.moving() if method.startswith(MOVING) else contextlib.nullcontext()


async def _outward(client: WebSocket, upstream: ClientConnection) -> None:
    async for message in upstream:
        await client.send({"type": "websocket.send", "text": message})


def _read(message: str) -> Any:
    """As liberally as Chromium reads: what only it understood would pass unseen. `ValueError` for anything else."""
    try:
        return json.loads(message, strict=False)
    except RecursionError as error:
        raise ValueError from error


def _through_the_forwarder(command: dict[str, Any]) -> dict[str, Any]:
    """A browser context may bring a proxy of its own, or none: its pages would reach what the forwarder refuses."""
    parameters = command.get("params")
    if not isinstance(parameters, dict) or not AROUND.intersection(parameters):
        return command
    return {**command, "params": {name: value for name, value in parameters.items() if name not in AROUND}}


def _answer(command: dict[str, Any], **outcome: Any) -> str:
    return json.dumps({key: command[key] for key in ("id", "sessionId") if key in command} | outcome)


async def _first_to_end(*ways: Any) -> None:
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, EXPECTED):
                raise result
