"""Two people pass control of a live computer back and forth, each in a browser, while a third watches the wall."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, hears, open_cockpit, remote, take_control
from tests.browser.pages.looks import assert_sound

pytestmark = ONE_LOOP


async def drives(page: Page) -> None:
    await expect(page.get_by_text("You are driving")).to_be_visible()


async def request(page: Page, reason: str = "") -> None:
    """By keyboard from the button on; without a reason, Enter alone sends it."""
    await page.get_by_role("button", name="Request control").press("Enter")
    field = page.get_by_role("dialog", name="Request control").get_by_label("Reason")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("dialog")).to_contain_text("sees your request")
    await page.keyboard.type(reason)
    await page.keyboard.press("Enter")
    await expect(field).to_be_hidden()


async def test_two_people_pass_control_back_and_forth(window: Windows, checkout: str) -> None:
    alice, bob, vera = await window(), await window("bob", "operator"), await window("vera", "viewer")
    await vera.goto("/")
    await open_cockpit(alice, checkout)
    await open_cockpit(bob, checkout)
    await take_control(alice)
    row = vera.get_by_role("listitem", name="checkout-1")
    await expect(row).to_contain_text("alice drives")

    # Asked for, seen at once without taking the driver's focus, and granted by keyboard.
    await expect(bob.get_by_text("Watching; alice drives")).to_be_visible()
    await expect(bob.get_by_role("button", name="Take control")).to_be_hidden()
    await request(bob, "The order is stuck")
    requests = alice.get_by_role("list", name="Requests for control")
    await expect(requests).to_contain_text("Bob asks for control: The order is stuck")
    await expect(alice.get_by_label("Keys for the live screen")).to_be_focused()
    await expect(bob.get_by_role("button", name="Withdraw request")).to_be_visible()
    await assert_sound(alice)
    await requests.get_by_role("button", name="Grant control to Bob").press("Enter")
    await drives(bob)
    await expect(alice.get_by_text("Watching; Bob drives")).to_be_visible()
    await expect(row).to_contain_text("Bob drives")
    await bob.mouse.click(*await remote(bob, 200, 140))
    await hears(bob, "click")

    # Withdrawn, asked again, and denied.
    await request(alice)
    asked = bob.get_by_role("list", name="Requests for control")
    await expect(asked).to_contain_text("alice asks for control.")
    await alice.get_by_role("button", name="Withdraw request").click()
    await expect(asked).to_be_hidden()
    await request(alice)
    await asked.get_by_role("button", name="Deny control to alice").click()
    await expect(alice.get_by_role("alert").filter(has_text="Bob keeps control.")).to_be_visible()
    await expect(alice.get_by_role("button", name="Request control")).to_be_visible()

    # Handed over to somebody who did not ask; a reload keeps it.
    await bob.get_by_text("Hand over").click()
    await bob.get_by_role("button", name="Hand over to alice").click()
    await drives(alice)
    await expect(bob.get_by_text("Watching; alice drives")).to_be_visible()
    await alice.reload()
    await drives(alice)
    await alice.mouse.click(*await remote(alice, 200, 140))
    await hears(alice, "click")
    await alice.get_by_role("button", name="Release control").click()
    log = vera.get_by_role("log", name="Timeline")
    await vera.goto(checkout)
    for said in (
        "asked for control",
        "gave control to Bob",
        "denied alice control",
        "took the control that was given",
    ):
        await expect(log.get_by_text(said).last).to_be_visible()
    await expect(vera.get_by_role("button", name="Request control")).to_have_count(0)


async def test_an_admin_takes_it_by_force_and_says_why(window: Windows, checkout: str) -> None:
    alice, bob = await window(), await window("bob", "operator")
    await open_cockpit(bob, checkout)
    await open_cockpit(alice, checkout)
    await take_control(bob)
    await expect(bob.get_by_role("button", name="Take by force…")).to_have_count(0)
    await alice.get_by_role("button", name="Take by force…").click()
    dialog = alice.get_by_role("dialog", name="Take control by force?")
    await expect(dialog).to_contain_text("Bob loses it")
    await assert_sound(alice)
    await dialog.get_by_label("Reason").fill("It pays twice")
    await dialog.get_by_role("button", name="Take control by force").click()
    await drives(alice)
    await expect(
        bob.get_by_role("alert").filter(has_text="alice took control by force: It pays twice")
    ).to_be_visible()
    await expect(bob.get_by_text("Watching; alice drives")).to_be_visible()
    await alice.get_by_role("button", name="Release control").click()
