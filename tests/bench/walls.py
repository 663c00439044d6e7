"""A dashboard on the synthetic service of many computers, and a browser that looks at its wall."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.support import chromium
from tests.support.processes import Child, environment, free_port, wait_until
from tests.support.web import WebStarter

#: Makes Alice, a connection to the service, and a session; prints the cookie.
SCENE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from computers.models import Connection
from dashboard.models import Membership, Team, User
user = User.objects.create_user("alice")
team = Team.objects.create(name="Bench", slug="bench")
Membership.objects.create(user=user, team=team, role="owner")
Connection.objects.create(team=team, name="bench", base_url={source!r}, api_key="sk_bench")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("scene", session.session_key)
"""
#: Until the dashboard has listed them all, seconds.
LISTED_WITHIN = 60.0


@dataclass(frozen=True)
class Scene:
    """What runs: the dashboard's process and address, the service's, and a signed-in person."""

    pid: int
    url: str
    source: str
    cookie: str


@contextmanager
def scene(count: int, rate: float) -> Iterator[Scene]:
    """`count` computers are known to the dashboard."""
    folder = Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))
    port = free_port()
    many = Child(["-m", "tests.bench.many", str(port), str(count), str(rate)], environment({}))
    starter = WebStarter(folder)
    try:
        many.wait_for_line("many is ready")
        source = f"http://127.0.0.1:{port}"
        database = f"sqlite:///{folder / 'bench.sqlite3'}"
        web = starter.start(database, LIGHTDECK_PRIVATE_UPSTREAMS=source)
        told = starter.manage(database, "shell", "-c", SCENE.format(source=source))
        cookie = next(line for line in told if line.startswith("scene")).split()[1]
        wait_until(lambda: _known(folder / "bench.sqlite3") == count, LISTED_WITHIN, "the listing")
        yield Scene(web.pid, web.url, source, cookie)
    finally:
        starter.end_all()
        many.end()


@asynccontextmanager
async def browser_page(running: Scene, width: int, height: int) -> AsyncIterator[Page]:
    """A signed-in window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        context = await browser.new_context(base_url=running.url, viewport={"width": width, "height": height})
        await context.add_cookies(
            [{"name": "lightdeck_session", "value": running.cookie, "url": running.url}]
        )
        yield await context.new_page()
        await browser.close()


def _known(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM computers_computer").fetchone()[0])


async def settle(seconds: float) -> None:
    """Let what has begun come to rest."""
    await asyncio.sleep(seconds)
