"""Text onto the computer and back, each time because somebody asked for it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, hears, open_cockpit, remote, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP

ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


async def _menu(page: Page, entry: str) -> None:
    await page.locator("summary[aria-label='Send keys']").click()
    await page.get_by_role("button", name=entry).click()


async def _in_the_field(page: Page) -> None:
    await page.mouse.click(*await remote(page, 300, 320))


async def test_what_is_selected_over_there_is_shown_and_copied_here(window: Windows, checkout: str) -> None:
    page = await window(**ALLOWED)
    await open_cockpit(page, checkout)
    await take_control(page)
    await _in_the_field(page)
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Größe <b>42</b>")
    await hears(page, "Größe <b>42</b>")
    await page.keyboard.press("Control+a")
    await _menu(page, "Copy from the computer")
    dialog = page.get_by_role("dialog", name="Copied from checkout-1")
    await expect(dialog.get_by_label("Copied text")).to_have_value("Größe <b>42</b>")
    await expect(dialog.get_by_role("status")).to_have_text("Copied to your clipboard.")
    assert await page.evaluate("navigator.clipboard.readText()") == "Größe <b>42</b>"
    await dialog.get_by_role("button", name="Close").click()
    assert await page.locator("[data-copied-text]").count() == 0, "nothing of it stays in the page"


async def test_of_nothing_and_of_a_password_nothing_is_copied(
    window: Windows, stack: Stack, checkout: str, static_url: str
) -> None:
    page = await window("bob", "operator")
    await open_cockpit(page, checkout)
    await _menu(page, "Copy from the computer")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("Nothing is selected")
    await dialog.get_by_role("button", name="Close").click()
    navigate = f"/computers/{stack.upstream_id('checkout-1')}/navigate"
    stack.upstream("POST", navigate, {"url": f"{static_url}secret"})
    await expect(page.get_by_label("Address", exact=True)).to_have_value(f"{static_url}secret")
    await _menu(page, "Copy from the computer")
    await expect(dialog.get_by_role("alert")).to_contain_text("password field")


async def test_the_clipboard_here_is_pasted_over_there(window: Windows, checkout: str) -> None:
    page = await window(**ALLOWED)
    await open_cockpit(page, checkout)
    await take_control(page)
    await _in_the_field(page)
    await page.evaluate("navigator.clipboard.writeText('from here')")
    await _menu(page, "Paste to the computer")
    await hears(page, "from here")


async def test_where_the_clipboard_may_not_be_read_a_field_takes_the_text(
    window: Windows, checkout: str
) -> None:
    page = await window()
    await page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {readText: () => Promise.reject(new Error('no'))}})"
    )
    await open_cockpit(page, checkout)
    await take_control(page)
    await _in_the_field(page)
    await _menu(page, "Paste to the computer")
    dialog = page.get_by_role("dialog", name="Paste to the computer")
    await expect(dialog).to_contain_text("does not let the page read the clipboard")
    await dialog.get_by_label("Text to paste").fill("by hand")
    await dialog.get_by_role("button", name="Paste").click()
    await hears(page, "by hand")
