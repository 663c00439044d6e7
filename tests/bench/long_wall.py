"""(k) A wall of 500 computers: how long a change upstream takes until it is on the screen, and what the page costs.

Upstream's list is asked for again and again, so most of that time is waiting for the next question: what comes after it
is told beside.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import httpx
import psutil
from playwright.async_api import Page

from tests.bench.measure import percentile
from tests.bench.walls import Scene, browser_page, scene, settle

ROWS = 500
CHANGES = 60
#: Between two changes, seconds: they must not fall in step with the questions.
PAUSE = (0.3, 2.5)
WITHIN_MS = 30_000
#: In the page: `shows(id, word)` resolves with the time of the animation frame after its row says so, ms since 1970.
WATCH = """window.shows = (id, word) => new Promise((resolve) => {
  const says = () => document.querySelector(`[data-fact="computer:${id}"] .fleet-status`)?.textContent.includes(word);
  const done = () => requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
  if (says()) return done();
  const observer = new MutationObserver(() => { if (says()) { observer.disconnect(); done(); } });
  const everything = { childList: true, subtree: true, characterData: true };
  observer.observe(document.querySelector("[data-fleet-list]"), everything);
});"""


@dataclass(frozen=True)
class LongWall:
    """Milliseconds of every change; of the page itself; shares of a core."""

    changes: list[float]
    opened: float
    rendered: list[float]
    messages: int
    cpu: float


def run() -> LongWall:
    """One browser, one change at a time."""
    with scene(ROWS, 1.0) as running:
        return asyncio.run(_measure(running))


def lines(found: LongWall) -> list[str]:
    """The table."""
    p50, p95 = (percentile(found.changes, share) for share in (0.5, 0.95))
    page = percentile(found.rendered, 0.5)
    return [
        "| a wall of 500 rows | |",
        "|---|---:|",
        f"| from upstream's change to its pixels, p50 | {p50:.0f} ms |",
        f"| p95 | **{p95:.0f} ms** |",
        f"| worst of {len(found.changes)} | {max(found.changes):.0f} ms |",
        f"| rows pushed for those changes | {found.messages} |",
        f"| the page's HTML, the server's answer, p50 of {len(found.rendered)} | {page:.0f} ms |",
        f"| opened in a browser until its 500 rows are there | {found.opened:.0f} ms |",
        f"| the server meanwhile, the listing of 500 included | {found.cpu:.0%} of a core |",
    ]


async def _measure(running: Scene) -> LongWall:
    web = psutil.Process(running.pid)
    async with browser_page(running, 1280, 800) as page, httpx.AsyncClient() as client:
        rendered = await _rendered(running, client)
        pushed: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: _count(text, pushed)))
        await page.add_init_script(WATCH)
        opened = time.perf_counter()
        await page.goto("/", wait_until="domcontentloaded")
        await page.locator("[data-fleet-list] > li").nth(ROWS - 1).wait_for(state="attached")
        took = (time.perf_counter() - opened) * 1000
        ids = await page.evaluate("[...document.querySelectorAll('.fleet-row')].map((row) => row.dataset.id)")
        names = await page.locator(".fleet-name a").all_inner_texts()
        await settle(3.0)
        pushed.clear()
        before, began = web.cpu_times(), time.perf_counter()
        changes = [await _change(running, client, page, ids, names, number) for number in range(CHANGES)]
        after, seconds = web.cpu_times(), time.perf_counter() - began
    used = (after.user + after.system) - (before.user + before.system)
    return LongWall(changes, took, rendered, len(pushed), used / seconds)


def _count(text: str | bytes, pushed: list[str]) -> None:
    if isinstance(text, str) and '"type":"fact"' in text[:40]:
        pushed.append("fact")


async def _rendered(running: Scene, client: httpx.AsyncClient) -> list[float]:
    """Milliseconds of the whole page, again and again."""
    found = []
    for _ in range(10):
        began = time.perf_counter()
        answer = await client.get(
            running.url, headers={"Cookie": f"lightdeck_session={running.cookie}"}, timeout=60
        )
        found.append((time.perf_counter() - began) * 1000)
        assert answer.text.count("fleet-row") >= ROWS
    return found


async def _change(
    running: Scene, client: httpx.AsyncClient, page: Page, ids: list[str], names: list[str], number: int
) -> float:
    """One of them has another status from now on; milliseconds until that is on the screen."""
    await asyncio.sleep(random.uniform(*PAUSE))
    # A row that can be seen: what is far below is not drawn.
    at = random.randrange(10)
    word = f"change-{number}"
    upstream = f"comp_{names[at].rsplit(' ', 1)[-1][-4:]}"
    shown = asyncio.create_task(page.evaluate("([id, word]) => window.shows(id, word)", [ids[at], word]))
    await asyncio.sleep(0.05)
    changed_at = (await client.get(f"{running.source}/become/{upstream}/{word}")).json()["at"]
    async with asyncio.timeout(WITHIN_MS / 1000):
        return float(await shown - changed_at)


if __name__ == "__main__":
    print("\n".join(lines(run())))
