"""(i) An agent's step from the service's clock until it is painted on the open task page, in a real Chromium.

The way: the service's stream, the recorder, a transaction, news of the commit, the fragment, a socket, the page. Its
floor is a bare page in the same browser that reads the very same steps straight from the service and puts each into a
list. A step counts as painted in the task behind the animation frame that shows it; no clocks of two machines are
compared.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.bench.measure import percentile
from tests.support import chromium
from tests.support.fake_agents import COMPLETED, STARTED, FakeAgents, FakeTask, fake_agents, thinks
from tests.support.fake_upstream import Request
from tests.support.web import WebStarter

STEPS, EVERY = 200, 0.25
STEADY_SECONDS = 3.0
LIMIT = 120.0

#: Somebody signed in, and a task of theirs that nobody has started; prints the session's cookie and the task's id.
SETTING = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from agents.models import Task
from computers.models import Connection
from dashboard.models import Membership, Team, User
user, team = User.objects.create_user("alice"), Team.objects.create(name="Bench", slug="bench")
Membership.objects.create(user=user, team=team, role="owner")
made = Connection.objects.create(
    team=team, name="Bench", base_url={url!r}, api_key="sk_bench", attaches_tasks=True)
task = Task.objects.create(connection=made, instruction="Bench", wish={{"instruction": "Bench"}}, started_by=user)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("made", session.session_key, task.public_id)
"""
#: How late the recorder had each step, ms.
READ = """
import json
from agents.models import Step
rows = Step.objects.filter(kind="thinking")
print("read", json.dumps([(row.at.timestamp() - float(row.text.split()[1])) * 1000 for row in rows]))
"""

#: Notes when each new item of a list is painted: its number, and how long after its own time, ms.
WATCH = """(selector) => {
  window.painted = {};
  const channel = new MessageChannel(), waiting = [];
  channel.port1.onmessage = () => {
    const now = performance.timeOrigin + performance.now();
    for (const [number, at] of waiting.splice(0)) window.painted[number] ??= now - at;
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      const found = /#(\\d+) ([\\d.]+)/.exec(node.textContent);
      if (found) requestAnimationFrame(() => {
        waiting.push([found[1], Number(found[2]) * 1000]);
        channel.port2.postMessage(0);
      });
    }
  }).observe(document.querySelector(selector), { childList: true });
}"""
#: The floor: the same steps, read from the service itself.
BARE = """async (address) => {
  const reader = (await fetch(address)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const frames = (rest + value).split("\\n\\n");
      rest = frames.pop();
      for (const frame of frames) {
        const item = document.createElement("li");
        item.textContent = JSON.parse(frame.slice(frame.indexOf("data: ") + 6)).content;
        document.querySelector("#list").prepend(item);
      }
    }
  })();
}"""


@dataclass
class Painted:
    """Milliseconds of every step: painted by us, painted by the bare page, had by our recorder."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)


def run() -> Painted:
    """One task whose steps come one by one, watched by both pages."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(Path(folder)))


def lines(found: Painted) -> list[str]:
    """The table."""
    table = [
        f"| {STEPS} steps, one every {EVERY:g} s | steps | p50 ms | p95 ms | worst |",
        "|---|---:|---:|---:|---:|",
    ]
    rows = {
        "painted on the task page": found.ours,
        "had by the recorder": found.read,
        "painted by a bare page that reads the service itself": found.bare,
    }
    for name, times in rows.items():
        p50, p95 = (percentile(times, share) for share in (0.5, 0.95))
        table.append(f"| {name} | {len(times)} | {p50:.0f} | {p95:.0f} | {max(times):.0f} |")
    p50, p95 = (percentile(found.ours, share) - percentile(found.bare, share) for share in (0.5, 0.95))
    return [*table, "", f"More than the floor: {p50:.0f} ms at p50, {p95:.0f} ms at p95."]


async def _run(folder: Path) -> Painted:
    database = f"sqlite:///{folder / 'bench.sqlite3'}"
    starter = WebStarter(folder)
    async with fake_agents() as agents, async_playwright() as playwright:
        try:
            settings = {"LIGHTDECK_PRIVATE_UPSTREAMS": agents.url}
            web = await asyncio.to_thread(starter.start, database, **settings)
            made = await asyncio.to_thread(
                starter.manage, database, "shell", "-c", SETTING.format(url=agents.url)
            )
            _, cookie, task_id = next(line for line in made if line.startswith("made")).split()
            browser = await playwright.chromium.launch(
                executable_path=chromium.find(), args=chromium.arguments()
            )
            task = await agents.started(1, LIMIT)
            await task.tell(STARTED)
            page = await _task_page(browser, web.url, cookie, task_id)
            bare = await _bare_page(browser, agents, task)
            await _talk(task)
            found = Painted(await _painted(page), await _painted(bare))
            await browser.close()
            read = await asyncio.to_thread(starter.manage, database, "shell", "-c", READ)
            found.read = json.loads(next(line for line in read if line.startswith("read")).partition(" ")[2])
            return found
        finally:
            await asyncio.to_thread(starter.end_all)


async def _task_page(browser: Browser, url: str, cookie: str, task_id: str) -> Page:
    context = await browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    await context.add_cookies([{"name": "lightdeck_session", "value": cookie, "url": url}])
    page = await context.new_page()
    await page.goto(f"/tasks/{task_id}/")
    await page.locator("#steps li").first.wait_for()
    await page.evaluate(WATCH, "#steps")
    return page


async def _bare_page(browser: Browser, agents: FakeAgents, task: FakeTask) -> Page:
    async def stream(_request: Request, _reader: Any, writer: asyncio.StreamWriter) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        sent = len(task.events)
        while not (task.over and sent == len(task.events)):
            for id, event in task.events[sent:]:
                sent += 1
                writer.write(agents._frame(id, event))
            await writer.drain()
            async with task.changed:
                await task.changed.wait_for(lambda: task.over or sent < len(task.events))  # noqa: B023

    async def empty(_request: Request, _reader: Any, writer: asyncio.StreamWriter) -> None:
        body = b"<!doctype html><ul id=list></ul>"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    agents.upstream.scripts |= {"/bare": empty, "/bare-stream": stream}
    page = await (await browser.new_context(viewport={"width": 1280, "height": 800})).new_page()
    await page.goto(f"{agents.url}/bare")
    await page.evaluate(WATCH, "#list")
    await page.evaluate(BARE, "/bare-stream")
    return page


async def _talk(task: FakeTask) -> None:
    """Each step says when it was said. Not in step with anything that runs at a beat of its own."""
    await asyncio.sleep(STEADY_SECONDS)
    chance = random.Random(7)
    for number in range(STEPS):
        await task.tell(thinks(f"#{number} {time.time()} The invoice is on the second page."))
        await asyncio.sleep(EVERY * chance.uniform(0.5, 1.5))
    await asyncio.sleep(STEADY_SECONDS)
    await task.tell(COMPLETED)
    await task.end()


async def _painted(page: Page) -> list[float]:
    return list((await page.evaluate("() => window.painted")).values())


if __name__ == "__main__":
    print("\n".join(lines(run())))
