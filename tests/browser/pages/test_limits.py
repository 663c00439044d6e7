"""The last two minutes of a computer, and what is left of its cockpit afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Make, Windows, open_cockpit, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP


@pytest.mark.pressed("POST /computers/{id}/keepalive", "Banner: Keep alive")
async def test_the_idle_limit_is_counted_down_and_can_be_pushed_out(
    window: Windows, make: Make, stack: Stack
) -> None:
    address, id = make(inactivity_timeout_seconds=110)
    page = await window()
    await open_cockpit(page, address)
    banner = page.locator("[data-banner]")
    await expect(banner).to_contain_text(re.compile(r"Ends in 1:[0-4]\d unless it is used\."), timeout=60_000)
    limit = stack.upstream("GET", f"/computers/{id}/status").json()["idle_expires_at"]
    await banner.get_by_role("button", name="Keep alive").click()
    await expect(banner).to_contain_text(re.compile(r"Ends in 1:[45]\d"))
    assert stack.upstream("GET", f"/computers/{id}/status").json()["idle_expires_at"] > limit
    await take_control(page)
    await expect(banner).to_be_hidden()


async def test_a_lifetime_that_ends_says_that_it_cannot_be_extended(window: Windows, make: Make) -> None:
    address, _ = make(max_lifetime_seconds=100)
    page = await window("vera", "viewer")
    await open_cockpit(page, address)
    banner = page.locator("[data-banner]")
    await expect(banner).to_contain_text(re.compile(r"Ends in \d:\d\d: its lifetime cannot be extended\."))
    await expect(banner.get_by_role("button")).to_have_count(0)


async def test_a_computer_that_has_ended_offers_nothing_to_do_with_it(
    window: Windows, stack: Stack, make: Make
) -> None:
    address, id = make()
    page = await window()
    await open_cockpit(page, address)
    stack.upstream("DELETE", f"/computers/{id}")
    await expect(page.locator("[data-badge-word]")).to_have_text("ended")
    for _ in ("as it ends", "opened later"):
        for name in ("Back", "Go"):
            await expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
        await expect(page.get_by_label("Address", exact=True)).to_be_disabled()
        await expect(page.get_by_role("tablist", name="Browser tabs")).to_be_hidden()
        assert await page.locator("details.menu").first.evaluate("menu => menu.inert")
        await expect(page.get_by_role("link", name="Open a new one like it")).to_be_visible()
        await page.goto(address)
