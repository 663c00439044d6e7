"""The audit log in a browser: found from the header, filtered and opened by keyboard, exported, sound to look at."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows
from tests.browser.pages.looks import SIZES, assert_sound

pytestmark = ONE_LOOP


@pytest.fixture(params=SIZES)
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SIZES[request.param]


async def test_an_admin_finds_an_action_and_opens_it(
    window: Windows, checkout: str, look: dict[str, Any]
) -> None:
    page = await window(**look)
    await page.goto("/")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    await page.get_by_label("Target").fill("checkout-1")
    await page.get_by_label("Action").select_option("computer.create")
    await page.get_by_label("Action").press("Tab")
    await page.get_by_label("Target").press("Enter")
    await page.wait_for_url("**target=checkout-1**")
    line = page.get_by_role("list", name="Audit log").get_by_role("listitem").first
    await expect(line).to_contain_text("computer: create")
    await expect(line).to_contain_text("succeeded")
    await line.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(line.locator("dt", has_text="Requested")).to_be_visible()
    # The appender comes by twice a second; the page does not follow it.
    await page.wait_for_timeout(1000)
    await page.reload()
    await line.locator("summary").click()
    await expect(line).to_contain_text("in the chain")
    await assert_sound(page)
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="CSV").click()
    text = (await (await begun.value).path()).read_text(encoding="utf-8")
    assert text.startswith("number,at,team") and "computer.create" in text and "control.take" not in text


async def test_a_filter_that_is_wrong_is_sound_too(window: Windows, look: dict[str, Any]) -> None:
    page = await window(**look)
    await page.goto("/audit/?since=yesterday&outcome=nice")
    await expect(page.locator(".errorlist li").first).to_be_visible()
    await assert_sound(page)
