"""Dialogs of the remote page: no picture shows them, so the cockpit asks, and the driver answers."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP, SAID
from tests.browser.pages.conftest import Windows, create, hears, open_cockpit, remote, take_control

pytestmark = ONE_LOOP


@pytest.fixture
def asking(static_url: str) -> str:
    return f"{static_url}asking"


async def test_a_dialog_of_the_page_is_shown_and_answered_by_the_driver(window: Windows, asking: str) -> None:
    page = await window()
    await create(page, "asking", asking)
    await page.locator("#cockpit.has-picture").wait_for()
    watcher = await window("vera", role="viewer")
    await watcher.goto(page.url)
    await take_control(page)
    await page.mouse.click(*await remote(page, 200, 140))
    dialog, shown = page.get_by_role("alertdialog"), watcher.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("Pay 1,000?")
    await expect(shown).to_contain_text("Pay 1,000?")
    # Who only watches answers nothing.
    await shown.get_by_role("button", name="OK").click()
    await expect(watcher.get_by_text("Your role lets you watch, not drive.").last).to_be_visible()
    await dialog.get_by_role("button", name="OK").click()
    await hears(page, "true")
    await expect(dialog).to_contain_text("Whose name?")
    await expect(dialog.get_by_label("Answer")).to_have_value("Ada")
    await expect(dialog).to_be_focused()
    await expect(dialog.get_by_label("Answer")).to_be_enabled()
    await page.keyboard.press("Tab")
    await page.keyboard.type("Grace <b>")
    await page.keyboard.press("Enter")
    await hears(page, "Grace <b>")
    await expect(dialog).to_contain_text("Sure?")
    await expect(dialog.get_by_role("button", name="OK")).to_be_enabled()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await hears(page, "false")
    await expect(dialog).to_be_hidden()
    await expect(shown).to_be_hidden()


async def test_what_is_typed_while_a_dialog_opens_answers_nothing(window: Windows, asking: str) -> None:
    page = await window()
    await create(page, "asking while typing", asking)
    await page.locator("#cockpit.has-picture").wait_for()
    watcher = await window("bob", "operator")
    await open_cockpit(watcher, page.url)
    await watcher.get_by_label("Address", exact=True).focus()
    await take_control(page)
    SAID.clear()
    await page.mouse.click(*await remote(page, 200, 140))
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_be_focused()
    await expect(page.get_by_role("alert").filter(has_text="The page asks: Pay 1,000?")).to_be_attached()
    # Whoever types on without looking: even Tab, which leads to the buttons, only counts after a rest.
    for key in ("a", "Enter", "Space", "Tab", "Enter", "Tab", "Space", "t", "Escape"):
        await page.keyboard.press(key)
    await expect(dialog.get_by_role("button", name="OK")).to_be_enabled()
    # Nor does the box itself answer, or hand a key to the page's own shortcuts.
    for key in ("Enter", "Space", "Escape", "t"):
        await page.keyboard.press(key)
    await expect(dialog).to_be_focused()
    await expect(page.get_by_text("You are driving")).to_be_visible()
    assert SAID == []
    await page.keyboard.press("Tab")
    await expect(dialog.get_by_role("button", name="OK")).to_be_focused()
    await page.keyboard.press("Enter")
    await hears(page, "true")
    # Nobody else's hands are taken from what they do.
    await expect(watcher.get_by_role("alertdialog")).to_contain_text("Whose name?")
    await expect(watcher.get_by_label("Address", exact=True)).to_be_focused()
    await dialog.get_by_role("button", name="Cancel").click()
    await hears(page, "null")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_label("Keys for the live screen")).to_be_focused()


async def test_one_press_answers_one_dialog_however_fast_the_next_one_comes(
    window: Windows, asking: str
) -> None:
    page = await window()
    await create(page, "asking early", asking)
    await page.locator("#cockpit.has-picture").wait_for()
    await take_control(page)
    address = page.get_by_label("Address")
    await address.fill(f"{asking}-early")
    await address.press("Enter")
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("A word first")
    await expect(dialog.get_by_role("heading")).to_have_text("The page says")
    await expect(dialog.get_by_role("button", name="OK")).to_be_enabled()
    # Twice at once: the second press meets either the same dialog again or one that was not read.
    await dialog.get_by_role("button", name="OK").evaluate("(button) => { button.click(); button.click(); }")
    await expect(page.get_by_text("That dialog is no longer open.").last).to_be_visible()
    await expect(dialog).to_contain_text("Delete all?")
    await expect(dialog.get_by_role("heading")).to_have_text("The page asks")
    await dialog.get_by_role("button", name="Cancel").click()
    await hears(page, "deleted: false")
    await expect(dialog).to_be_hidden()
