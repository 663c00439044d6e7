"""The running product with one real computer, people who are signed in, and a page that writes down what reaches it."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import psutil

from tests.local_lightcone.harness import DevTools, devtools
from tests.support.processes import LASTING_SECONDS, ROOT, environment, free_port, wait_until
from tests.support.screens import Screen, real_screen
from tests.support.stack import PEOPLE, Stack

WIDTH, HEIGHT = 800, 600
SERVES = "dashboard.asgi:application"

#: Where things are on the page, CSS pixels: (x, y) of a point inside each.
WORDS, FIELD, SOURCE, TARGET, SCROLLER, EMPTY = (
    (60, 40),
    (100, 115),
    (60, 190),
    (340, 190),
    (100, 350),
    (700, 500),
)

PAGE = """<!doctype html><meta charset=utf-8><title>Stage</title>
<style>* { margin: 0 } body > * { position: absolute; left: 20px } #target { left: 300px }
#source, #target { width: 100px; height: 60px; top: 160px; background: silver }
#words { top: 20px; width: 300px; height: 40px; font: 20px monospace } #words:hover { color: red }
#field { top: 100px; width: 300px; height: 30px }
#scroller { top: 250px; width: 200px; height: 200px; overflow: scroll }
#scroller div { width: 2000px; height: 2000px }</style>
<p id=words>alpha beta gamma</p><input id=field><div id=source draggable=true>drag</div><div id=target>drop</div>
<div id=scroller><div></div></div>
<script>
const log = window.log = [];
const mouse = ["mousedown", "mouseup", "mousemove", "click", "dblclick", "contextmenu", "auxclick"];
for (const type of mouse) addEventListener(type, (event) => {
  log.push({type, x: event.clientX, y: event.clientY, button: event.button, buttons: event.buttons,
            detail: event.detail, shift: event.shiftKey});
  if (type === "contextmenu") event.preventDefault();
}, true);
for (const type of ["keydown", "keyup"]) addEventListener(type, (event) => log.push({type, key: event.key,
  code: event.code, ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey, meta: event.metaKey,
  repeat: event.repeat, which: event.which, location: event.location}), true);
for (const type of ["dragstart", "dragenter", "dragover", "drop", "dragend"]) addEventListener(type, (event) => {
  log.push({type, x: event.clientX, y: event.clientY, data: event.dataTransfer.getData("text/plain")});
  if (type === "dragstart") event.dataTransfer.setData("text/plain", "cargo");
  if (event.target.id === "target") event.preventDefault();
}, true);
</script>"""


class Page:
    """The page, asked over a DevTools connection of the test's own."""

    def __init__(self, tools: DevTools) -> None:
        self.tools = tools

    async def ask(self, expression: str) -> Any:
        return await self.tools.evaluate(expression)

    async def reset(self) -> None:
        """The page as it was at first."""
        fresh = secrets.token_hex(4)
        url = "data:text/html;base64," + base64.b64encode(f"{PAGE}<!-- {fresh} -->".encode()).decode()
        await self.tools("Page.navigate", self.tools.page, url=url)
        await self.until(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    async def log(self, *types: str) -> list[dict[str, Any]]:
        """What reached it, of these types."""
        entries = json.loads(await self.ask("JSON.stringify(window.log)"))
        return [entry for entry in entries if not types or entry["type"] in types]

    async def until(self, expression: str, seconds: float = 10.0) -> None:
        """Wait until the expression is true there."""
        deadline = time.monotonic() + seconds
        while not await self.ask(f"Boolean({expression})"):
            assert time.monotonic() < deadline, (expression, await self.ask("JSON.stringify(window.log)"))


def _command(process: psutil.Process) -> list[str]:
    """Its words; none of one that has just ended."""
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


class Process:
    """One dashboard process beside the stack's own, on the same database; `server` as the stack's own, or daphne."""

    def __init__(self, stack: Stack, server: str = "") -> None:
        own = next(each for each in stack.child.descendants() if SERVES in _command(each))
        port = free_port()
        arguments = [str(port) if before == "--port" else each for before, each in _pairs(own.cmdline()[1:])]
        arguments = [f"--port={port}" if each.startswith("--port=") else each for each in arguments]
        if server == "daphne":
            arguments = ["-m", "daphne", "--bind=127.0.0.1", f"--port={port}", SERVES]
        self.url = f"http://127.0.0.1:{port}"
        changes = {"LIGHTDECK_PORT": str(port)}
        env = {**environment({}), **own.environ(), **changes}
        self.process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL
        )

    def wait(self) -> Process:
        wait_until(self._ready, 40, f"readiness of {self.url}")
        return self

    def stop(self) -> None:
        psutil.Process(self.process.pid).suspend()

    def go_on(self) -> None:
        psutil.Process(self.process.pid).resume()

    def end(self, *, kill: bool = False) -> None:
        if self.process.poll() is None:
            self.go_on()
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(20)

    def _ready(self) -> bool:
        assert self.process.poll() is None, "it ended"
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Stage:
    """`computer` is upstream's id of the computer, `public_id` ours."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._started: list[Process] = []
        self.cookies = {name: stack.cookie(name) for name in PEOPLE}
        self.computer = self.new_computer()
        self.public_id = self.public_id_of(self.computer)

    def new_computer(self) -> str:
        limits = {"inactivity_timeout_seconds": LASTING_SECONDS, "max_lifetime_seconds": LASTING_SECONDS}
        body = {"display": {"width": WIDTH, "height": HEIGHT}, **limits}
        headers = {"Authorization": f"Bearer {self.stack.local_key}"}
        made = httpx.post(f"{self.stack.local_url}/computers", json=body, headers=headers, timeout=60)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def public_id_of(self, computer: str) -> str:
        """Our id, once the dashboard has noticed the computer."""
        query = "SELECT public_id FROM computers_computer WHERE upstream_id = ?"
        wait_until(lambda: bool(self.rows(query, computer)), 30, "the dashboard noticing the computer")
        return str(self.rows(query, computer)[0][0])

    def stop(self, process: Process) -> None:
        """Stop it, but not in the middle of a write: on SQLite nobody could write any more, whoever they are."""
        for _ in range(50):
            process.stop()
            if self._writable():
                return
            process.go_on()
            time.sleep(0.05)
        raise AssertionError("it writes all the time")

    def _writable(self) -> bool:
        connection = sqlite3.connect(self.stack.folder / "lightdeck.sqlite3", timeout=0.2)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            connection.close()
        return True

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Read the dashboard's database."""
        connection = sqlite3.connect(
            f"file:{self.stack.folder / 'lightdeck.sqlite3'}?mode=ro", uri=True, timeout=10
        )
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def held(self) -> dict[str, Any]:
        """What the lease's row says is pressed."""
        query = "SELECT held FROM computers_controllease JOIN computers_computer c ON c.id = computer_id"
        rows = self.rows(query + " WHERE c.public_id = ?", self.public_id)
        return dict(json.loads(rows[0][0])) if rows else {}

    def screen(
        self, name: str = "alice", client: str = "", url: str = "", origin: str = ""
    ) -> AbstractAsyncContextManager[Screen]:
        """A screen of that person's, on the stack's own process or the one at `url`."""
        return real_screen(url or self.stack.base_url, self.public_id, self.cookies[name], client, origin)

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """The page, as it was at first."""
        server: Any = SimpleNamespace(url=self.stack.local_url, key=self.stack.local_key)
        async with devtools(server, self.computer) as tools:
            page = Page(tools)
            await page.reset()
            yield page

    def process(self) -> Process:
        """One more dashboard process, ended with the stage at the latest."""
        self._started.append(Process(self.stack))
        return self._started[-1]

    def end_all(self) -> None:
        """What a test that failed has left running."""
        for process in self._started:
            process.end()


def _pairs(arguments: list[str]) -> list[tuple[str, str]]:
    return list(zip(["", *arguments], arguments, strict=False))
