"""A chat's answer comes as it is said, and a model is stopped when whoever asked it leaves: under the server of
`make run` and under Daphne."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.fake_upstream import FakeUpstream, Request, fake_upstream
from tests.support.pictures import png_of
from tests.support.web import WebStarter

CHAT = "/v1/chat/completions"
SOON_SECONDS = 15.0
#: An owner, a team, its connection, and a session of the owner's, whose cookie it prints.
SETTING = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from computers.models import Connection
from dashboard.models import Membership, Team, User
user, team = User.objects.create_user("alice"), Team.objects.create(name="Home", slug="home")
Membership.objects.create(user=user, team=team, role="owner")
Connection.objects.create(team=team, name="Fake", base_url={url!r}, api_key="sk_test")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("cookie", session.session_key)
"""


class Speaker:
    """A model that says one word at a time, each when it is told to."""

    def __init__(self, service: FakeUpstream) -> None:
        self.words: asyncio.Queue[str] = asyncio.Queue()
        self.left = asyncio.Event()
        service.scripts[CHAT] = self._speak

    async def _speak(
        self, _request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        gone = asyncio.create_task(reader.read())
        while True:
            word = asyncio.create_task(self.words.get())
            await asyncio.wait([gone, word], return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                word.cancel()
                self.left.set()
                return
            writer.write(f'data: {{"choices":[{{"delta":{{"content":"{word.result()}"}}}}]}}\n\n'.encode())
            await writer.drain()


@pytest.fixture
async def service() -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as service:
        yield service


async def test_words_come_one_by_one_and_who_leaves_stops_them(service: FakeUpstream, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    starter = WebStarter(tmp_path)
    settings = {"LIGHTDECK_PRIVATE_UPSTREAMS": service.url, "LIGHTDECK_BACKGROUND": "on"}
    try:
        for server in ("uvicorn", "daphne"):
            is_first = server == "uvicorn"
            web = await asyncio.to_thread(starter.start, database, server, is_first, **settings)
            if is_first:
                setting = SETTING.format(url=service.url)
                lines = await asyncio.to_thread(starter.manage, database, "shell", "-c", setting)
                cookie = next(line.split()[1] for line in lines if line.startswith("cookie"))
            async with asyncio.timeout(SOON_SECONDS):
                await _chat(web.url, cookie, Speaker(service))
                await _think(service, web.url, cookie)
    finally:
        await asyncio.to_thread(starter.end_all)


async def _fields(client: httpx.AsyncClient, cookie: str) -> dict[str, str]:
    client.cookies.set("lightdeck_session", cookie)
    page = (await client.get("/playground/")).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    connection = page.partition('name="connection">')[2].partition('value="')[2].partition('"')[0]
    return {"csrfmiddlewaretoken": token, "connection": connection, "model": "m"}


async def _chat(url: str, cookie: str, speaker: Speaker) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        fields = {**await _fields(client, cookie), "messages": '[{"role": "user", "content": "Hi"}]'}
        await speaker.words.put("one")
        async with client.stream("POST", "/playground/chat/", data=fields, headers={"Origin": url}) as answer:
            assert answer.status_code == 200, await answer.aread()
            lines = answer.aiter_lines()
            # The second is not said before the first was heard.
            assert "one" in await anext(lines)
            await speaker.words.put("two")
            assert "two" in await anext(lines)
    await speaker.left.wait()


async def _think(service: FakeUpstream, url: str, cookie: str) -> None:
    """A model that thinks about a picture is left alone once nobody waits for it."""
    asked, left = asyncio.Event(), asyncio.Event()

    async def think(_request: Request, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        left.set()

    service.scripts["/v1/responses"] = think
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        fields = await _fields(client, cookie)
        posting = asyncio.create_task(
            client.post(
                "/playground/responses/",
                data={**fields, "instruction": "click 'x'", "source": "upload"},
                files={"picture": ("screen.png", png_of(64, 48), "image/png")},
                headers={"Origin": url},
            )
        )
        await asked.wait()
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
    await left.wait()
