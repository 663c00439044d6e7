"""What opens on a page when something is pressed is as sound as the page (`test_every_page.py`): menus, dialogs,
panels, what a form says is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, open_cockpit
from tests.browser.pages.looks import SIZES, assert_sound
from tests.browser.pages.terminals import PATIENCE_MS, run

pytestmark = ONE_LOOP


@pytest.fixture(params=SIZES)
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SIZES[request.param]


async def test_the_shortcuts_and_what_a_form_says(
    window: Windows, checkout: str, look: dict[str, Any]
) -> None:
    page = await window(**look)
    await page.goto("/")
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    await assert_sound(page)
    await page.goto("/computers/new/")
    await page.get_by_label("Width").fill("-1")
    await page.get_by_role("button", name="Create computer").click()
    await page.locator(".errorlist li").wait_for()
    await assert_sound(page)


async def test_the_cockpit_its_menu_its_panel_and_its_question(
    window: Windows, checkout: str, look: dict[str, Any]
) -> None:
    page = await window(**look)
    await open_cockpit(page, checkout)
    await page.locator(".browser-bar summary").click()
    await assert_sound(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Details", exact=True).click()
    await assert_sound(page)
    await page.locator("[data-panel]:visible").last.click()
    await page.get_by_role("button", name="Terminate").click()
    await page.get_by_role("dialog", name="Terminate checkout-1?").wait_for()
    await assert_sound(page)


async def test_the_terminal(window: Windows, workshop: str, look: dict[str, Any]) -> None:
    page = await window(**look)
    await open_cockpit(page, workshop)
    if look["has_touch"]:
        await page.get_by_role("button", name="Details", exact=True).click()
    await page.get_by_role("tab", name="Terminal").click()
    await page.locator("[data-terminal][data-state=ready]").wait_for(timeout=PATIENCE_MS)
    await run(page, "printf '\\033[34mblue\\033[0m\\n'; echo bad >&2")
    await page.locator("[data-more] summary").click()
    await page.get_by_role("button", name="Add a variable").click()
    await assert_sound(page)


async def test_the_playground_its_panes_and_its_code(
    window: Windows, checkout: str, look: dict[str, Any]
) -> None:
    page = await window(**look)
    await page.goto("/playground/")
    await page.get_by_text("no language model").wait_for()
    await page.get_by_role("textbox", name="Message").fill("click 'x'")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("With a computer I would do this").first.wait_for(timeout=PATIENCE_MS)
    await page.get_by_text("More", exact=True).click()
    await assert_sound(page)
    await page.get_by_role("tab", name="Act on a picture").click()
    await page.get_by_label("Computer", exact=True).select_option("checkout-1")
    await page.get_by_role("textbox", name="Instruction").fill("click '0'")
    await page.get_by_role("button", name="Ask").click()
    await page.get_by_role("button", name="Run 1").click(timeout=PATIENCE_MS)
    await page.get_by_text("Take control first").wait_for()
    await assert_sound(page)
    await page.get_by_role("tabpanel", name="Act on a picture").get_by_role("button", name="As code").click()
    await page.get_by_role("dialog", name="The same as code").wait_for()
    await assert_sound(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Stored responses").click()
    await page.get_by_role("button", name="Get", exact=True).click()
    await page.locator("#stored-answer .errorlist").wait_for()
    await assert_sound(page)
