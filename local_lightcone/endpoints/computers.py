from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..bodies import read_body
from ..chromium.cdp import CdpError
from ..chromium.launch import LaunchFailed
from ..problems import Problem, bad_request
from ..sessions.computer import Computer
from ..sessions.registry import Registry
from ..sessions.spec import read_spec
from .retries import once

TYPES = ("live", "persistent")


def registry(request: Request) -> Registry:
    found: Registry = request.app.state.registry
    return found


def the_computer(request: Request) -> Computer:
    return registry(request).find(request.path_params["id"])


@once
async def create(request: Request) -> Response:
    spec = read_spec(await read_body(request))
    try:
        computer = await registry(request).create(spec)
    except (LaunchFailed, CdpError, OSError) as error:
        raise Problem(503, "Service unavailable", f"The computer did not start: {error}") from error
    return JSONResponse(computer.as_json("ready"), status_code=201)


async def listing(request: Request) -> Response:
    kind = request.query_params.get("type", "live")
    if kind not in TYPES:
        raise bad_request("type must be live or persistent.")
    if kind == "persistent":
        return JSONResponse(await registry(request).saved())
    return JSONResponse([computer.as_json("RUNNING") for computer in registry(request).all()])


async def retrieve(request: Request) -> Response:
    return JSONResponse(the_computer(request).as_json("RUNNING"))


async def status(request: Request) -> Response:
    return JSONResponse(the_computer(request).status_json())


async def keepalive(request: Request) -> Response:
    computer = the_computer(request)
    computer.clock.touch()
    return JSONResponse(computer.status_json())


async def terminate(request: Request) -> Response:
    await registry(request).terminate(request.path_params["id"])
    return Response(status_code=204)
