"""What opens in the cockpit asks for nothing that the page's own policy forbids, and does not complain in the console;
the pages themselves are in `test_every_page.py`."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, open_cockpit
from tests.browser.pages.terminals import PATIENCE_MS
from tests.browser.pages.visits import TELL, listen


@ONE_LOOP
async def test_the_panel_the_dialogs_and_the_terminal_do_not_complain(window: Windows, checkout: str) -> None:
    page = await window()
    await page.context.add_init_script(TELL)
    complaints = listen(page)
    await open_cockpit(page, checkout)
    panel = page.get_by_role("tablist", name="Panel").get_by_role("tab")
    for tab in await panel.all():
        await tab.click()
        await expect(page.get_by_role("tabpanel", name=await tab.inner_text())).to_be_visible()
        if await tab.inner_text() == "Terminal":
            await page.locator("[data-terminal][data-state=ready]").wait_for(timeout=PATIENCE_MS)
    for name in ("Screenshot", "Page HTML", "Viewport", "Proxy", "Hold", "Terminate"):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("#dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#dialog")).to_be_hidden()
    assert complaints == []
