"""The main journey once more under the development server, which has no lifespan and no short way for frames."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import ONE_LOOP, SAID
from tests.browser.pages.conftest import WIDE, hears, open_cockpit, remote, take_control
from tests.support.stack import OWNER, PASSWORD, Stack
from tests.support.stage import Process

pytestmark = ONE_LOOP


@pytest.fixture
def daphne(stack: Stack) -> Iterator[str]:
    process = Process(stack, server="daphne").wait()
    yield process.url
    process.end()


async def test_one_signs_in_sees_drives_and_releases(
    daphne: str, shared_browser: Browser, checkout: str
) -> None:
    context = await shared_browser.new_context(base_url=daphne, viewport=WIDE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_label("Username").fill(OWNER)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Fleet").get_by_text("checkout-1")).to_be_visible()
    await open_cockpit(page, daphne + "/" + checkout.partition("://")[2].partition("/")[2])
    await take_control(page)
    SAID.clear()
    await page.mouse.click(*await remote(page, 200, 140))
    await hears(page, "click")
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Watching; nobody drives")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/accounts/**")
    await context.close()
