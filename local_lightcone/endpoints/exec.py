"""`POST /computers/{id}/exec/sync` and `/exec`: a command's output in one answer, or line by line as it comes."""

import codecs
import contextlib
from collections.abc import AsyncGenerator

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..bodies import read_body
from ..exec.buffered import gathered
from ..exec.commands import Output, Refusal
from ..exec.order import Order, read_order
from ..problems import Problem
from ..sessions.computer import Computer
from .computers import the_computer
from .rejoining import Rejoining
from .screencast import ClosingStream

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
NDJSON = "application/x-ndjson"


async def exec_sync(request: Request) -> Response:
    """A client that leaves takes its command with it."""
    computer = the_computer(request)
    order = read_order(await read_body(request))
    rejoining: Rejoining = request.app.state.rejoining
    return await rejoining.answer(request, lambda: _buffered(computer, order))


async def exec_stream(request: Request) -> Response:
    """Always 200: what is wrong is told in one line of its own (contract §3.3)."""
    computer = the_computer(request)
    try:
        order = read_order(await read_body(request))
    except Problem as problem:
        return Response(_error("BAD_REQUEST", problem), media_type=NDJSON, headers=HEADERS)
    return ClosingStream(_lines(computer, order), media_type=NDJSON, headers=HEADERS)


async def _buffered(computer: Computer, order: Order) -> Response:
    async with contextlib.aclosing(computer.commands.run(order)) as pieces:
        return JSONResponse(await gathered(pieces))


async def _lines(computer: Computer, order: Order) -> AsyncGenerator[bytes, None]:
    decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}
    try:
        async with contextlib.aclosing(computer.commands.run(order)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Output):
                    if text := decoders[piece.kind].decode(piece.data):
                        yield _line(type=piece.kind, data=text)
                    continue
                for name, decoder in decoders.items():  # a character cut off by the end
                    if text := decoder.decode(b"", final=True):
                        yield _line(type=name, data=text)
                yield _line(type="exit", code=piece.code)
    except Refusal as refusal:
        yield _error(refusal.code, refusal)


def _line(**values: object) -> bytes:
    return orjson.dumps(values) + b"\n"


def _error(code: str, problem: Problem) -> bytes:
    return _line(type="error", code=code, message=problem.detail or problem.title)
