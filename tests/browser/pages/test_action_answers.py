"""The answer to a form of the region "Actions": only what changes is swapped, and the rest of the form stays usable."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.pages.conftest import Windows, open_cockpit, take_control

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def clicking(window: Windows, computer: str) -> Page:
    """Somebody drives, and the form Click is filled."""
    page = await window()
    await open_cockpit(page, computer)
    await take_control(page)
    await page.get_by_role("tab", name="Actions").click()
    form = page.get_by_role("form", name="Click", exact=True)
    region = page.get_by_role("region", name="Actions")
    await region.locator("summary", has_text="Click").first.click()
    await form.get_by_label("x", exact=True).fill("5")
    await form.get_by_label("y", exact=True).fill("6")
    return page


async def test_the_form_stays_and_its_errors_go(window: Windows, shop_computer: str) -> None:
    page = await clicking(window, shop_computer)
    form = page.get_by_role("form", name="Click", exact=True)
    await form.evaluate("(form) => { form.mine = true; }")
    await form.get_by_role("button", name="Click", exact=True).click()
    await expect(form.locator(".act-result")).to_contain_text("Took")
    assert await form.evaluate("(form) => form.mine"), "the whole form was swapped"
    await form.get_by_label("x", exact=True).fill("")
    await page.keyboard.press("Enter")
    await expect(form.locator(".has-errors")).to_have_count(1)
    await form.get_by_label("x", exact=True).fill("7")
    await page.keyboard.press("Enter")
    await expect(form.locator(".act-result")).to_contain_text("Took")
    await expect(form.locator(".has-errors")).to_have_count(0)
    await page.get_by_role("button", name="Release control").click()


async def test_who_stops_driving_while_an_answer_is_on_its_way_finds_the_button_disabled(
    window: Windows, shop_computer: str
) -> None:
    page = await clicking(window, shop_computer)
    let_go = asyncio.Event()

    async def held(route: Route) -> None:
        answer = await route.fetch()
        await let_go.wait()
        await route.fulfill(response=answer)

    await page.route("**/actions/click/", held)
    button = page.locator("#act-click-go")
    await button.click()
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Watching; nobody drives")).to_be_visible()
    let_go.set()
    await expect(page.locator("#act-click-result")).to_contain_text("Took")
    # htmx enables what it disabled once it is done.
    await page.wait_for_timeout(100)
    await expect(button).to_be_disabled()
