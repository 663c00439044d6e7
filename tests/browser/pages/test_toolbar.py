"""The toolbar's tools and their dialogs, pressed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages.conftest import PHONE, Windows, open_cockpit, take_control
from tests.support.proxies import little_proxy
from tests.support.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _open(window: Windows, address: str, **options: object) -> Page:
    page = await window(**options)
    await open_cockpit(page, address)
    return page


@pytest.mark.pressed("POST /computers/{id}/screenshot", "Screenshot")
@pytest.mark.pressed("POST /computers/{id}/html", "Page HTML")
@pytest.mark.pressed("POST /computers/{id}/keepalive", "Keep alive")
@pytest.mark.pressed("GET /computers/{id}/status", "Keep alive")
async def test_pictures_html_and_keeping_alive_need_no_lease(window: Windows, checkout: str) -> None:
    page = await _open(window, checkout, permissions=["clipboard-read", "clipboard-write"])
    toolbar, dialog = page.get_by_role("toolbar", name="Browser"), page.locator("#dialog")
    await toolbar.get_by_role("button", name="Screenshot").click()
    picture = dialog.get_by_role("img")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("(image) => image.naturalWidth") > 0
    await dialog.get_by_role("button", name="Copy image").click()
    await expect(dialog.get_by_role("status")).to_have_text("Copied.")
    async with page.expect_download() as download:
        await dialog.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"checkout-1-[\d-]+\.jpg", (await download.value).suggested_filename)
    await page.keyboard.press("Escape")
    await toolbar.get_by_role("button", name="Page HTML").click()
    await expect(dialog.get_by_label("The page's HTML")).to_contain_text("<title>Shop</title>")
    href = await dialog.get_by_role("link", name="Download").get_attribute("href")
    answer = await page.request.get(str(href))
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    await page.keyboard.press("Escape")
    await toolbar.get_by_role("button", name="Keep alive").click()
    await expect(page.locator("#navigation-answer")).to_contain_text("its idle limit starts anew")


@pytest.mark.pressed("POST /computers/{id}/viewport", "Viewport")
@pytest.mark.pressed("POST /computers/{id}/change-proxy", "Proxy")
async def test_the_size_and_the_way_out_are_the_drivers(window: Windows, checkout: str, stack: Stack) -> None:
    page = await _open(window, checkout)
    toolbar, dialog = page.get_by_role("toolbar", name="Browser"), page.locator("#dialog")
    answer = page.locator("#navigation-answer")
    await toolbar.get_by_role("button", name="Viewport").click()
    await dialog.get_by_role("button", name="1280 × 800").click()
    await expect(dialog).to_contain_text("Take control first")
    await page.keyboard.press("Escape")
    await take_control(page)
    await page.get_by_role("button", name="Viewport").click()
    await dialog.get_by_label("Width").fill("1000")
    await dialog.get_by_label("Height").fill("0")
    await dialog.get_by_role("button", name="Set size").click()
    await expect(dialog.locator(".field", has_text="Height")).to_contain_text("Too small: at least")
    await expect(dialog.get_by_label("Height")).to_be_focused()
    await dialog.get_by_label("Height").fill("640")
    await dialog.get_by_role("button", name="Set size").click()
    await expect(answer).to_contain_text("The size is 1000 × 640")
    await expect(dialog).to_be_hidden()
    await expect(toolbar.get_by_role("button", name="Viewport")).to_be_focused()
    await expect(page.locator("#picture")).to_have_js_property("width", 1000)
    await page.get_by_role("button", name="Viewport").click()
    await dialog.get_by_role("button", name="1280 × 800").click()
    await expect(answer).to_contain_text("The size is 1280 × 800")
    await page.get_by_role("button", name="Proxy").click()
    await dialog.get_by_label("Proxy URL").fill("javascript://nowhere:1")
    await dialog.get_by_role("button", name="Set proxy").click()
    await expect(dialog.locator(".field")).to_contain_text("begins with one of")
    async with little_proxy(credentials=("ada", "sesame-9876")) as proxy:
        await dialog.get_by_label("Proxy URL").fill(proxy.url)
        await dialog.get_by_role("button", name="Set proxy").click()
        await expect(answer).to_contain_text(f"http://127.0.0.1:{proxy.port}")
        await expect(dialog).to_be_hidden()
        assert "sesame-9876" not in await page.content() + "\n".join(stack.child.lines)
        await page.get_by_role("button", name="Proxy").click()
        await expect(dialog.get_by_label("Proxy URL")).to_have_value("")
        await dialog.get_by_label("Proxy URL").fill("")
        await dialog.get_by_role("button", name="Set proxy").click()
        await expect(answer).to_contain_text("no proxy any more")
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Watching; nobody drives")).to_be_visible()


async def test_a_computer_is_held_open_and_let_go(window: Windows, checkout: str) -> None:
    page = await _open(window, checkout)
    dialog = page.locator("#dialog")
    await page.get_by_role("button", name="Hold", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("Nobody holds it")
    await dialog.get_by_role("button", name="Hold for").click()
    await expect(dialog).to_contain_text(
        re.compile(r"alice keeps it alive until \d\d:\d\d UTC", re.IGNORECASE)
    )
    tool = page.locator("[data-hold]")
    await expect(tool).to_have_attribute("aria-pressed", "true")
    await expect(tool).to_have_attribute("title", re.compile(r"Held by alice until \d", re.IGNORECASE))
    await expect(page.locator(".limits")).to_contain_text(re.compile(r"held 1:59:\d\d"))
    await expect(page.locator(".limits-idle")).to_be_hidden()
    await dialog.get_by_role("button", name="Let go").click()
    await expect(dialog).to_contain_text("Nobody holds it")
    await expect(tool).to_have_attribute("aria-pressed", "false")


async def test_an_admin_switches_what_the_connection_may(window: Windows, checkout: str) -> None:
    page = await _open(window, checkout)
    for _ in range(2):
        await page.get_by_role("tab", name="Details").click()
        await page.get_by_role("link", name="Connection settings").click()
        switch = page.get_by_label("Read events")
        before = await switch.is_checked()
        await switch.set_checked(not before)
        await expect(page.get_by_label("Key", exact=True)).to_have_value("")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("This machine was saved.")).to_be_visible()
        await open_cockpit(page, checkout)


async def test_nothing_is_said_to_be_under_way_before_it_is(stack: Stack, shared_browser: Browser) -> None:
    context = await stack.context(shared_browser, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/computers/new/")
    await expect(page.get_by_label("Start page")).to_be_visible()
    await expect(page.get_by_text("Starting the browser")).to_be_hidden()
    await context.close()


async def test_on_a_phone_the_tools_are_a_menu(window: Windows, checkout: str) -> None:
    page = await _open(window, checkout, viewport=PHONE)
    tools = page.locator("#tools")
    await expect(tools).to_be_hidden()
    await page.get_by_role("button", name="More tools").click()
    await expect(tools).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(tools).to_be_hidden()
    await expect(page.get_by_role("button", name="More tools")).to_be_focused()
