"""(j) The wall with thirty live tiles: what they cost the server, how many bytes they are, and how soon they are there.

The pictures come from a synthetic service (real JPEGs of a tile's size, acknowledged as Chromium's are); the browser
that paints them is real. What the server does for the same wall as a list is taken off.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import psutil
from playwright.async_api import Page, WebSocket

from tests.bench.walls import Scene, browser_page, scene, settle

TILES = 30
#: How often a page changes: oftener than a tile is shown.
RATE = 10.0
SECONDS = 20.0
#: Until every tile has been painted once, seconds.
PATIENCE = 60.0
#: A window that holds them all.
WIDTH, HEIGHT = 2560, 1800
#: In the page: when each tile was painted first, ms since navigation began, and how many paintings there were.
WATCH = """window.first = new Map(); window.painted = 0;
addEventListener("tile-painted", ({ target }) => {
  window.painted += 1;
  if (!first.has(target.dataset.tile)) first.set(target.dataset.tile, performance.now());
});"""


@dataclass(frozen=True)
class Tiles:
    """Shares of a core, bytes and pictures of one tile a second, milliseconds."""

    tiles_cpu: float
    list_cpu: float
    bytes_each: float
    pictures_each: float
    first: float
    last: float
    memory: float


class Received:
    """Counts what the page's sockets bring."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        self.bytes += len(payload)


def run() -> Tiles:
    """Once, from the empty page on."""
    with scene(TILES, RATE) as running:
        return asyncio.run(_measure(running))


def lines(found: Tiles) -> list[str]:
    """The table."""
    each = (found.tiles_cpu - found.list_cpu) / TILES
    return [
        "| 30 live tiles | |",
        "|---|---:|",
        f"| server CPU of one tile | {each:.2%} of a core |",
        f"| server CPU of the whole wall; the same as a list | {found.tiles_cpu:.0%}; {found.list_cpu:.0%} of a core |",
        f"| pictures of one tile | {found.pictures_each:.2f}/s |",
        f"| bytes of one tile | {found.bytes_each / 1000:.1f} kB/s |",
        f"| the first tile painted, from the click that opens the wall | {found.first:.0f} ms |",
        f"| the last of thirty painted | {found.last:.0f} ms |",
        f"| the web process meanwhile | {found.memory:+.1f} MB |",
    ]


async def _measure(running: Scene) -> Tiles:
    web = psutil.Process(running.pid)
    async with browser_page(running, WIDTH, HEIGHT) as page:
        received = Received(page)
        await page.add_init_script(WATCH)
        await page.context.add_cookies([{"name": "lightdeck_view", "value": "list", "url": running.url}])
        await page.goto("/")
        await settle(3.0)
        as_list, _, _ = await _during(web, page, received)
        await page.context.add_cookies([{"name": "lightdeck_view", "value": "tiles", "url": running.url}])
        await page.goto("/")
        await _all_painted(page)
        times: list[float] = await page.evaluate("[...window.first.values()]")
        await settle(3.0)
        before = web.memory_info().rss
        as_tiles, got, pictures = await _during(web, page, received)
        grown = (web.memory_info().rss - before) / 1e6
    return Tiles(as_tiles, as_list, got / TILES, pictures / TILES, min(times), max(times), grown)


async def _all_painted(page: Page) -> None:
    """The page's own policy forbids Playwright's way of waiting."""
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate("window.first.size") < TILES:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _during(web: psutil.Process, page: Page, received: Received) -> tuple[float, float, float]:
    """The server's share of a core, bytes and pictures a second."""
    before, at, painted = web.cpu_times(), received.bytes, await page.evaluate("window.painted")
    await asyncio.sleep(SECONDS)
    after = web.cpu_times()
    used = (after.user + after.system) - (before.user + before.system)
    pictures = await page.evaluate("window.painted") - painted
    return used / SECONDS, (received.bytes - at) / SECONDS, pictures / SECONDS


if __name__ == "__main__":
    print("\n".join(lines(run())))
