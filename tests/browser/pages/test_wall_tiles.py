"""The wall's live tiles, its order, and the way to a computer and back to the same place."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import FIRST_FRAME_MS, Windows
from tests.browser.pages.looks import assert_sound

pytestmark = ONE_LOOP

#: Counts what is painted into tiles from now on.
COUNT = """window.painted = 0; addEventListener("tile-painted", () => (window.painted += 1));"""
#: How much of a tile's picture is not of one colour.
DIFFERS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, at) => value !== data[at % 4]);
}"""
#: What a wall does after a gap.
AGAIN = """async () => {
  const { ajax } = await import("ui/htmx.js");
  await ajax("/", { target: "#wall-live", select: "#wall-live", swap: "outerMorph" });
}"""


@pytest.fixture
def two(checkout: str, workshop: str) -> tuple[str, str]:
    """The addresses of two computers that show a page each."""
    return checkout, workshop


SEEN = "[data-fleet-list] > li:not([hidden], .is-gone) .fleet-name a"


async def names(page: Page) -> list[str]:
    """The computers that are seen, in their order."""
    return await page.locator(SEEN).all_inner_texts()


async def test_tiles_are_live_while_they_are_seen_and_cost_nothing_else(
    window: Windows, two: tuple[str, str]
) -> None:
    page = await window(viewport={"width": 1280, "height": 800})
    await page.add_init_script(COUNT)
    await page.goto("/")
    await page.get_by_role("button", name="Tiles", exact=True).click()
    row = page.get_by_role("list", name="Fleet").get_by_role("listitem", name="checkout-1")
    tile = row.locator("[data-tile]")
    await expect(tile).to_have_class(re.compile("has-picture"), timeout=FIRST_FRAME_MS)
    assert await tile.locator("canvas").evaluate(DIFFERS)
    place = await row.bounding_box()
    await expect(tile).to_have_attribute("data-state", re.compile("live|idle"))
    await assert_sound(page)
    assert await row.bounding_box() == place
    # After a gap in the news the page fetches itself again, and the pictures stay.
    await page.evaluate(AGAIN)
    await expect(tile).to_have_class(re.compile("has-picture"))
    assert await tile.locator("canvas").evaluate(DIFFERS)
    await page.get_by_role("button", name="List", exact=True).click()
    await page.wait_for_timeout(1500)
    painted = await page.evaluate("window.painted")
    await page.wait_for_timeout(1500)
    assert await page.evaluate("window.painted") == painted > 0
    await assert_sound(page)
    await page.get_by_role("button", name="Tiles", exact=True).click()


async def test_one_finds_a_computer_opens_it_and_comes_back_to_the_same_place(
    window: Windows, two: tuple[str, str]
) -> None:
    page = await window()
    await page.goto("/?sort=name")
    fleet = page.get_by_role("list", name="Fleet")
    await expect(fleet.get_by_role("listitem", name="checkout-1")).to_be_visible()
    before = await names(page)
    assert before.index("checkout-1") < before.index("workshop-1")
    pin = fleet.get_by_role("button", name="Pin workshop-1")
    await pin.click()
    await expect(pin).to_have_attribute("aria-pressed", "true")
    assert (await names(page))[0] == "workshop-1"
    await page.reload()
    assert (await names(page))[0] == "workshop-1"
    await pin.click()
    await expect(pin).to_have_attribute("aria-pressed", "false")
    await expect(page.locator(SEEN)).to_have_text(before)
    await page.keyboard.press("/")
    await page.keyboard.type("-1")
    await expect(page).to_have_url(re.compile(r"q=-1"))
    assert all("-1" in name for name in await names(page))
    await page.keyboard.press("Enter")
    await expect(page.locator(SEEN).first).to_be_focused()
    # The last one may have ended, in a test before.
    await page.keyboard.press("End")
    await expect(page.locator("[data-fleet-list] > li:not([hidden]) .fleet-name a").last).to_be_focused()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(SEEN).nth(1)).to_be_focused()
    at = (await names(page))[1]
    await page.keyboard.press("Enter")
    await page.locator("#cockpit.has-picture").wait_for(timeout=FIRST_FRAME_MS)
    await expect(page.get_by_role("heading", name=at)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(re.compile(r"/\?sort=name&q=-1$"))
    await expect(page.get_by_role("link", name=at, exact=True)).to_be_focused()
    await page.get_by_role("searchbox", name="Search the fleet").fill("nothing like it")
    await expect(page.get_by_text("No computer fits.")).to_be_visible()
    await page.get_by_role("button", name="Show all").click()
    assert sorted(await names(page)) == sorted(before)
