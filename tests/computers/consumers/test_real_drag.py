"""A drag of the page whose process dies: whoever drives next is not left with a page that takes no pointer."""

from __future__ import annotations

from tests.support.stage import EMPTY, SOURCE, TARGET, Page, Stage

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


async def test_who_drove_before_in_another_process_and_looks_on_takes_nobodys_drag(
    stage: Stage, page: Page
) -> None:
    """Of several who intercept a page's drags, Chromium tells only the first."""
    process = stage.process().wait()
    async with stage.screen("alice") as before, stage.screen("bob", url=process.url) as screen:
        await before.shown()
        await before.take_control()
        await before.click(*EMPTY)
        await page.until("log.some(e => e.type === 'click')")
        await before.release_control()
        await screen.shown()
        await screen.take_control()
        await screen.pointer("move", *SOURCE)
        await screen.press(*SOURCE)
        for step in range(1, 6):
            await screen.pointer("move", SOURCE[0] + 8 * step, SOURCE[1], buttons=1)
        await page.until("log.some(e => e.type === 'dragenter')")
        await screen.pointer("move", *TARGET, buttons=1)
        await screen.pointer("up", *TARGET)
        await page.until("log.some(e => e.type === 'drop')")
        assert [(each["x"], each["y"]) for each in await page.log("drop")] == [TARGET]
        await screen.release_control()
    process.end()
