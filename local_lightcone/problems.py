"""What a refused request is answered with: problem JSON, as the contract's §1.5 shows it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ExceptionHandler

FAILED = "The local server failed; what it prints (under make run: the lines with local |) says why."
"""Its log is its standard error, which the supervisor passes on behind the part's name."""


class Problem(Exception):
    def __init__(self, status: int, title: str, detail: str | None = None) -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail

    def response(self) -> JSONResponse:
        body: dict[str, object] = {"status": self.status, "title": self.title, "type": ""}
        if self.detail is not None:
            body["detail"] = self.detail
        return JSONResponse(body, status_code=self.status)


def bad_request(detail: str) -> Problem:
    return Problem(400, "Bad request", detail)


def invalid_token() -> Problem:
    return Problem(401, "Invalid token")


def session_not_found() -> Problem:
    return Problem(404, "Session not found")


def task_not_found() -> Problem:
    return Problem(404, "Task not found")


def limit_reached() -> Problem:
    return Problem(429, "Concurrent limit reached", "Terminate a computer before you create another.")


def stopping() -> Problem:
    return Problem(503, "Service unavailable", "This server is stopping.")


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return PlainTextResponse("404 page not found", status_code=404)
    return Problem(error.status_code, error.detail).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    return Problem(500, "Internal error", FAILED).response()


HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    Problem: _problem,
    HTTPException: _http,
    Exception: _unexpected,
}
