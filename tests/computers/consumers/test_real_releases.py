"""On a real page: whatever ends the driving, nothing stays pressed there."""

from __future__ import annotations

from tests.support.screens import Screen
from tests.support.stage import EMPTY, Page, Stage


async def hold(screen: Screen, page: Page) -> None:
    await screen.key("down", "Shift", "ShiftLeft", modifiers=8)
    await screen.pointer("down", *EMPTY, "left", buttons=1, clicks=1, modifiers=8)
    await page.until("log.some(e => e.type === 'mousedown')")


async def released(page: Page) -> None:
    await page.until(
        "log.some(e => e.type === 'mouseup') && log.some(e => e.type === 'keyup' && e.key === 'Shift')"
    )


async def test_a_hidden_page_lets_go(driver: Screen, page: Page) -> None:
    await hold(driver, page)
    await driver.say("pace", max_fps=0)
    await released(page)


async def test_a_released_lease_lets_go(driver: Screen, page: Page) -> None:
    await hold(driver, page)
    await driver.release_control()
    await released(page)


async def test_a_lost_socket_lets_go(stage: Stage, page: Page) -> None:
    async with stage.screen() as screen:
        await screen.shown()
        await screen.take_control()
        await hold(screen, page)
    await released(page)


async def test_a_lease_taken_by_ones_other_tab_lets_go(driver: Screen, stage: Stage, page: Page) -> None:
    await hold(driver, page)
    async with stage.screen() as other:
        await other.take_control()
        await released(page)
        await driver.until(lambda: not driver.of("control")[-1]["you_hold"])
