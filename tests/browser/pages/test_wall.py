"""The wall in a browser: it follows what happens elsewhere, by itself and in place."""

from __future__ import annotations

import secrets

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, create, open_cockpit, take_control

pytestmark = ONE_LOOP


async def test_one_signs_in_with_name_and_password_and_out_again(window: Windows) -> None:
    page = await window()
    await page.context.clear_cookies()
    await page.goto("/")
    await page.get_by_label("Username or email").fill("alice")
    await page.get_by_label("Password").fill("a quiet password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.pressed("GET /computers", "Fleet")
@pytest.mark.pressed("POST /computers", "New computer: Create computer")
@pytest.mark.pressed("POST /computers/{id}/navigate", "New computer: Start page")
@pytest.mark.pressed("DELETE /computers/{id}", "Terminate: Confirm")
async def test_a_computer_appears_changes_and_ends_on_an_open_wall(
    window: Windows, checkout: str, static_url: str
) -> None:
    # Another name in a second try: the row of one that has ended stays for a while.
    name = f"scraper-{secrets.token_hex(2)}"
    wall, cockpit = await window(), await window("bob", "operator")
    await wall.goto("/")
    fleet = wall.get_by_role("list", name="Fleet")
    await expect(fleet.get_by_role("listitem", name="checkout-1")).to_be_visible()
    await create(cockpit, name, f"{static_url}shop")
    row = fleet.get_by_role("listitem", name=name)
    await expect(row).to_be_visible()
    await open_cockpit(cockpit, cockpit.url)
    await take_control(cockpit)
    await expect(row).to_contain_text("Bob drives")
    await row.get_by_role("button", name=f"Terminate {name}").click()
    question = wall.get_by_role("dialog")
    await expect(question).to_contain_text("Bob is driving it.")
    await question.get_by_role("button", name="Confirm").click()
    await expect(row).to_contain_text("ended")
    await expect(cockpit.get_by_text("This computer ended")).to_be_visible()
    await expect(cockpit.get_by_role("link", name="Open a new one like it")).to_be_visible()


async def test_cancel_leaves_everything_as_it_is(window: Windows, checkout: str) -> None:
    page = await window()
    await page.goto("/")
    await page.get_by_role("button", name="Terminate checkout-1").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.url.endswith("/")


async def test_a_row_that_changes_moves_nothing(window: Windows, checkout: str) -> None:
    wall, cockpit = await window(), await window("bob", "operator")
    await wall.goto("/")
    row = wall.get_by_role("listitem", name="checkout-1")
    before = await row.bounding_box()
    await open_cockpit(cockpit, checkout)
    await take_control(cockpit)
    await expect(row).to_contain_text("Bob drives")
    assert await row.bounding_box() == before
    await cockpit.get_by_role("button", name="Release control").click()
    await expect(row).not_to_contain_text("Bob drives")


async def test_the_theme_follows_the_system_until_one_chooses(window: Windows) -> None:
    page = await window(color_scheme="dark")
    await page.goto("/")
    theme = "document.documentElement.dataset.bsTheme"
    assert await page.evaluate(theme) == "dark"
    await page.get_by_role("button", name="Dark theme").click()
    await page.reload()
    assert await page.evaluate(theme) == "light"
