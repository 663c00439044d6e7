"""A service that offers no DevTools: pictures arrive by SSE, and input leaves as calls of the action endpoints."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import FIRST_FRAME_MS, WIDE, create, hears, remote, take_control
from tests.support.stack import run_stack

pytestmark = ONE_LOOP


@pytest_asyncio.fixture(loop_scope="session")
async def cockpit(
    tmp_path_factory: pytest.TempPathFactory, shared_browser: Browser, static_url: str
) -> AsyncIterator[Page]:
    """The cockpit of a computer of such a service, which shows the shop."""
    with run_stack(tmp_path_factory.mktemp("without-devtools"), LIGHTDECK_LOCAL_CDP="off") as stack:
        context = await stack.context(shared_browser, viewport=WIDE)
        page = await context.new_page()
        await create(page, "plain-1", f"{static_url}shop")
        await page.locator("#cockpit.has-picture").wait_for(timeout=FIRST_FRAME_MS)
        yield page
        await context.close()


@pytest.mark.pressed("GET /computers/{id}/screencast", "Live screen (without DevTools)")
@pytest.mark.pressed("GET /computers/{id}", "Live screen (without DevTools)")
@pytest.mark.pressed("GET /computers/{id}/tabs", "Tab strip (without DevTools)")
@pytest.mark.pressed("POST /computers/{id}/navigate", "Go (without DevTools)")
async def test_one_sees_and_drives_it_all_the_same(cockpit: Page, static_url: str) -> None:
    await take_control(cockpit)
    await cockpit.get_by_label("Address").fill(f"{static_url}shop?again")
    await cockpit.get_by_role("button", name="Go", exact=True).click()
    await hears(cockpit, "opened ?again")
    await expect(cockpit.get_by_role("tablist", name="Browser tabs").get_by_role("tab")).to_have_count(1)
    await cockpit.mouse.click(*await remote(cockpit, 200, 140))
    await hears(cockpit, "click")
    await cockpit.mouse.click(*await remote(cockpit, 300, 320))
    await cockpit.keyboard.type("plain")
    await hears(cockpit, "plain")
    await cockpit.get_by_role("button", name="Release control").click()
    await expect(cockpit.get_by_text("Watching; nobody drives")).to_be_visible()
