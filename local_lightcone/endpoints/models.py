"""`/v1/models`, `/v1/responses` and `/v1/chat/completions` (contract §3.7, §3.8)."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..bodies import flag, read_body
from ..models.chat import chunks, completion
from ..models.elsewhere import Answer
from ..models.kept import Kept
from ..models.refusals import refused, unknown_response
from ..models.serve import Models
from ..models.telling import told
from ..problems import bad_request
from .retries import Endpoint, once
from .screencast import HEADERS, ClosingStream

MOST_BODY_BYTES = 32 * 1024 * 1024
"""A full history carries its pictures along, as data URLs."""


def models(request: Request) -> Models:
    found: Models = request.app.state.models
    return found


async def listing(request: Request) -> Response:
    return JSONResponse(await models(request).listed())


async def create(request: Request) -> Response:
    return await _answered(request, _respond)


async def complete(request: Request) -> Response:
    return await _answered(request, _complete)


async def _answered(request: Request, answer: Endpoint) -> Response:
    """A client that gave up waiting and asks again is answered with what the model said the first time."""
    body = await read_body(request, MOST_BODY_BYTES)
    return await (answer if flag(body, "stream") else once(answer))(request)


async def _respond(request: Request) -> Response:
    body = await read_body(request, MOST_BODY_BYTES)
    if models(request).passes(body):
        return _passed(await models(request).passed_on("responses", body))
    answer = await models(request).scripted.respond(body)
    return _stream(told(answer)) if body.get("stream") else JSONResponse(answer)


async def _complete(request: Request) -> Response:
    body = await read_body(request, MOST_BODY_BYTES)
    if models(request).passes(body):
        return _passed(await models(request).passed_on("chat/completions", body))
    if body.get("n") not in (None, 1):
        raise refused("n must be 1: this model has one answer.")
    return _stream(list(chunks(body))) if body.get("stream") else JSONResponse(completion(body))


async def retrieve(request: Request) -> Response:
    kept = _kept(request)
    if kept is None:
        return await _elsewhere(request)
    if request.query_params.get("stream", "").lower() in ("true", "1"):
        return _stream(told(kept.answer, _after(request)))
    return JSONResponse(kept.answer)


async def delete(request: Request) -> Response:
    response_id = request.path_params["id"]
    if models(request).responses.delete(response_id):
        return JSONResponse({"deleted": True, "id": response_id, "object": "response"})
    return await _elsewhere(request)


async def cancel(request: Request) -> Response:
    """An answer of the built-in model is always complete by now: what is cancelled is said to be so all the same."""
    kept = _kept(request)
    if kept is None:
        return await _elsewhere(request, "/cancel")
    kept.answer["status"] = "cancelled"
    return JSONResponse(kept.answer)


def _kept(request: Request) -> Kept | None:
    return models(request).responses.find(request.path_params["id"])


async def _elsewhere(request: Request, part: str = "") -> Response:
    """A response that is not ours: perhaps the other server's."""
    elsewhere = models(request).elsewhere
    response_id = request.path_params["id"]
    if elsewhere is None or not (
        response_id.isascii() and response_id.replace("_", "-").replace("-", "").isalnum()
    ):
        return unknown_response()
    return _passed(
        await elsewhere.ask(request.method, f"responses/{response_id}{part}", query=request.url.query)
    )


def _passed(answer: Answer | AsyncGenerator[bytes, None]) -> Response:
    if isinstance(answer, Answer):
        return Response(answer.body, answer.status, media_type=answer.media_type)
    return ClosingStream(answer, media_type="text/event-stream", headers=HEADERS)


def _stream(pieces: Iterator[bytes] | list[bytes]) -> Response:
    return ClosingStream(_each(pieces), media_type="text/event-stream", headers=HEADERS)


async def _each(pieces: Any) -> AsyncGenerator[bytes, None]:
    for piece in pieces:
        yield piece


def _after(request: Request) -> int:
    value = request.query_params.get("starting_after", "-1")
    if value == "-1" or (value.isascii() and value.isdigit() and len(value) < 10):
        return int(value)
    raise bad_request("starting_after must be a whole number.")
