"""A drag of the page whose process dies: whoever drives next is not left with a page that takes no pointer."""

from __future__ import annotations

from tests.support.stage import EMPTY, SOURCE, Page, Stage

CLIENT = "alice-drags"


async def test_a_drag_whose_process_was_killed_is_over_for_whoever_drives_next(
    stage: Stage, page: Page
) -> None:
    process = stage.process().wait()
    async with stage.screen(client=CLIENT, url=process.url) as screen:
        await screen.shown()
        await screen.take_control()
        x, y = SOURCE
        await screen.pointer("move", x, y)
        await screen.press(x, y)
        for step in range(1, 6):
            await screen.pointer("move", x + 8 * step, y, buttons=1)
        await page.until("log.some(e => e.type === 'dragenter')")
        process.end(kill=True)
    async with stage.screen(client=CLIENT) as screen:
        await screen.shown()
        await screen.take_control()
        await page.until("log.some(e => e.type === 'dragend') && log.some(e => e.type === 'mouseup')")
        assert not await page.log("drop")
        await screen.click(*EMPTY)
        await page.until("log.some(e => e.type === 'click')")
        await screen.release_control()


async def test_where_nothing_was_dragged_nothing_is_cancelled(stage: Stage, page: Page) -> None:
    process = stage.process().wait()
    async with stage.screen(client=CLIENT, url=process.url) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.press(*EMPTY)
        await page.until("log.some(e => e.type === 'mousedown')")
        process.end(kill=True)
    async with stage.screen(client=CLIENT) as screen:
        await screen.shown()
        await page.until("log.some(e => e.type === 'mouseup')")
        assert not await page.log("dragenter", "dragover", "drop", "dragend")
        await screen.release_control()
