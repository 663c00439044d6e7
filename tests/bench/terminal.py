"""(d) 100 MB of a command's output, and six times that, through the terminal of a real page: memory of server and
page, and how fast.

The floor is a client that reads the same command's stream straight from the local Lightcone and throws it away. Memory
is the resident size of the web process and of the page's renderer, ten times a second, in the first and in the last
quarter of the time, between what they had after a first run and what they keep; the page's heap is measured after a
garbage collection.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from playwright.async_api import Page, async_playwright

from tests.support import chromium
from tests.support.stack import Stack, run_stack

MEGABYTE = 1_000_000
SIZES = (100 * MEGABYTE, 600 * MEGABYTE)
WARM = 20 * MEGABYTE
COMMAND = "yes 'The quick brown fox jumps over the lazy dog, again.' | head -c {size}"
LIMIT_MS = 600_000
SAMPLE_SECONDS = 0.1
NAME = "bench-terminal"


@dataclass
class Memory:
    """One process: megabytes before, while the output runs, and afterwards."""

    before: float = 0.0
    meanwhile: list[float] = field(default_factory=list)
    after: float = 0.0

    def most(self, quarter: int) -> float:
        """The most in one quarter of the time, 0 to 3."""
        size = max(1, len(self.meanwhile) // 4)
        return max(self.meanwhile[quarter * size : (quarter + 1) * size], default=self.before)


@dataclass
class Found:
    """One size. Seconds of each way; the first is the floor."""

    straight: float = 0.0
    seconds: float = 0.0
    web: Memory = field(default_factory=Memory)
    renderer: Memory = field(default_factory=Memory)
    heap: Memory = field(default_factory=Memory)


def run() -> dict[int, Found]:
    """On a stack of its own."""
    with run_stack(Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))) as stack:
        return asyncio.run(_run(stack))


def lines(found: dict[int, Found]) -> list[str]:
    """The table."""
    rows = [
        "| MB | of output | before | most in the first quarter | most in the last quarter | after |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    speeds = []
    for size, one in found.items():
        megabytes = size // MEGABYTE
        for name, memory in (("web process", one.web), ("page's renderer", one.renderer)):
            first, last = memory.most(0), memory.most(3)
            rows.append(
                f"| {name} | {megabytes} | {memory.before:.1f} | {first:.1f} | {last:.1f} | {memory.after:.1f} |"
            )
        rows.append(
            f"| page's JavaScript heap | {megabytes} | {one.heap.before:.1f} | | | {one.heap.after:.1f} |"
        )
        speeds.append(
            f"{megabytes} MB: {megabytes / one.seconds:.1f} MB/s onto the screen, straight from the local Lightcone "
            f"{megabytes / one.straight:.1f}."
        )
    return [*rows, "", *speeds]


async def _run(stack: Stack) -> dict[int, Found]:
    found = {size: Found() for size in SIZES}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        context = await stack.context(browser, viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await _open(page)
        await _command(page, WARM)
        for size, one in found.items():
            await _measured(one, stack, page, size)
        await browser.close()
    return found


async def _measured(one: Found, stack: Stack, page: Page, size: int) -> None:
    one.straight = await _straight(stack, size)
    web, renderer = _web(stack), _renderer(stack)
    one.heap.before = await _heap(page)
    async with _watched((web, one.web), (renderer, one.renderer)):
        started = time.perf_counter()
        await _command(page, size)
        one.seconds = time.perf_counter() - started
    one.heap.after = await _heap(page)
    one.web.after, one.renderer.after = _size(web), _size(renderer)


async def _open(page: Page) -> None:
    await page.goto("/computers/new/")
    await page.get_by_label("Name").fill(NAME)
    await page.get_by_role("button", name="Create computer").click()
    await page.wait_for_url("**/computers/*/", timeout=60_000, wait_until="commit")
    await page.locator("#cockpit.has-picture").wait_for(timeout=60_000)
    await page.get_by_role("tab", name="Terminal").click()
    await page.locator("[data-terminal][data-state=ready]").wait_for(timeout=30_000)


async def _command(page: Page, size: int) -> None:
    await page.get_by_label("Command", exact=True).fill(COMMAND.format(size=size))
    await page.get_by_label("Command", exact=True).press("Enter")
    await page.locator("[data-terminal][data-state=running]").wait_for()
    await page.locator("[data-terminal][data-state=ready]").wait_for(timeout=LIMIT_MS)
    sentence = await page.locator("[data-terminal] [data-status]").inner_text()
    assert sentence.startswith("exit 0"), sentence


async def _straight(stack: Stack, wanted: int) -> float:
    url = f"{stack.local_url}/computers/{stack.upstream_id(NAME)}/exec"
    headers = {"Authorization": f"Bearer {stack.local_key}"}
    started, size = time.perf_counter(), 0
    async with httpx.AsyncClient(timeout=600) as http:
        body = {"command": COMMAND.format(size=wanted)}
        async with http.stream("POST", url, json=body, headers=headers) as answer:
            async for chunk in answer.aiter_bytes():
                size += len(chunk)
    assert size > wanted
    return time.perf_counter() - started


@asynccontextmanager
async def _watched(*watched: tuple[psutil.Process, Memory]) -> AsyncIterator[None]:
    async def watch() -> None:
        while True:
            for process, memory in watched:
                memory.meanwhile.append(_size(process))
            await asyncio.sleep(SAMPLE_SECONDS)

    for process, memory in watched:
        memory.before = _size(process)
    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _size(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MEGABYTE


def _web(stack: Stack) -> psutil.Process:
    return next(each for each in stack.child.descendants() if "dashboard.asgi:application" in each.cmdline())


def _renderer(stack: Stack) -> psutil.Process:
    """The page's: the largest renderer of this program that does not belong to a computer."""
    computers = set(stack.child.descendants())
    mine = [each for each in psutil.Process().children(recursive=True) if each not in computers]
    return max((each for each in mine if "--type=renderer" in each.cmdline()), key=_size)


async def _heap(page: Page) -> float:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("HeapProfiler.enable")
    await devtools.send("HeapProfiler.collectGarbage")
    await devtools.send("Performance.enable")
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    await devtools.detach()
    return float(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")) / MEGABYTE


if __name__ == "__main__":
    print("\n".join(lines(run())))
