"""The cockpit in a browser: seeing, driving, only watching, and leaving by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import PHONE, Windows, hears, open_cockpit, remote, take_control

pytestmark = ONE_LOOP

ALIVE = re.compile("live|idle")


async def _release(page: Page) -> None:
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Watching; nobody drives")).to_be_visible()


@pytest.mark.pressed("GET /computers/{id}/cdp(/json/version)", "Live screen")
async def test_it_shows_the_screen_its_state_age_and_limits(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await expect(page.locator("[data-badge-word]")).to_have_text(ALIVE)
    await expect(page.locator("[data-age]")).to_have_text(re.compile(r"[\d.]+ s old"))
    await expect(page.locator(".limits")).to_have_text(re.compile(r"\d+:\d\d left\s+idle \d+:\d\d"))
    await expect(page.get_by_label("Address")).to_have_value(re.compile("/shop$"))


async def test_clicks_and_keys_arrive_where_they_were_aimed(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    await page.mouse.click(*await remote(page, 200, 140))
    await hears(page, "click")
    await page.mouse.dblclick(*await remote(page, 200, 140))
    await hears(page, "dblclick")
    await page.mouse.click(*await remote(page, 200, 140), button="right")
    await hears(page, "contextmenu")
    await page.mouse.click(*await remote(page, 300, 320))
    await page.keyboard.type("Déjà vu 42")
    await hears(page, "Déjà vu 42")
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    await page.keyboard.type("x")
    await hears(page, "x")
    await _release(page)


async def test_typing_while_only_watching_flashes_and_says_why(window: Windows, checkout: str) -> None:
    driver, watcher = await window(), await window("vera", "viewer")
    operator = await window("bob", "operator")
    for page in (driver, watcher, operator):
        await open_cockpit(page, checkout)
    await take_control(driver)
    await expect(operator.get_by_text("Watching; Alice drives")).to_be_visible()
    await operator.get_by_role("application", name="Live screen").press("a")
    await expect(
        operator.get_by_role("alert").filter(has_text="Alice drives; request control")
    ).to_be_visible()
    await watcher.get_by_role("application", name="Live screen").click()
    await expect(watcher.get_by_text("Your role lets you watch, not drive.")).to_be_visible()
    await expect(driver.locator(".viewer-names")).to_have_text(
        re.compile("(?=.*alice)(?=.*Bob)(?=.*Vera)", re.IGNORECASE)
    )
    await expect(operator.get_by_role("button", name="Take control")).to_be_hidden()
    await expect(operator.get_by_role("button", name="Request control")).to_be_visible()
    await expect(watcher.get_by_role("button", name="Request control")).to_have_count(0)
    await _release(driver)


async def test_escape_twice_leaves_the_screen_for_the_toolbar(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    stage = page.get_by_role("application", name="Live screen")
    await stage.focus()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "keys", (
        "Tab is the remote page's while driving"
    )
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("toolbar").get_by_role("button", name="Back")).to_be_focused()
    await _release(page)


async def test_by_keyboard_alone_one_takes_control_goes_somewhere_and_releases(
    window: Windows, checkout: str, static_url: str
) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await page.keyboard.press("t")
    await expect(page.get_by_text("You are driving")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.get_by_label("Address")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type(f"{static_url}shop?again")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Keys for the live screen")).to_be_focused()
    await hears(page, "opened ?again")
    await expect(page.get_by_label("Address")).to_have_value(f"{static_url}shop?again")
    await page.get_by_role("button", name="Back", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Address")).to_have_value(f"{static_url}shop")
    await page.keyboard.press("t")
    await expect(page.get_by_text("Watching; nobody drives")).to_be_visible()


async def test_an_address_that_cannot_be_opened_is_refused_beside_it(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await page.get_by_label("Address").fill("example.org")
    await page.get_by_role("button", name="Go", exact=True).click()
    await expect(page.locator("#navigation-answer")).to_contain_text("Take control first")
    await take_control(page)
    await page.get_by_label("Address").fill("file:///etc/passwd")
    await page.get_by_role("button", name="Go", exact=True).click()
    await expect(page.locator("#navigation-answer")).to_contain_text("cannot be opened")
    await _release(page)


async def test_keys_that_the_browser_keeps_are_in_the_menu(window: Windows, checkout: str) -> None:
    page = await window()
    await open_cockpit(page, checkout)
    await take_control(page)
    await page.locator("summary", has_text="Send keys").click()
    for chord in ("Ctrl+W", "Ctrl+T", "Ctrl+N", "Ctrl+Tab", "Alt+Tab", "Meta", "F11", "Escape"):
        await expect(page.get_by_role("button", name=chord, exact=True)).to_be_visible()
    await page.get_by_role("button", name="Escape", exact=True).click()
    await expect(page.get_by_role("button", name="Ctrl+W")).to_be_hidden()
    await _release(page)


class Between:
    """The page's sockets from now on: each may be closed as the server or the network would, new ones refused."""

    def __init__(self) -> None:
        self.sockets: list[Any] = []
        self.refusing = False

    async def opened(self, socket: Any) -> None:
        self.sockets.append(socket)
        if self.refusing:
            await socket.close(code=3001)
        else:
            socket.connect_to_server()

    async def lose(self, code: int) -> None:
        self.refusing = True
        await self.sockets[-1].close(code=code)


async def _between(page: Page) -> Between:
    between = Between()
    await page.route_web_socket(re.compile(r"/ws/computers/[^/]+/\?"), between.opened)
    return between


async def test_a_lost_connection_is_a_sentence_with_try_now_and_comes_back(
    window: Windows, checkout: str
) -> None:
    page = await window()
    between = await _between(page)
    await open_cockpit(page, checkout)
    await between.lose(3001)
    await expect(page.get_by_text("The connection was lost")).to_be_visible()
    await expect(page.locator("[data-badge-word]")).to_have_text("reconnecting")
    await expect(page.locator("#picture")).to_have_css("opacity", "0.35")
    # Before a wait that is long enough: the page must not come back by itself first.
    await expect(page.get_by_text(re.compile("Trying again in [3-8] s"))).to_be_visible()
    between.refusing = False
    await page.get_by_role("button", name="Try now").click()
    await expect(page.locator("[data-badge-word]")).to_have_text(ALIVE)
    await expect(page.get_by_role("button", name="Try now")).to_be_hidden()


async def test_a_session_that_ended_is_said_and_not_tried_again(window: Windows, checkout: str) -> None:
    page = await window()
    between = await _between(page)
    await open_cockpit(page, checkout)
    await between.lose(4001)
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await expect(page.get_by_role("link", name="Reload the page")).to_be_visible()
    await page.wait_for_timeout(1000)
    assert len(between.sockets) == 1


async def test_on_a_phone_a_tap_clicks_and_the_keyboard_button_types(window: Windows, checkout: str) -> None:
    page = await window(viewport=PHONE, has_touch=True)
    await open_cockpit(page, checkout)
    await page.get_by_role("button", name="Take control").tap()
    await page.get_by_text("You are driving").wait_for()
    await page.touchscreen.tap(*await remote(page, 200, 140))
    await hears(page, "click")
    await page.touchscreen.tap(*await remote(page, 300, 320))
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Keyboard", exact=True).tap()
    await page.keyboard.insert_text("from a phone")
    await hears(page, "from a phone")
    await page.get_by_role("button", name="Details", exact=True).tap()
    await expect(page.locator("#panel")).to_be_in_viewport()
    await page.get_by_role("button", name="Close the details").tap()
    await expect(page.locator("#panel")).to_be_hidden()
    await _release(page)


async def test_on_a_phone_the_picture_is_zoomed_by_button_or_fingers_and_taps_land_right(
    window: Windows, checkout: str
) -> None:
    page = await window(viewport=PHONE, has_touch=True)
    await open_cockpit(page, checkout)
    zoom, picture = page.get_by_role("button", name="Zoom"), page.locator("#picture")
    whole = await picture.evaluate("(canvas) => canvas.getBoundingClientRect().width")
    await page.get_by_role("button", name="Take control").tap()
    await page.get_by_text("You are driving").wait_for()
    fingers = await page.context.new_cdp_session(page)

    async def move(*ways: list[tuple[float, float]]) -> None:
        """Fingers along these ways, one place after the other."""
        for kind, places in zip(["touchStart", *["touchMove"] * 99], zip(*ways, strict=True), strict=False):
            points = [{"x": x, "y": y} for x, y in places]
            await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    box = await page.locator("#stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await move([(x - 20 - 10 * step, y) for step in range(8)], [(x + 20 + 10 * step, y) for step in range(8)])
    await expect(zoom).to_have_attribute("aria-pressed", "true")
    # To the remote page's left upper corner, where its button is.
    for _ in range(4):
        await move(
            [(x - 60 + 30 * step, y - 60 + 20 * step) for step in range(5)],
            [(x - 30 + 30 * step, y - 60 + 20 * step) for step in range(5)],
        )
    assert await picture.evaluate("(canvas) => canvas.getBoundingClientRect().width") > 1.5 * whole
    at = await remote(page, 200, 140)
    assert box["x"] < at[0] < box["x"] + box["width"] and box["y"] < at[1] < box["y"] + box["height"]
    await page.touchscreen.tap(*at)
    await hears(page, "click")
    await zoom.tap()
    await expect(zoom).to_have_attribute("aria-pressed", "false")
    assert await picture.evaluate("(canvas) => canvas.getBoundingClientRect().width") == whole
    await zoom.tap()
    # One to one: a remote pixel is a pixel here.
    assert await picture.evaluate("(canvas) => canvas.getBoundingClientRect().width") == pytest.approx(
        1280, abs=40
    )
    await _release(page)
