"""The timeline beside the screen: live, filtered, opened, exported; and nowhere in it what somebody typed."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, create, hears, open_cockpit, remote, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP

SECRET = "hunter2 is secret"


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Timeline")


def entry(page: Page, words: str) -> Locator:
    """The newest entry that says so."""
    return log(page).locator(".entry", has_text=words).last


async def test_what_a_driver_does_appears_for_everybody_at_once(
    window: Windows, checkout: str, stack: Stack
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    watcher = await window("vera", role="viewer")
    await open_cockpit(watcher, checkout)
    await take_control(page)
    for seen in (page, watcher):
        await expect(entry(seen, "took control")).to_be_visible()
    await page.mouse.click(*await remote(page, 300, 320))
    await page.keyboard.type(SECRET)
    await hears(page, SECRET)
    await page.keyboard.press("Enter")
    for seen in (page, watcher):
        await expect(entry(seen, "Alice clicked (300, 320)")).to_be_visible()
        await expect(entry(seen, f"Alice typed {len(SECRET)} characters")).to_be_visible()
        await expect(entry(seen, "Alice pressed Enter")).to_be_visible()
        # In order, without a gap, and the newest in view.
        numbers = (
            await log(seen)
            .locator("[data-number]")
            .evaluate_all("all => all.map((one) => +one.dataset.number)")
        )
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        await expect(log(seen).locator(".entry").last).to_be_in_viewport()
    await page.get_by_role("button", name="Release control").click()
    await expect(entry(watcher, "released control")).to_be_visible()
    for seen in (page, watcher):
        assert SECRET not in await seen.content()
    export = await page.request.get(f"{page.url}timeline/export/")
    assert SECRET not in await export.text()
    database = stack.folder / "lightdeck.sqlite3"
    for file in database.parent.glob(f"{database.name}*"):
        assert SECRET.encode() not in file.read_bytes()


async def test_an_entry_opens_by_keyboard_to_what_was_asked_for(
    window: Windows, checkout: str, static_url: str
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    await page.get_by_label("Address").fill(f"{static_url}shop?again")
    await page.get_by_role("button", name="Go", exact=True).click()
    opened = entry(page, f"opened {static_url}shop?again")
    await expect(opened).to_be_visible()
    await expect(opened.locator("pre")).to_be_hidden()
    await opened.locator("summary").focus()
    await page.keyboard.press("Enter")
    shown = opened.locator("pre")
    await expect(shown).to_be_visible()
    assert json.loads(await shown.inner_text()) == {"url": f"{static_url}shop?again"}
    assert await opened.locator("time").get_attribute("title")
    await page.get_by_role("button", name="Release control").click()


async def test_what_went_wrong_says_so_and_can_be_filtered(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    await page.get_by_label("Address").fill("http://127.0.0.1:9/")
    await page.get_by_role("button", name="Go", exact=True).click()
    failed = entry(page, "opened http://127.0.0.1:9/")
    await expect(failed).to_contain_text("failed")
    await page.get_by_label("Only errors").check()
    await expect(log(page).locator(".entry:not([data-trouble])")).to_have_count(0)
    await expect(failed).to_be_visible()
    await page.get_by_label("Only errors").uncheck()
    await page.get_by_label("Show entries about").select_option("Control")
    await expect(log(page).locator('.entry:not([data-kind="control"])')).to_have_count(0)
    # What comes in meanwhile is filtered, too.
    await page.get_by_role("button", name="Release control").click()
    await expect(entry(page, "released control")).to_be_visible()
    await page.get_by_label("Show entries about").select_option("Everything")
    await page.get_by_label("Show entries by").select_option("alice")
    await expect(log(page).locator('.entry:not([data-name="alice"])')).to_have_count(0)
    await expect(log(page).locator(".entry").first).to_be_visible()


async def test_earlier_entries_load_above_without_moving_what_is_read(
    window: Windows, checkout: str, stack: Stack
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    # Each key is an entry of its own.
    await page.mouse.click(*await remote(page, 300, 320))
    for _ in range(70):
        await page.keyboard.press("ArrowLeft")
    await expect(entry(page, "pressed ArrowLeft")).to_be_visible()
    await page.get_by_role("button", name="Release control").click()
    await expect(entry(page, "released control")).to_be_visible()
    await page.reload()
    await expect(log(page).locator(".entry")).to_have_count(50)
    first = log(page).locator(".entry").first
    number = await first.get_attribute("data-number")
    earlier = log(page).get_by_role("button", name="Earlier")
    await earlier.scroll_into_view_if_needed()
    before = await first.bounding_box()
    await earlier.click()
    read = log(page).locator(f'[data-number="{number}"]')
    await expect(log(page).locator(".entry").first).not_to_have_attribute("data-number", number or "")
    after = await read.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 30
    # Away from the end nothing moves, and new entries wait.
    watcher = await window("bob", role="operator")
    await open_cockpit(watcher, checkout)
    await take_control(watcher)
    news = page.get_by_role("button", name=re.compile(r"^\d+ new$"))
    await expect(news).to_be_visible()
    await news.click()
    await expect(entry(page, "Bob took control")).to_be_in_viewport()
    await expect(news).to_be_hidden()
    await watcher.get_by_role("button", name="Release control").click()


async def test_a_hostile_title_is_text(window: Windows, static_url: str) -> None:
    page = await window()
    title = "<img src=x onerror=document.title='caught'>"
    await create(page, "hostile", f"{static_url}opening?{urllib.parse.quote(title)}")
    await page.locator("#cockpit.has-picture").wait_for()
    await take_control(page)
    await page.mouse.click(*await remote(page, 300, 320))
    await hears(page, "opened one")
    await expect(entry(page, "a tab opened")).to_be_visible()
    # The shop is in front now; whoever closes it, the hostile page is main again.
    await page.get_by_role("button", name="Close tab Shop").click()
    await expect(entry(page, f"“{title}” became the main tab")).to_be_visible()
    assert await log(page).locator("img").count() == 0
    assert "caught" not in await page.title()


async def test_it_can_be_exported(window: Windows, checkout: str) -> None:
    page = await window("vera", role="viewer")
    await open_cockpit(page, checkout)
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Export").click()
    download = await coming.value
    assert download.suggested_filename.endswith(".jsonl")
    lines = (await download.path()).read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1, len(lines) + 1))


async def test_a_phone_and_a_dark_page_show_it(window: Windows, checkout: str) -> None:
    page = await window(viewport={"width": 390, "height": 844}, color_scheme="dark")
    await open_cockpit(page, checkout)
    await page.get_by_role("button", name="Details", exact=True).click()
    await expect(log(page)).to_be_visible()
    await expect(log(page).locator(".entry").last).to_be_in_viewport()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


@pytest.mark.pressed("GET /computers/{id}/events", "Timeline")
async def test_what_somebody_else_does_through_the_api_is_there_too(
    window: Windows, checkout: str, stack: Stack
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    others = entry(page, "somebody else: double-clicked (611, 502)")
    computer = stack.upstream_id("checkout-1")
    # Who reads its events begins to a moment after the computer appeared; what was done before is not told.
    for _ in range(20):
        stack.upstream("POST", f"/computers/{computer}/double-click", {"x": 611, "y": 502})
        await page.wait_for_timeout(1000)
        if await others.first.is_visible():
            break
    await expect(others.first).to_be_visible()
