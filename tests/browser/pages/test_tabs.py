"""The tab strip: what is open on the computer, live; opened, shown and closed by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, hears, open_cockpit, remote, take_control
from tests.support.stack import Stack

pytestmark = ONE_LOOP

NAME = "tabbed-1"


@pytest.fixture(scope="module")
def tabbed_computer(stack: Stack, static_url: str) -> Iterator[str]:
    """The address of a computer of its own: tabs come and go here."""
    yield stack.open_computer(NAME, f"{static_url}opening")
    stack.upstream("DELETE", f"/computers/{stack.upstream_id(NAME)}")


@pytest.fixture
def tabbed(stack: Stack, tabbed_computer: str, static_url: str) -> str:
    """Its address, with one tab that shows the opening page, whatever the test before left."""
    path = f"/computers/{stack.upstream_id(NAME)}"
    main, *others = sorted(
        stack.upstream("GET", f"{path}/tabs").json()["result"]["tabs"], key=lambda tab: not tab.get("is_main")
    )
    for tab in others:
        stack.upstream("DELETE", f"{path}/tabs/{tab['tab_id']}")
    stack.upstream("POST", f"{path}/navigate", {"url": f"{static_url}opening", "tab_id": main["tab_id"]})
    return tabbed_computer


def tabs(page: Page) -> Locator:
    return page.get_by_role("tablist", name="Browser tabs").get_by_role("tab")


async def shows(page: Page, name: str) -> None:
    """This tab is the one that is shown, by its mark and by its address."""
    await expect(page.get_by_role("tab", name=name, selected=True)).to_be_visible()


def rename(stack: Stack, static_url: str, title: str) -> None:
    """The main tab calls itself something else."""
    url = f"{static_url}opening?{quote(title)}"
    stack.upstream("POST", f"/computers/{stack.upstream_id(NAME)}/navigate", {"url": url})


@pytest.mark.pressed("POST /computers/{id}/tabs", "Tab strip: New tab")
@pytest.mark.pressed("POST /computers/{id}/tabs/{tab_id}/switch", "Tab strip: a tab")
@pytest.mark.pressed("DELETE /computers/{id}/tabs/{tab_id}", "Tab strip: Close tab")
@pytest.mark.pressed("GET /computers/{id}/tabs", "Tab strip")
async def test_tabs_are_opened_shown_and_closed_by_mouse(
    window: Windows, tabbed: str, static_url: str
) -> None:
    page, follower = await window(), await window("vera", "viewer")
    for each in (page, follower):
        await open_cockpit(each, tabbed)
    await take_control(page)
    await page.get_by_role("button", name="New tab").click()
    await expect(tabs(page)).to_have_count(2)
    await expect(tabs(follower)).to_have_count(2)
    await expect(page.get_by_label("Address", exact=True)).to_be_focused()
    await page.get_by_label("Address", exact=True).fill(f"{static_url}shop")
    await page.keyboard.press("Enter")
    await shows(page, "Shop")
    await shows(follower, "Shop")
    await tabs(page).filter(has_text="Opener").click()
    await shows(page, "Opener")
    await shows(follower, "Opener")
    await expect(follower.get_by_label("Address", exact=True)).to_have_value(re.compile("/opening$"))
    # Input goes to the tab that is shown.
    await tabs(page).filter(has_text="Shop").click()
    await expect(page.get_by_label("Address", exact=True)).to_have_value(re.compile("/shop$"))
    await expect(page.locator("[data-badge-word]")).to_have_text(re.compile("live|idle"))
    await page.wait_for_timeout(1000)
    await page.mouse.click(*await remote(page, 200, 140))
    await hears(page, "click")
    await page.get_by_role("button", name="Close tab Shop").click()
    await expect(tabs(page)).to_have_count(1)
    await shows(page, "Opener")
    await shows(follower, "Opener")
    await expect(follower.get_by_role("button", name=re.compile("Close tab"))).to_have_count(0)


async def test_tabs_are_walked_shown_and_closed_by_keyboard(window: Windows, tabbed: str) -> None:
    page = await window()
    await open_cockpit(page, tabbed)
    await take_control(page)
    for count in (2, 3):
        await page.get_by_role("button", name="New tab").press("Enter")
        await expect(tabs(page)).to_have_count(count)
        # The strip knows of it before the button's own answer, which takes the focus.
        await expect(page.get_by_label("Address", exact=True)).to_be_focused()
    first, last = tabs(page).nth(0), tabs(page).nth(2)
    await last.focus()
    await page.keyboard.press("ArrowRight")
    await expect(first).to_be_focused()
    await page.keyboard.press("End")
    await expect(last).to_be_focused()
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await shows(page, "Opener")
    await page.keyboard.press("ArrowLeft")
    await expect(last).to_be_focused()
    await page.keyboard.press("Delete")
    await expect(tabs(page)).to_have_count(2)
    await expect(tabs(page).nth(1)).to_be_focused()
    await shows(page, "Opener")


async def test_the_last_tab_stays_and_the_refusal_is_shown(window: Windows, tabbed: str) -> None:
    page = await window()
    await open_cockpit(page, tabbed)
    await take_control(page)
    await page.get_by_role("button", name="Close tab Opener").click()
    await expect(page.locator("#navigation-answer .errorlist")).to_contain_text("last", ignore_case=True)
    await expect(tabs(page)).to_have_count(1)


async def test_nobody_opens_a_tab_without_driving(window: Windows, tabbed: str) -> None:
    page = await window("bob", "operator")
    await open_cockpit(page, tabbed)
    await page.get_by_role("button", name="New tab").click()
    await expect(page.locator("#navigation-answer .errorlist")).to_contain_text("Take control first")
    await expect(tabs(page)).to_have_count(1)


async def test_a_watcher_looks_at_another_tab_and_comes_back_to_the_driver(
    window: Windows, tabbed: str
) -> None:
    page, watcher = await window(), await window("vera", "viewer")
    for each in (page, watcher):
        await open_cockpit(each, tabbed)
    await take_control(page)
    await page.get_by_role("button", name="New tab").click()
    await expect(tabs(watcher)).to_have_count(2)
    await tabs(watcher).filter(has_text="Opener").click()
    await shows(watcher, "Opener")
    await expect(watcher.get_by_label("Address", exact=True)).to_have_value(re.compile("/opening$"))
    await expect(page.get_by_role("tab", name="Opener", selected=False)).to_be_visible()
    await watcher.get_by_role("button", name="Follow the driver").click()
    await expect(watcher.get_by_role("tab", name="Opener", selected=False)).to_be_visible()
    await expect(watcher.get_by_role("button", name="Follow the driver")).to_be_hidden()


async def test_a_tab_behind_its_own_popup_is_shown_all_the_same(window: Windows, tabbed: str) -> None:
    page, watcher = await window(), await window("vera", "viewer")
    for each in (page, watcher):
        await open_cockpit(each, tabbed)
    await take_control(page)
    await page.mouse.click(*await remote(page, 200, 140))
    await expect(tabs(page)).to_have_count(2)
    await shows(page, "Shop")
    await tabs(watcher).filter(has_text="Opener").click()
    await shows(watcher, "Opener")
    await expect(watcher.get_by_label("Address", exact=True)).to_have_value(re.compile("/opening$"))
    # Its own colour, not the popup's: the picture is that tab's.
    await expect_colour(watcher, (255, 204, 136))
    await watcher.get_by_role("button", name="Follow the driver").click()
    await expect_colour(watcher, (255, 255, 255))


async def expect_colour(page: Page, colour: tuple[int, int, int]) -> None:
    """The middle of the live screen has about this colour."""
    await page.wait_for_function(
        """(wanted) => {
          const canvas = document.getElementById("picture");
          const found = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
          return wanted.every((value, index) => Math.abs(value - found[index]) < 12);
        }""",
        arg=list(colour),
        timeout=15_000,
    )


async def test_a_watched_tab_that_closes_gives_way_to_the_main_one(window: Windows, tabbed: str) -> None:
    page, watcher = await window(), await window("vera", "viewer")
    for each in (page, watcher):
        await open_cockpit(each, tabbed)
    await take_control(page)
    await page.get_by_role("button", name="New tab").click()
    await expect(tabs(watcher)).to_have_count(2)
    await tabs(watcher).filter(has_text="Opener").click()
    await shows(watcher, "Opener")
    await page.get_by_role("button", name="Close tab Opener").click()
    await expect(tabs(watcher)).to_have_count(1)
    await expect(watcher.get_by_role("button", name="Follow the driver")).to_be_hidden()
    await expect(watcher.locator("[data-badge-word]")).to_have_text(re.compile("live|idle"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("x" * 5000, "x" * 79 + "…"),
        ("\u202egnp.exe\u202c shop", "gnp.exe shop"),
        ("   ", "/opening"),
    ],
    ids=["html", "long", "turned", "empty"],
)
async def test_titles_are_live_plain_and_bounded(
    window: Windows, stack: Stack, tabbed: str, static_url: str, title: str, name: str
) -> None:
    page = await window()
    await open_cockpit(page, tabbed)
    await shows(page, "Opener")
    rename(stack, static_url, title)
    await expect(tabs(page).first).to_contain_text(name)
    box = await tabs(page).first.bounding_box()
    assert box is not None and box["width"] < 300 and box["height"] < 40
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
