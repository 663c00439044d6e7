"""A page whose script loops for ever: the cockpit says so, and its driver gets away from it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP, PAGES, SAID
from tests.browser.pages.conftest import Windows, create, heard, hears, remote, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP

#: Loops for ever once it is clicked, as soon as it has said so.
LOOPING = """<!doctype html><title>Looping</title><body style="background: #fff"><script>
const say = (what) => fetch("/said/" + encodeURIComponent(what));
say("loaded");
addEventListener("click", async () => { await say("looping"); for (;;); });
</script>"""
PAGES["/looping"] = LOOPING
#: How often a click is tried.
CLICKS = 5


@pytest_asyncio.fixture(loop_scope="session")
async def looping(window: Windows, static_url: str, stack: Stack) -> AsyncIterator[Page]:
    """Alice drives a computer of its own, whose page hangs, and is told so."""
    page = await window()
    SAID.clear()
    await create(page, "looping-1", f"{static_url}looping")
    await page.locator("#cockpit.has-picture").wait_for()
    await hears(page, "loaded")
    await take_control(page)
    await hang(page)
    yield page
    stack.upstream("DELETE", f"/computers/{stack.upstream_id('looping-1')}")


async def hang(page: Page) -> None:
    # A click on a picture that is just being replaced is dropped, and clicking again is what a person does.
    for _ in range(CLICKS):
        await page.mouse.click(*await remote(page, 200, 140))
        if await heard(page, "looping", seconds=4.0):
            break
    else:
        pytest.fail("the page never heard a click")
    await expect(page.locator("[data-badge-word]")).to_have_text("stalled", timeout=20_000)
    await expect(page.locator("[data-trouble-sentence]")).to_contain_text("its script may be busy")


async def test_its_driver_loads_it_again_opens_another_one_and_closes_its_tab(
    looping: Page, static_url: str
) -> None:
    page = looping
    alive = page.locator("[data-badge-word]")
    await page.get_by_role("button", name="Reload").click()
    await hears(page, "loaded")
    await expect(alive).to_have_text(re.compile("live|idle"))
    await hang(page)
    address = page.get_by_label("Address", exact=True)
    await address.fill(f"{static_url}shop?again")
    await address.press("Enter")
    await hears(page, "opened ?again")
    await expect(alive).to_have_text(re.compile("live|idle"))
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(address).to_have_value(re.compile("/looping$"))
    await page.get_by_role("button", name="New tab").click()
    tabs = page.get_by_role("tablist", name="Browser tabs").get_by_role("tab")
    await expect(tabs).to_have_count(2)
    again = tabs.filter(has_text="Looping")
    await again.click()
    await expect(again).to_have_attribute("aria-selected", "true")
    await expect(address).to_have_value(re.compile("/looping$"))
    await expect(alive).to_have_text(re.compile("live|idle"))
    await hang(page)
    await page.get_by_role("button", name="Close tab Looping").click()
    await expect(tabs).to_have_count(1)
    await expect(alive).to_have_text(re.compile("live|idle"))
