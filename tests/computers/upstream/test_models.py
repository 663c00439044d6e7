"""Models asked over real connections, whole and broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from pytest_django.fixtures import Settings

from computers.upstream import chat_stream as module
from computers.upstream import errors
from computers.upstream import models as calls
from computers.upstream.chat_stream import chat_stream
from computers.upstream.client import Access, Client
from tests.computers.odd.shapes import endless
from tests.support.fake_upstream import FakeUpstream, Script, answer, fake_upstream, raw, silence, stream

CHAT = "/v1/chat/completions"
ANSWER = {"id": "resp_1", "status": "completed", "output": [], "model": "m"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        yield service


@pytest.fixture
async def client(service: FakeUpstream) -> AsyncIterator[Client]:
    client = Client(Access(service.url, "sk_test"))
    yield client
    await client.aclose()


def says(text: str, **choice: Any) -> bytes:
    return b"data: " + orjson.dumps({"choices": [{"delta": {"content": text}, **choice}]}) + b"\n\n"


DONE = b"data: [DONE]\n\n"
STOP = says("", finish_reason="stop")


async def chatted(client: Client, service: FakeUpstream, script: Script) -> tuple[str, Exception | None]:
    """What came, and how it ended."""
    service.scripts[CHAT] = script
    text = ""
    try:
        async for delta in chat_stream(client, {"model": "m", "messages": []}):
            text += delta.text
    except errors.UpstreamError as error:
        return text, error
    return text, None


async def test_a_question_an_answer_and_what_is_stored(service: FakeUpstream, client: Client) -> None:
    service.scripts |= {
        "/v1/models": answer(body={"data": [{"id": "m"}]}),
        "/v1/responses": answer(body=ANSWER),
        "/v1/responses/resp_1": answer(body=ANSWER),
        "/v1/responses/resp_1/cancel": answer(body={**ANSWER, "status": "cancelled"}),
        "/v1/responses/resp_2": answer(body={"deleted": True, "id": "resp_2", "object": "response"}),
        "/v1/responses/resp_3": answer(body={"deleted": False}),
    }
    assert await client.models() == ["m"]
    assert (await client.respond({"model": "m", "input": "x"})).id == "resp_1"
    assert (await client.response("resp_1")).status == "completed"
    assert (await client.cancel_response("resp_1")).status == "cancelled"
    await client.delete_response("resp_2")
    with pytest.raises(errors.ActionFailed, match="did not delete"):
        await client.delete_response("resp_3")
    assert [request.method for request in service.asked("/v1/responses/resp_2")] == ["DELETE"]


@pytest.mark.parametrize(
    "script", [answer(404, "not found", "text/plain"), answer(404, "404 page not found", "text/plain")]
)
async def test_a_response_that_is_not_stored_is_called_one(
    service: FakeUpstream, client: Client, script: Script
) -> None:
    service.scripts |= {f"/v1/responses/no{part}": script for part in ("", "/cancel")}
    for call in (client.response("no"), client.delete_response("no"), client.cancel_response("no")):
        with pytest.raises(errors.Gone, match="does not know this response"):
            await call


async def test_a_service_without_cancel_says_so_of_a_response_that_it_knows(
    service: FakeUpstream, client: Client
) -> None:
    service.scripts |= {
        "/v1/responses/resp_1": answer(body=ANSWER),
        "/v1/responses/resp_1/cancel": answer(404, "404 page not found", "text/plain"),
    }
    with pytest.raises(errors.ActionFailed, match=r"no call to cancel.*Nothing was cancelled"):
        await client.cancel_response("resp_1")


@pytest.mark.parametrize("id", ["..", ".", "a/b", "a?b#c"])
async def test_an_id_leads_nowhere_else(service: FakeUpstream, client: Client, id: str) -> None:
    with pytest.raises(errors.UpstreamError):
        await client.delete_response(id)
    assert not service.asked("/v1/responses") and not service.asked("/v1/a")


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        (answer(404, {"error": 'model not found: "x"'}), errors.Mistaken, 'model not found: "x"'),
        (answer(400, {"error": {"message": "max_completion_tokens=9 cannot be greater"}}), errors.Mistaken, "max_comp"),
        (answer(400, {"title": "Bad", "detail": "System message first."}), errors.Mistaken, "System"),
        (answer(400, {"status": "error", "error_message": "older words"}), errors.Mistaken, "older words"),
        (answer(400, {"message": "plain message"}), errors.Mistaken, "plain message"),
        (answer(400, "raw words", "text/plain"), errors.Mistaken, "raw words"),
        (answer(404, "404 page not found", "text/plain"), errors.Mistaken, "404 page not found"),
        (answer(401, {"status": 401, "title": "Invalid token", "type": ""}), errors.BadKey, "Invalid token"),
        (answer(402, b""), errors.OutOfCredit, "credit"),
        (answer(429, {"title": "Concurrent limit reached"}), errors.Busy, "Concurrent"),
        (answer(503, {"detail": "Later.", "title": "Service unavailable"}), errors.UpstreamFailed, "503"),
        (answer(200, "<html>", "text/html"), errors.NotUnderstood, ""),
        (answer(200, {"object": "list"}), errors.NotUnderstood, ""),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"), errors.NoAnswer, ""),
    ],
)  # fmt: skip
async def test_every_shape_of_no_is_a_sentence(
    service: FakeUpstream, client: Client, script: Script, kind: type[Exception], said: str
) -> None:
    service.scripts["/v1/responses"] = script
    with pytest.raises(kind) as refusal:
        await client.respond({"model": "x", "input": "y"})
    assert said in str(refusal.value) and "computer" not in str(refusal.value)
    assert len(service.asked("/v1/responses")) == 1


async def test_a_model_that_thinks_too_long_is_given_up(
    service: FakeUpstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "RESPOND_TIMEOUT", 0.2)
    service.scripts["/v1/responses"] = silence
    with pytest.raises(errors.NoAnswer):
        await client.respond({"model": "x", "input": "y"})
    assert len(service.asked("/v1/responses")) == 1


async def test_a_chat_comes_piece_by_piece(service: FakeUpstream, client: Client) -> None:
    said = b": ping\n\n" + says("Hel") + says("lo") + STOP + DONE
    pieces = [said[place : place + 1] for place in range(len(said))]
    assert await chatted(client, service, stream(*pieces, then_hang=False)) == ("Hello", None)
    (request,) = service.asked(CHAT)
    assert orjson.loads(request.body)["stream"] is True
    assert request.headers["authorization"] == "Bearer sk_test"


@pytest.mark.parametrize("rest", [[DONE], []])
async def test_done_or_a_reason_to_finish_ends_it(
    service: FakeUpstream, client: Client, rest: list[bytes]
) -> None:
    assert await chatted(client, service, stream(says("a"), STOP, *rest, then_hang=False)) == ("a", None)


async def test_what_hangs_after_its_end_is_not_waited_for(service: FakeUpstream, client: Client) -> None:
    assert await chatted(client, service, stream(says("a"), DONE)) == ("a", None)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (stream(says("half"), then_hang=False), "broke off"),
        (stream(says("half"), b'data: {"error": {"message": "the worker died"}}\n\n'), "the worker died"),
        (stream(says("half"), b"data: {broken\n\n"), "not JSON"),
        (raw(HEAD.replace(b"close", b"close\r\nContent-Length: 999") + says("half")), "broke off"),
    ],
)
async def test_a_chat_that_breaks_keeps_what_came_and_says_so(
    service: FakeUpstream, client: Client, script: Script, said: str
) -> None:
    text, error = await chatted(client, service, script)
    assert text == "half" and said in str(error)


async def test_a_chat_that_falls_silent_is_given_up(
    service: FakeUpstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE_LIMIT", 0.2)
    text, error = await chatted(client, service, stream(says("half")))
    assert text == "half" and isinstance(error, errors.NoAnswer)


async def test_a_chat_has_a_longest_time_and_a_most(
    service: FakeUpstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_LIMIT", 5000)
    _, error = await chatted(client, service, endless(HEAD, says("x" * 500)))
    assert str(error) == module.TOO_MUCH
    monkeypatch.setattr(module, "ANSWER_TIMEOUT", 0.3)
    _, error = await chatted(client, service, endless(HEAD, b": ping\n\n", 0.01))
    assert str(error) == module.TOO_LATE


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        (answer(404, {"error": 'model not found: "x"'}), errors.Mistaken, "model not found"),
        (answer(400, {"error": {"message": "too many tokens"}}), errors.Mistaken, "too many tokens"),
        (answer(401, {"title": "Invalid token"}), errors.BadKey, "Invalid token"),
        (answer(200, {"choices": []}), errors.NotUnderstood, "no event stream"),
    ],
)
async def test_a_chat_that_is_refused_says_why(
    service: FakeUpstream, client: Client, script: Script, kind: type[Exception], said: str
) -> None:
    text, error = await chatted(client, service, script)
    assert text == "" and isinstance(error, kind) and said in str(error)
    assert len(service.asked(CHAT)) == 1


async def test_who_stops_listening_hangs_up(service: FakeUpstream, client: Client) -> None:
    service.scripts[CHAT] = stream(says("a"))
    deltas = chat_stream(client, {"model": "m"})
    assert (await anext(deltas)).text == "a"
    await deltas.aclose()
    for _ in range(100):
        if not service._writers:
            break
        await asyncio.sleep(0.02)
    assert not service._writers
