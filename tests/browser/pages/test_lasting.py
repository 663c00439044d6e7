"""What outlives a computer, and what keeps one alive: saved cookies and storage, and somebody who drives."""

from __future__ import annotations

import re
import secrets

from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP, PAGES, SAID
from tests.browser.pages.conftest import FIRST_FRAME_MS, Make, Windows, hears, open_cockpit, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP

#: Says what it finds of an earlier visit, and leaves something for the next.
KEEPSAKE = """<!doctype html><title>Keepsake</title><body style="background: #fff"><script>
fetch("/said/" + encodeURIComponent(`found ${document.cookie || "no cookie"}, ${localStorage.note ?? "no note"}`));
document.cookie = "mark=blue"; localStorage.note = "green";
</script>"""
PAGES["/keepsake"] = KEEPSAKE

#: Long enough to be opened and driven before it is over, seconds.
SHORT_IDLE = 30


async def _fill(page: Page, name: str, static_url: str) -> None:
    await page.goto("/computers/new/")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Start page").fill(f"{static_url}keepsake")
    await page.get_by_label("Keep it (persistent)").check()


async def _create(page: Page) -> None:
    await page.get_by_role("button", name="Create computer").click()
    await page.wait_for_url(re.compile("/computers/(?!new)"), timeout=FIRST_FRAME_MS)


async def _terminate(page: Page, name: str) -> None:
    await page.get_by_role("button", name="Terminate").click()
    dialog = page.get_by_role("dialog", name=f"Terminate {name}?")
    await expect(dialog).to_contain_text("its cookies and storage can be resumed")
    await dialog.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text(f"{name} was terminated.")).to_be_visible(timeout=FIRST_FRAME_MS)


async def test_a_persistent_computer_is_resumed_with_its_cookies_and_storage(
    window: Windows, static_url: str
) -> None:
    page, name = await window(), f"keepsake-{secrets.token_hex(3)}"
    SAID.clear()
    await _fill(page, name, static_url)
    await _create(page)
    await hears(page, "found no cookie, no note")
    await _terminate(page, name)
    await _fill(page, f"{name}-again", static_url)
    saved = page.get_by_label("Resume a saved computer")
    choice = saved.locator("option", has_text=name)
    await expect(choice).to_be_attached()
    await saved.select_option(await choice.get_attribute("value"))
    await _create(page)
    await hears(page, "found mark=blue, green")
    await _terminate(page, f"{name}-again")


async def test_near_its_idle_limit_only_the_driven_one_lives_on(
    window: Windows, make: Make, stack: Stack
) -> None:
    (driven, driven_id), (watched, _) = (make(inactivity_timeout_seconds=SHORT_IDLE) for _ in range(2))
    driver, watcher = await window(), await window("vera", "viewer")
    await open_cockpit(driver, driven)
    await take_control(driver)
    await open_cockpit(watcher, watched)
    banner = watcher.locator("[data-banner]")
    await expect(banner).to_contain_text(re.compile(r"Ends in 0:\d\d unless it is used\."))
    limit = stack.upstream("GET", f"/computers/{driven_id}/status").json()["idle_expires_at"]
    await expect(watcher.locator("[data-trouble-sentence]")).to_contain_text(
        "idle limit reached", timeout=(SHORT_IDLE + 15) * 1000
    )
    await expect(banner).to_be_hidden()
    await expect(driver.locator("[data-badge-word]")).to_have_text(re.compile("live|idle"))
    await expect(driver.locator("[data-banner]")).to_be_hidden()
    status = stack.upstream("GET", f"/computers/{driven_id}/status").json()
    assert status["idle_expires_at"] > limit
