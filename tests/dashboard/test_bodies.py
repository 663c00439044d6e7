"""No request's body is read beyond its bound, however it comes."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import bodies
from dashboard.bodies import Bounded

LIMIT = 1000


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_LIMIT", LIMIT)


async def sent(
    pieces: list[bytes], length: bytes | None = None, early: bool = False
) -> tuple[list[Any], int]:
    """What is answered, and how many bytes the pages were given."""
    answers: list[Any] = []
    given = 0
    left = list(pieces)

    async def pages(_scope: Any, receive: Any, send: Any) -> None:
        nonlocal given
        if early:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        more = True
        while more:
            message = await receive()
            given += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [(b"content-length", length)] if length is not None else []
    await Bounded(pages)({"type": "http", "headers": headers}, receive, send)
    return answers, given


async def test_what_fits_passes() -> None:
    answers, given = await sent([b"x" * 500, b"x" * 500], b"1000")
    assert ([each["status"] for each in answers], given) == ([200], 1000)


async def test_what_says_that_it_is_too_long_is_refused_unread() -> None:
    (head, body), given = await sent([b"x"], b"1001")
    assert (head["status"], given) == (413, 0) and b"too much" in body["body"]


@pytest.mark.parametrize("length", [None, b"10", b"-1", b"much", b"9" * 40])
async def test_what_does_not_say_so_is_stopped_where_it_becomes_too_long(length: bytes | None) -> None:
    (head, _), given = await sent([b"x" * 600] * 50, length)
    assert (head["status"], given) == (413, 600)


async def test_an_answer_that_has_begun_is_not_begun_anew() -> None:
    answers, _ = await sent([b"x" * 600] * 3, early=True)
    assert [each["status"] for each in answers] == [200]
