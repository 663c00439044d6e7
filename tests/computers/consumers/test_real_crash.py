"""A page whose process dies, on real Chromium: it is said, nothing is sent there, and a reload brings it back."""

from __future__ import annotations

import asyncio
import json

from computers.relay.feed import CRASHED
from tests.support.screens import WAIT_SECONDS
from tests.support.stage import EMPTY, Page, Stage


async def crash(page: Page) -> None:
    # Never answered: whoever could is gone.
    command = {"id": 0, "method": "Page.crash", "sessionId": page.tools.page}
    await page.tools.socket.send(json.dumps(command))


async def test_a_page_that_crashed_is_called_so_until_it_is_loaded_again(stage: Stage, page: Page) -> None:
    async with stage.screen() as screen:
        await screen.shown()
        await screen.take_control()
        await crash(page)
        await screen.heard("state", state="stalled", reason=CRASHED)
        await screen.click(*EMPTY)
        assert (await screen.heard("error"))["code"] == "not_connected"
        await page.tools("Page.reload", page.tools.page)
        await screen.until(lambda: screen.of("state")[-1]["state"] in {"live", "idle"})
        await page.until("document.readyState === 'complete' && window.log")
        errors = len(screen.errors)
        # Another picture of a page that loads makes a click at the one before it stale, and says so.
        async with asyncio.timeout(WAIT_SECONDS):
            while not await page.ask("log.some(e => e.type === 'click')"):
                await screen.click(*EMPTY)
                await asyncio.sleep(0.5)
        assert set(screen.errors[errors:]) <= {"stale_view"}
        await screen.release_control()


async def test_who_comes_after_the_crash_is_told_too(stage: Stage, page: Page) -> None:
    await crash(page)
    process = stage.process().wait()
    try:
        async with stage.screen(url=process.url) as screen:
            await screen.heard("state", state="stalled", reason=CRASHED)
            await page.tools("Page.reload", page.tools.page)
            await screen.shown()
            await screen.heard("state", state="live")
    finally:
        process.end()
