"""(h) From the click on "Take over" to the first press that reaches the computer, on a local agent that works there.

The press is made the moment the cockpit says that its person drives; the remote page itself says when it came. Both
pages read the same machine's clock, in whole milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from playwright.async_api import Page, async_playwright, expect

from tests.bench.measure import percentile
from tests.support import chromium
from tests.support.stack import Stack, run_stack

ROUNDS = 25
#: How long the agent works between two of them, seconds: it is found thinking, looking and acting.
WORKS = 1.3
AGENT_MS = 60_000
REMOTE = b"""<!doctype html><title>Takeover</title><body style="margin:0"><script>
addEventListener("mousedown", () => fetch("/at/" + Date.now()));</script>"""

#: In the cockpit: the moments of the click and of driving; the press is made by the caller, who is told.
WATCH = """() => {
  window.moments = {};
  addEventListener("click", (event) => {
    if (event.target.closest("#agent-take-over")) window.moments = { clicked: Date.now() };
  }, true);
  const cockpit = document.getElementById("cockpit");
  new MutationObserver(() => {
    if (cockpit.dataset.driver !== "you" || !window.moments.clicked || window.moments.driving) return;
    window.moments.driving = Date.now();
    window.drives();
  }).observe(cockpit, { attributes: true, attributeFilter: ["data-driver"] });
}"""


@dataclass
class Takeovers:
    """Milliseconds from the click: until the page says that one drives, and until a press has reached the computer."""

    driving: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)


def run() -> Takeovers:
    """One computer, one task, taken over and handed back again and again."""
    with run_stack(Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))) as stack, _site() as (address, pressed):
        return asyncio.run(_run(stack, address, pressed))


def lines(found: Takeovers) -> list[str]:
    """The table."""
    rows = [f"| {ROUNDS} times taken over, ms since the click | p50 | p90 | worst |", "|---|---:|---:|---:|"]
    for name, values in (
        ("the cockpit says “You are driving”", found.driving),
        ("the first press has reached the computer", found.accepted),
    ):
        p50, p90 = percentile(values, 0.5), percentile(values, 0.9)
        rows.append(f"| {name} | {p50:.0f} | {p90:.0f} | {max(values):.0f} |")
    return rows


async def _run(stack: Stack, address: str, pressed: list[float]) -> Takeovers:
    found = Takeovers()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        context = await stack.context(browser, viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        cockpit = stack.open_computer("bench-1", address)
        await _work(page)
        await page.goto(cockpit)
        drives = asyncio.Event()
        await page.expose_function("drives", drives.set)
        await page.locator("#cockpit.has-picture").wait_for()
        await page.evaluate(WATCH)
        box = await page.get_by_role("application", name="Live screen").bounding_box()
        assert box is not None
        for _ in range(ROUNDS):
            await asyncio.sleep(WORKS)
            await _take_over(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, drives, pressed)
            moments = await page.evaluate("moments")
            found.driving.append(moments["driving"] - moments["clicked"])
            found.accepted.append(pressed[-1] - moments["clicked"])
            await page.get_by_role("button", name="Hand back").click()
            await page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
            await expect(page.get_by_text("Agent at work:")).to_be_visible(timeout=AGENT_MS)
        await browser.close()
    return found


async def _work(page: Page) -> None:
    await page.goto("/tasks/new/")
    await page.get_by_label("Instruction").fill("wait 1 second\n" * 90)
    await page.get_by_label("Most steps").fill("900")
    await page.get_by_role("group", name="Computers").get_by_label("bench-1").check()
    await page.get_by_role("button", name="Start task").click()
    await page.wait_for_url(re.compile(r"/tasks/(?!new/)[^/]+/$"))
    await expect(page.locator(".task-state")).to_contain_text("running", timeout=AGENT_MS)


async def _take_over(page: Page, x: float, y: float, drives: asyncio.Event, pressed: list[float]) -> None:
    drives.clear()
    pressed.clear()
    await page.get_by_role("button", name="Take over").click()
    async with asyncio.timeout(30):
        await drives.wait()
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.up()
        while not pressed:  # noqa: ASYNC110  another thread's
            await asyncio.sleep(0.02)


@contextlib.contextmanager
def _site() -> Iterator[tuple[str, list[float]]]:
    """The remote page, and when it was pressed."""
    pressed: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/at/"):
                pressed.append(float(self.path.removeprefix("/at/")))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(REMOTE)

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", pressed
    server.shutdown()


if __name__ == "__main__":
    print("\n".join(lines(run())))
