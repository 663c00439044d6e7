"""A network that goes away without a word, and text copied over there."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, hears, open_cockpit, remote, take_control

pytestmark = ONE_LOOP


async def test_a_device_that_goes_offline_is_told_at_once_and_comes_back(
    window: Windows, checkout: str
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    badge = page.locator("[data-badge-word]")
    await expect(badge).to_have_text(re.compile("live|idle"))
    await page.context.set_offline(True)
    await expect(badge).to_have_text("reconnecting", timeout=3000)
    await page.context.set_offline(False)
    await expect(badge).to_have_text(re.compile("live|idle"), timeout=20_000)


async def test_what_was_copied_on_the_computer_is_pasted_there(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    await page.mouse.click(*await remote(page, 300, 320))
    await page.keyboard.press("Control+a")
    await page.keyboard.type("abc")
    await hears(page, "abc")
    for keys in ("Control+a", "Control+c", "End", "Control+v"):
        await page.keyboard.press(keys)
    await hears(page, "abcabc")
    await page.get_by_role("button", name="Release control").click()
