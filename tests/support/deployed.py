"""The product in parts, as compose.yaml runs it but for the containers: PostgreSQL, Redis, the local Lightcone, web
processes and the background services, each by its own command."""

from __future__ import annotations

import secrets
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg

from dashboard import keys
from tests.architecture.container import command_of
from tests.local_lightcone.harness import devtools
from tests.support import prepared
from tests.support.processes import LASTING_SECONDS, Child, environment, free_port, wait_until
from tests.support.screens import Screen, real_screen
from tests.support.stack import PASSWORD, PEOPLE, SIGN_IN
from tests.support.stage import HEIGHT, WIDTH, Page

READY_SECONDS = 60.0


class Part:
    """One web process."""

    def __init__(self, child: Child, url: str) -> None:
        self.child, self.url = child, url

    def kill(self) -> None:
        self.child.process.kill()
        self.child.wait()

    def figures(self, token: str) -> dict[str, float]:
        """What it tells Prometheus, without labels."""
        answer = httpx.get(
            f"{self.url}/metrics", headers={"Authorization": f"Bearer {token}"}
        ).raise_for_status()
        lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}


class Deployed:
    """All parts but the web processes, which a test starts, and may kill."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, children: list[Child]) -> None:
        self.folder, self.database_url, self.metrics_token = folder, database_url, secrets.token_hex(16)
        self._children = children
        keys.prepare_folder(folder)
        local_key = folder / "local_key"
        local_key.write_text(keys.make_local_key(), encoding="ascii")
        self.local_key = local_key.read_text(encoding="ascii")
        local_port = str(free_port())
        self.local_url = f"http://127.0.0.1:{local_port}"
        (folder / "computers").mkdir(mode=0o700)
        local = {"LIGHTDECK_LOCAL_PORT": local_port, "LIGHTDECK_LOCAL_KEY_FILE": str(local_key)}
        self._start("local", environment({**local, "LIGHTDECK_DATA_DIR": str(folder / "computers")}))
        self.env = environment(
            {
                **local,
                "LIGHTDECK_DATA_DIR": str(folder),
                "LIGHTDECK_STATIC_DIR": str(prepared.folder() / "static"),
                "LIGHTDECK_PRIVATE_UPSTREAMS": self.local_url,
                "LIGHTDECK_BACKGROUND": "off",
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "SECRET_KEY": keys.make_secret_key(),
                "FIELD_ENCRYPTION_KEYS": keys.make_field_key(),
                "METRICS_TOKEN": self.metrics_token,
                "DJANGO_SUPERUSER_USERNAME": prepared.OWNER,
                "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
            }
        )
        assert self._start("prepare").wait(READY_SECONDS) == 0
        # Each takes a moment, and none needs another.
        self.webs = [self.web(), self.web()]
        self.beat = folder / "beat"
        self._start("background", more=("--beat", str(self.beat)))
        self.cookies = self._people()
        wait_until(lambda: _answers(f"{self.local_url}/healthz"), READY_SECONDS, "the local Lightcone")
        self.computer, self.public_id = self._computer()

    def web(self) -> Part:
        """One more web process; `ready` waits for it."""
        port = str(free_port())
        own = {**self.env, "LIGHTDECK_PORT": port, "LIGHTDECK_HOST": "127.0.0.1"}
        return Part(self._start("web", own), f"http://127.0.0.1:{port}")

    def ready(self, place: int) -> Part:
        """The first or the second web process, ready; another in its place if it was killed."""
        if not self.webs[place].child.running:
            self.webs[place] = self.web()
        part = self.webs[place]
        wait_until(lambda: _answers(f"{part.url}/readyz"), READY_SECONDS, f"readiness of {part.url}")
        return part

    def manage(self, *arguments: str) -> Child:
        """A management command, ended."""
        child = Child(["manage.py", *arguments], self.env)
        child.wait(READY_SECONDS)
        return child

    def screen(self, part: Part, name: str, client: str) -> AbstractAsyncContextManager[Screen]:
        """That person's tab, on that process."""
        return real_screen(part.url, self.public_id, self.cookies[name], client)

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """The page of its one computer, as it was at first."""
        server: Any = SimpleNamespace(url=self.local_url, key=self.local_key)
        async with devtools(server, self.computer) as tools:
            page = Page(tools)
            await page.reset()
            yield page

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def _start(self, part: str, env: dict[str, str] | None = None, more: tuple[str, ...] = ()) -> Child:
        child = Child([*command_of(part), *more], env or self.env)
        self._children.append(child)
        return child

    def _people(self) -> dict[str, str]:
        lines = self.manage("shell", "-c", SIGN_IN.format(people=PEOPLE, password=PASSWORD)).lines
        return {words[1]: words[2] for words in map(str.split, lines) if words[:1] == ["cookie"]}

    def _computer(self) -> tuple[str, str]:
        """One that was opened past the dashboard: the background services find it."""
        limits = {"inactivity_timeout_seconds": LASTING_SECONDS, "max_lifetime_seconds": LASTING_SECONDS}
        body = {"display": {"width": WIDTH, "height": HEIGHT}, **limits}
        headers = {"Authorization": f"Bearer {self.local_key}"}
        made = httpx.post(
            f"{self.local_url}/computers", json=body, headers=headers, timeout=60
        ).raise_for_status()
        id = str(made.json()["id"])
        query = "SELECT public_id FROM computers_computer WHERE upstream_id = %s"
        wait_until(lambda: bool(self.ask(query, id)), 30, "the background services noticing the computer")
        return id, str(self.ask(query, id)[0][0])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def deployed(folder: Path, database_url: str, redis_url: str) -> Iterator[Deployed]:
    """Running; afterwards nothing of it is left, however far its start came."""
    children: list[Child] = []
    try:
        yield Deployed(folder, database_url, redis_url, children)
    finally:
        for child in reversed(children):
            if child.running:
                child.end()
