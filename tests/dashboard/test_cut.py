"""A long answer ends within a second of the right to it, and looks broken: nobody takes a part for the whole."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from computers.models import Computer, Kind, TimelineEvent
from computers.timeline import reader
from dashboard import cut
from dashboard.asgi import pages
from dashboard.database import unit
from dashboard.models import AuditEvent, Membership, Team, User
from dashboard.permissions import Role
from tests.support.fake_upstream import fake_upstream, stream
from tests.support.sockets import sign_in

A_MOMENT = 1.0
#: More than the kernel, the server and the client together hold for somebody who does not read, in rows.
ROWS, ROW_BYTES = 150, 200_000
PIECE = b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n'


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The pages on a real server, in this process; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(pages, lifespan="off", log_level="critical"))
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def reading(
    session: str, path: str, method: str = "GET", **fields: str
) -> AsyncIterator[httpx.Response]:
    """Somebody who has the beginning of an answer and reads no further until the test does."""
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "c" * 32}
    headers = {"X-CSRFToken": "c" * 32}
    async with served() as base, httpx.AsyncClient(base_url=base, cookies=cookies, headers=headers) as client:
        async with client.stream(method, path, data=fields or None) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield answer


@pytest.fixture
def cuts(caplog: pytest.LogCaptureFixture) -> Callable[[], Awaitable[bool]]:
    """Whether an answer is cut within a moment."""
    caplog.set_level(logging.INFO, "dashboard.cut")

    async def within_a_moment() -> bool:
        for _ in range(50):
            if "An answer was cut" in caplog.text:
                return True
            await asyncio.sleep(A_MOMENT / 50)
        return False

    return within_a_moment


@pytest.fixture
def filled(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a timeline's export that nobody has read at once."""
    monkeypatch.setattr(reader, "EXPORT_PIECE", 1)
    TimelineEvent.objects.bulk_create(
        TimelineEvent(computer=computer, number=number, kind=Kind.ACTION, result={"text": "x" * ROW_BYTES})
        for number in range(1, ROWS + 1)
    )
    return f"/computers/{computer.public_id}/timeline/export/"


async def end_of(answer: httpx.Response) -> int:
    """How many bytes came, and then the connection broke."""
    count = 0
    with pytest.raises(httpx.RemoteProtocolError):
        async for piece in answer.aiter_bytes():
            count += len(piece)
    return count


@unit
def removed(user: User) -> None:
    Membership.objects.filter(user=user).delete()


@unit
def demoted(user: User) -> None:
    membership = Membership.objects.get(user=user)
    membership.role = Role.VIEWER
    membership.save()


async def test_a_removed_member_gets_no_more_of_an_export(
    filled: str, vera: User, cuts: Callable[[], Awaitable[bool]]
) -> None:
    async with reading(await sign_in(vera), filled) as answer:
        await removed(vera)
        assert await cuts()
        assert await end_of(answer) < ROWS * ROW_BYTES


async def test_nor_does_an_ended_session(
    filled: str, vera: User, cuts: Callable[[], Awaitable[bool]]
) -> None:
    session = await sign_in(vera)
    async with reading(session, filled) as answer:
        await unit(SessionStore(session).delete)()
        await unit(vera.save)()
        assert await cuts()
        assert await end_of(answer) < ROWS * ROW_BYTES


async def test_what_nobody_told_is_seen_a_little_later(
    filled: str, vera: User, cuts: Callable[[], Awaitable[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "RECHECK_EVERY", 0.1)
    async with reading(await sign_in(vera), filled) as answer:
        # An UPDATE past every signal, as another program would do it.
        await unit(lambda: User.objects.filter(pk=vera.pk).update(is_active=False))()
        assert await cuts()
        assert await end_of(answer) < ROWS * ROW_BYTES


async def test_who_still_may_has_all_of_it(
    filled: str, bob: User, cuts: Callable[[], Awaitable[bool]]
) -> None:
    async with reading(await sign_in(bob), filled) as answer:
        await demoted(bob)
        assert not await cuts()
        assert (await answer.aread()).count(b"\n") == ROWS


async def test_who_reads_the_audit_log_must_stay_an_admin(
    team: Team, alice: User, cuts: Callable[[], Awaitable[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.audit_reader.EXPORT_PIECE", 1)
    await _told(team)
    async with reading(await sign_in(alice), "/audit/export/jsonl/") as answer:
        await demoted(alice)
        assert await cuts()
        assert await end_of(answer) < ROWS * ROW_BYTES
    assert await _outcomes() == ["requested", "unknown"]


@unit
def _told(team: Team) -> None:
    AuditEvent.objects.bulk_create(
        AuditEvent(team=team, action="computer.click", outcome="succeeded", detail={"text": "x" * ROW_BYTES})
        for _ in range(ROWS)
    )


@unit
def _outcomes() -> list[str]:
    rows = AuditEvent.objects.filter(action="audit.export").order_by("pk")
    return [row.outcome for row in rows]


async def test_a_chat_ends_with_the_right_to_ask(
    computer: Computer, bob: User, cuts: Callable[[], Awaitable[bool]], settings: object
) -> None:
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]  # type: ignore[attr-defined]
        connection = computer.connection
        connection.base_url = service.url
        await unit(connection.save)()
        service.scripts["/v1/chat/completions"] = stream(PIECE)
        fields = {
            "connection": str(connection.pk),
            "model": "m",
            "messages": '[{"role": "user", "content": "x"}]',
        }
        async with reading(await sign_in(bob), "/playground/chat/", "POST", **fields) as answer:
            await demoted(bob)
            assert await cuts()
            assert await end_of(answer) > 0
        # Upstream is hung up on, too: nobody pays for words that nobody reads.
        for _ in range(50):
            await asyncio.sleep(0 if not service._writers else A_MOMENT / 50)
        assert not service._writers
