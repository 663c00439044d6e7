"""Bare dashboard processes, for tests that need two of them, or another server."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from dashboard import keys
from tests.support import prepared
from tests.support.processes import Child, environment, free_port, wait_until

READY_SECONDS = 60.0


@dataclass
class Web:
    """One dashboard process."""

    child: Child
    url: str

    @property
    def pid(self) -> int:
        return self.child.process.pid


class WebStarter:
    """Starts dashboard processes that share one set of keys, and ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "web"
        self._keys = {
            "SECRET_KEY": keys.make_secret_key(),
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        self._started: list[Web] = []

    def start(self, database_url: str, server: str = "uvicorn", migrate: bool = True, **changes: str) -> Web:
        """Start one on `database_url`; `server` is uvicorn or daphne, `changes` go to its environment."""
        if not self._folder.exists():
            keys.prepare_folder(self._folder)
            (self._folder / "static").symlink_to(prepared.folder() / "static")
        own = {"LIGHTDECK_DATA_DIR": str(self._folder), "DATABASE_URL": database_url, **self._keys}
        env = environment({**own, **changes})
        if migrate:
            migration = Child(["manage.py", "migrate", "--verbosity=0"], env)
            assert migration.wait(READY_SECONDS) == 0, migration.output
        port = free_port()
        web = Web(Child(_command(server, port), env), f"http://127.0.0.1:{port}")
        self._started.append(web)
        wait_until(lambda: _ready(web), READY_SECONDS, f"readiness ({web.child.output})")
        return web

    def manage(self, database_url: str, *arguments: str) -> list[str]:
        """Run one management command on that database, with the processes' keys; what it printed."""
        own = {"LIGHTDECK_DATA_DIR": str(self._folder), "DATABASE_URL": database_url, **self._keys}
        child = Child(["manage.py", *arguments], environment(own))
        assert child.wait(READY_SECONDS) == 0, child.output
        return child.lines

    def end_all(self) -> None:
        for web in self._started:
            if web.child.running:
                web.child.end()


def _command(server: str, port: int) -> list[str]:
    if server == "daphne":
        return ["-m", "daphne", "--bind", "127.0.0.1", "--port", str(port), "dashboard.asgi:application"]
    options = [
        "--lifespan=on",
        "--no-access-log",
        "--no-proxy-headers",
        "--ws=dashboard.direct:DirectWebSocket",
    ]
    options += ["--ws-per-message-deflate=false", "--timeout-graceful-shutdown=3", "--log-level=warning"]
    return ["-m", "uvicorn", "dashboard.asgi:application", f"--port={port}", *options]


def _ready(web: Web) -> bool:
    assert web.child.running, web.child.output
    try:
        with urllib.request.urlopen(f"{web.url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
