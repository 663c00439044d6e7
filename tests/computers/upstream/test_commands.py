"""exec and exec/sync: what is sent, and what odd answers become."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import aclosing

import orjson
import pytest
from pytest_django.fixtures import Settings

from computers.upstream import commands, errors
from computers.upstream.client import Access, Client
from computers.wire.commands import Command, Exit, Output
from tests.support.commands import EXEC, SYNC, Endless, line, lines, standstill
from tests.support.fake_upstream import ID, FakeUpstream, answer, fake_upstream, raw, silence

COMMAND = Command("make test", "/workspace/app", {"TOKEN": "hunter2"}, 30)
KERNEL = 16 * 1024 * 1024


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as running:
        settings.PRIVATE_UPSTREAMS = [running.url]
        yield running


@pytest.fixture
async def client(service: FakeUpstream) -> AsyncIterator[Client]:
    made = Client(Access(service.url, "sk_secret"))
    yield made
    await made.aclose()


async def streamed(client: Client, command: Command = COMMAND) -> list[Output | Exit]:
    return [said async for said in commands.exec(client, ID, command)]


async def test_a_command_is_sent_as_the_contract_says(client: Client, service: FakeUpstream) -> None:
    service.scripts[EXEC] = lines(line("exit", code=0))
    service.scripts[SYNC] = answer(body={"exit_code": 0, "stdout": "", "stderr": ""})
    assert await streamed(client) == await commands.exec_sync(client, ID, COMMAND) == [Exit(0)]
    for request in service.requests:
        assert orjson.loads(request.body) == {
            "command": "make test",
            "cwd": "/workspace/app",
            "env": {"TOKEN": "hunter2"},
            "timeout_seconds": 30,
        }
        assert request.headers["authorization"] == "Bearer sk_secret"
    accepted = [request.headers["accept"] for request in service.requests]
    assert accepted == ["application/x-ndjson", "application/json"]


async def test_output_comes_in_order_and_neighbours_are_joined(client: Client, service: FakeUpstream) -> None:
    said = [
        line("stdout", data="a"),
        line("stdout", data="b"),
        line("stderr", data="c"),
        line("stdout", data="d"),
    ]
    service.scripts[EXEC] = lines(b"".join([*said, line("exit", code=3)]))
    assert await streamed(client) == [
        Output("stdout", "ab"), Output("stderr", "c"), Output("stdout", "d"), Exit(3),
    ]  # fmt: skip


async def test_lines_may_be_cut_anywhere_and_the_last_may_lack_its_end(
    client: Client, service: FakeUpstream
) -> None:
    whole = line("stdout", data="größer\n") + line("exit", code=0).rstrip()
    service.scripts[EXEC] = lines(*(bytes([byte]) for byte in whole), pause=0.001)
    *outputs, last = await streamed(client)
    assert "".join(said.text for said in outputs if isinstance(said, Output)) == "größer\n"
    assert last == Exit(0)


async def test_what_nobody_knows_is_skipped(client: Client, service: FakeUpstream) -> None:
    odd = [b"\n", b"nonsense\n", line("heartbeat"), line("stdout", data=None), line("stdout", data="a")]
    service.scripts[EXEC] = lines(*odd, line("exit", code=0), line("stdout", data="after the end"))
    assert await streamed(client) == [Output("stdout", "a"), Exit(0)]


async def test_an_error_line_is_its_sentence_without_the_values_of_the_environment(
    client: Client, service: FakeUpstream
) -> None:
    service.scripts[EXEC] = lines(line("error", code="BAD_ENV", message="TOKEN=hunter2 is too short"))
    with pytest.raises(errors.ActionFailed, match="TOKEN=… is too short"):
        await streamed(client)


async def test_a_refusal_says_why_without_the_values_of_the_environment(
    client: Client, service: FakeUpstream
) -> None:
    service.scripts[EXEC] = service.scripts[SYNC] = answer(422, {"detail": "hunter2 is no token"})
    for call in (streamed(client), commands.exec_sync(client, ID, COMMAND)):
        with pytest.raises(errors.Refused) as refused:
            await call
        assert "… is no token" in str(refused.value) and "hunter2" not in str(refused.value)


@pytest.mark.parametrize("status", [401, 404, 429, 500, 302])
async def test_every_status_that_is_no_success_is_an_error_of_ours(
    client: Client, service: FakeUpstream, status: int
) -> None:
    service.scripts[EXEC] = service.scripts[SYNC] = answer(status, {"title": "No"})
    for call in (streamed(client), commands.exec_sync(client, ID, COMMAND)):
        with pytest.raises(errors.UpstreamError):
            await call


@pytest.mark.parametrize("ending", [b"", line("stdout", data="a"), b'{"type":"exit","co'])
async def test_a_stream_that_ends_without_an_exit_may_have_left_it_running(
    client: Client, service: FakeUpstream, ending: bytes
) -> None:
    service.scripts[EXEC] = lines(ending)
    with pytest.raises(errors.NoAnswer, match="may still be running") as broken:
        await streamed(client)
    assert broken.value.outcome_unknown


async def test_an_answer_that_is_broken_off_is_no_answer(client: Client, service: FakeUpstream) -> None:
    service.scripts[SYNC] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    with pytest.raises(errors.NoAnswer):
        await commands.exec_sync(client, ID, COMMAND)


@pytest.mark.parametrize("body", ["<html>", "[]", "null", {"status": "ok"}])
async def test_an_answer_that_is_no_result_is_not_understood(
    client: Client, service: FakeUpstream, body: object
) -> None:
    service.scripts[SYNC] = answer(body=body)
    with pytest.raises(errors.NotUnderstood):
        await commands.exec_sync(client, ID, COMMAND)


async def test_a_line_without_an_end_is_given_up(client: Client, service: FakeUpstream) -> None:
    service.scripts[EXEC] = Endless(b"x" * 65_536)
    with pytest.raises(errors.NotUnderstood):
        await streamed(client)


async def test_a_compressed_answer_is_not_asked_for(client: Client, service: FakeUpstream) -> None:
    service.scripts[SYNC] = answer(body=gzip.compress(b"{}"))
    with pytest.raises(errors.NotUnderstood):
        await commands.exec_sync(client, ID, COMMAND)
    assert service.requests[0].headers["accept-encoding"] == "identity"


async def test_silence_ends_at_the_timeout_and_its_margin(
    client: Client, service: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert commands.DEADLINE_MARGIN == 15.0
    monkeypatch.setattr(commands, "DEADLINE_MARGIN", -0.5)
    service.scripts[SYNC] = silence
    service.scripts[EXEC] = lines(line("stdout", data="a"), then_hang=True)
    for call in (
        streamed(client, Command("sleep 9", timeout=1)),
        commands.exec_sync(client, ID, Command("x", timeout=1)),
    ):
        async with asyncio.timeout(10):
            with pytest.raises(errors.NoAnswer):
                await call


async def test_a_service_that_does_not_keep_its_timeout_is_given_up(
    client: Client, service: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "DEADLINE_MARGIN", -0.5)
    service.scripts[EXEC] = lines(*[line("stdout", data=".")] * 2000, pause=0.02)
    async with asyncio.timeout(10):
        with pytest.raises(errors.NoAnswer, match="did not end the command in time"):
            await streamed(client, Command("yes", timeout=1))


async def test_a_slow_reader_is_not_the_services_fault(
    client: Client, service: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "DEADLINE_MARGIN", -0.5)
    service.scripts[EXEC] = lines(line("stdout", data="a"), line("exit", code=0), pause=0.05)
    found = []
    async for said in commands.exec(client, ID, Command("x", timeout=2)):
        found.append(said)
        await asyncio.sleep(1.8 if len(found) == 1 else 0)
    assert found == [Output("stdout", "a"), Exit(0)]


async def test_what_is_not_taken_is_not_read(client: Client, service: FakeUpstream) -> None:
    endless = Endless(line("stdout", data="x" * 60_000) * 16)
    service.scripts[EXEC] = endless
    async with aclosing(commands.exec(client, ID, COMMAND)) as all_said:
        await anext(all_said)
        assert await standstill(lambda: endless.sent) < KERNEL
    async with asyncio.timeout(15):
        await endless.left.wait()
