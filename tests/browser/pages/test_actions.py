"""The region "Actions": every form pressed, and what the remote page and the person see of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PAGES, SAID
from tests.browser.pages.conftest import Windows, open_cockpit, remote, take_control
from tests.support.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: A page that tells everything that hands do to it, in the order in which it happens.
HANDS = """<!doctype html><title>Hands</title><style>body { margin: 0; height: 3000px; background: #fff }
textarea { position: absolute; left: 100px; top: 300px; width: 400px; height: 40px }</style>
<textarea id="field"></textarea><script>
let sent = Promise.resolve();
const say = (what) => { sent = sent.then(() => fetch("/said/" + encodeURIComponent(what))); };
for (const event of ["mousedown", "mouseup", "dblclick", "contextmenu"]) {
  addEventListener(event, (e) => { e.preventDefault(); say(`${event} ${e.clientX},${e.clientY}`); field.focus(); });
}
for (const event of ["keydown", "keyup"]) addEventListener(event, (e) => say(`${event} ${e.key}`));
addEventListener("wheel", (e) => say(`wheel ${e.deltaX},${e.deltaY}`));
field.addEventListener("input", () => say(`field ${field.value}`));
say("ready");
</script>"""
PAGES["/hands"] = HANDS


@pytest_asyncio.fixture(loop_scope="session")
async def page(window: Windows, stack: Stack, static_url: str) -> AsyncIterator[Page]:
    """checkout-1 shows the hands; Alice drives, and the region is open."""
    SAID.clear()
    address = stack.kept_computer("checkout-1", f"{static_url}hands")
    opened = await window()
    await open_cockpit(opened, address)
    await take_control(opened)
    await opened.get_by_role("tab", name="Actions").click()
    await said(opened, "ready")
    SAID.clear()
    yield opened
    await opened.get_by_role("button", name="Release control").click()
    await expect(opened.get_by_text("Watching; nobody drives")).to_be_visible()


async def said(page: Page, *words: str) -> None:
    """The remote page said all of these."""
    for _ in range(300):
        if all(word in SAID for word in words):
            return
        await page.wait_for_timeout(50)
    pytest.fail(f"the page never said all of {words}, only {SAID}")


async def opened(page: Page, title: str) -> Locator:
    """The form of that name, unfolded."""
    region = page.get_by_role("region", name="Actions")
    form = region.get_by_role("form", name=title, exact=True)
    if not await form.is_visible():
        await region.locator("summary", has_text=re.compile(rf"^\s*{title}\s*$")).click()
    await expect(form).to_be_visible()
    return form


async def press(page: Page, title: str, **fields: str) -> Locator:
    """Fill the form and press its button; the form as it is once the answer is there."""
    form = await opened(page, title)
    for label, value in fields.items():
        await form.get_by_label(label.replace("_", " "), exact=True).fill(value)
    await form.get_by_role("button", name=title, exact=True).click()
    return form


async def succeeded(form: Locator) -> None:
    await expect(form.locator(".act-result")).to_contain_text("SUCCESS", ignore_case=True)
    await expect(form.locator(".act-result")).to_contain_text("Took")


@pytest.mark.pressed("POST /computers/{id}/click", "Actions: Click")
async def test_click(page: Page) -> None:
    form = await press(page, "Click", x="200", y="150")
    await succeeded(form)
    await said(page, "mousedown 200,150", "mouseup 200,150")
    # The picture shows it, the request is named, and the form can be pressed again by keyboard alone.
    await expect(form.locator(".act-result code")).not_to_be_empty()
    SAID.clear()
    await form.get_by_label("x", exact=True).fill("210")
    await page.keyboard.press("Enter")
    await said(page, "mousedown 210,150")


@pytest.mark.pressed("POST /computers/{id}/double-click", "Actions: Double-click")
async def test_double_click(page: Page) -> None:
    await succeeded(await press(page, "Double-click", x="200", y="150"))
    await said(page, "dblclick 200,150")


@pytest.mark.pressed("POST /computers/{id}/right-click", "Actions: Right-click")
async def test_right_click(page: Page) -> None:
    await succeeded(await press(page, "Right-click", x="200", y="150"))
    await said(page, "contextmenu 200,150")


@pytest.mark.pressed("POST /computers/{id}/drag", "Actions: Drag")
async def test_drag(page: Page) -> None:
    form = await press(page, "Drag", From_x="50", From_y="60", To_x="250", To_y="160")
    await succeeded(form)
    await said(page, "mousedown 50,60", "mouseup 250,160")


@pytest.mark.pressed("POST /computers/{id}/scroll", "Actions: Scroll")
async def test_scroll(page: Page) -> None:
    await succeeded(await press(page, "Scroll", To_the_right="0", Down="120", x="640", y="500"))
    await said(page, "wheel 0,120")


@pytest.mark.pressed("POST /computers/{id}/type", "Actions: Type text")
async def test_what_is_typed_arrives_and_is_shown_nowhere(page: Page, stack: Stack) -> None:
    await press(page, "Click", x="200", y="320")
    form = await press(page, "Type text", Text="sesame-7531")
    await succeeded(form)
    await said(page, "field sesame-7531")
    await expect(form.get_by_label("Text")).to_have_value("")
    assert "sesame-7531" not in await page.content()
    assert "sesame-7531" not in "\n".join(stack.child.lines)


@pytest.mark.pressed("POST /computers/{id}/hotkey", "Actions: Hotkey")
async def test_hotkey(page: Page) -> None:
    await press(page, "Click", x="200", y="320")
    await succeeded(await press(page, "Hotkey", Keys="ctrl+b"))
    await said(page, "keydown Control", "keydown b", "keyup b", "keyup Control")


@pytest.mark.pressed("POST /computers/{id}/key-down", "Actions: Key down")
@pytest.mark.pressed("POST /computers/{id}/key-up", "Actions: Key up")
async def test_key_down_and_up(page: Page) -> None:
    await succeeded(await press(page, "Key down", Key="shift"))
    await said(page, "keydown Shift")
    await succeeded(await press(page, "Key up", Key="shift"))
    await said(page, "keyup Shift")


@pytest.mark.pressed("POST /computers/{id}/mouse-down", "Actions: Mouse down")
@pytest.mark.pressed("POST /computers/{id}/mouse-up", "Actions: Mouse up")
async def test_mouse_down_and_up(page: Page) -> None:
    await succeeded(await press(page, "Mouse down", x="60", y="70"))
    await said(page, "mousedown 60,70")
    await succeeded(await press(page, "Mouse up", x="160", y="170"))
    await said(page, "mouseup 160,170")


async def test_whoever_stops_driving_lets_go_of_what_they_pressed(page: Page) -> None:
    await succeeded(await press(page, "Key down", Key="shift"))
    await succeeded(await press(page, "Mouse down", x="60", y="70"))
    await page.get_by_role("button", name="Release control").click()
    await said(page, "keyup Shift", "mouseup 60,70")
    await take_control(page)


@pytest.mark.pressed("POST /computers/{id}/execute", "Actions: Execute")
async def test_execute(page: Page) -> None:
    form = await press(page, "Execute", Action='{"type": "click", "x": 33, "y": 44}')
    await succeeded(form)
    await said(page, "mousedown 33,44")
    form = await press(page, "Execute", Action='{"type": "screenshot"}')
    await succeeded(form)
    picture = await form.get_by_role("link", name="The picture").get_attribute("href")
    answer = await page.request.get(str(picture))
    assert answer.ok and answer.headers["content-type"] == "image/jpeg"


@pytest.mark.pressed("POST /computers/{id}/batch", "Actions: Batch")
async def test_a_batch_stops_at_its_first_failure_and_says_what_was_not_run(page: Page) -> None:
    actions = '[{"type": "click", "x": 5, "y": 6}, {"type": "nonsense"}, {"type": "click", "x": 7, "y": 8}]'
    form = await press(page, "Batch", Actions=actions)
    result = form.locator(".act-result")
    await expect(result).to_contain_text("1. click")
    await expect(result).to_contain_text("2. nonsense")
    await expect(result).to_contain_text("not run")
    await expect(result.locator(".facts").first).to_be_in_viewport()
    await said(page, "mousedown 5,6")
    assert "mousedown 7,8" not in SAID


@pytest.mark.pressed("POST /computers/{id}/debug", "Actions: Debug")
async def test_debug(page: Page) -> None:
    form = await press(page, "Debug", Shell_command="echo hello from debug")
    await expect(form.locator(".act-result")).to_contain_text("hello from debug", timeout=30_000)


@pytest.mark.pressed("GET /computers/{id}/tabs", "Actions: List tabs")
@pytest.mark.pressed("POST /computers/{id}/tabs", "Actions: Open a tab")
@pytest.mark.pressed("POST /computers/{id}/tabs/{tab_id}/switch", "Actions: Switch")
@pytest.mark.pressed("DELETE /computers/{id}/tabs/{tab_id}", "Actions: Close")
async def test_tabs(page: Page, static_url: str) -> None:
    region = page.get_by_role("region", name="Actions")
    await region.locator("summary", has_text="Tabs").click()
    await region.get_by_role("button", name="List tabs").click()
    tabs = region.get_by_role("list", name="Tabs").get_by_role("listitem")
    await expect(tabs).to_have_count(1)
    await expect(tabs.first).to_contain_text("Hands")
    await region.get_by_label("URL of a new tab").fill(f"{static_url}shop")
    await region.get_by_role("button", name="Open a tab").click()
    await expect(tabs).to_have_count(2)
    # The screen follows: its address is the new tab's.
    await expect(page.get_by_label("Address", exact=True)).to_have_value(f"{static_url}shop")
    await region.get_by_role("button", name="Switch to Hands").click()
    await expect(page.get_by_label("Address", exact=True)).to_have_value(f"{static_url}hands")
    await region.get_by_role("button", name="Close Shop").click()
    await expect(tabs).to_have_count(1)
    await region.get_by_role("button", name="Close Hands").click()
    await expect(region.locator("#actions-tabs").get_by_role("alert")).not_to_be_empty()
    await expect(tabs).to_have_count(1)


async def test_a_place_is_picked_from_the_screen_and_nothing_is_clicked_there(page: Page) -> None:
    form = await opened(page, "Click")
    await form.get_by_role("button", name="Pick from the screen").click()
    await page.mouse.click(*await remote(page, 321, 123))
    await expect(form.get_by_label("x", exact=True)).to_have_value("321")
    await expect(form.get_by_label("y", exact=True)).to_have_value("123")
    await expect(form.get_by_role("button", name="Pick from the screen")).to_be_focused()
    # Gone with the pick, not a while later.
    assert "is-shown" not in (await page.locator("[data-hint]").get_attribute("class") or "")
    assert SAID == []
    form = await opened(page, "Drag")
    await form.get_by_role("button", name="Pick from the screen").click()
    await page.mouse.move(*await remote(page, 10, 20))
    await page.mouse.down()
    await page.mouse.move(*await remote(page, 110, 220))
    await page.mouse.up()
    values = [await form.get_by_label(label).input_value() for label in ("From x", "From y", "To x", "To y")]
    assert values == ["10", "20", "110", "220"]
    await form.get_by_role("button", name="Pick from the screen").click()
    await page.keyboard.press("Escape")
    await expect(page.locator(".pick-veil")).to_have_count(0)
    assert SAID == []


async def test_what_is_wrong_is_said_beside_its_field(page: Page) -> None:
    form = await press(page, "Click", x="-1", y="5")
    await expect(form.locator(".field", has_text="x").first).to_contain_text("Too small: at least 0")
    form = await press(page, "Execute", Action="[1, 2]")
    await expect(form.locator(".field")).to_contain_text("An action is a JSON object")
    assert SAID == []


async def test_whoever_does_not_drive_reads_why_the_forms_are_off(
    window: Windows, shop_computer: str
) -> None:
    page = await window()
    await open_cockpit(page, shop_computer)
    await page.get_by_role("tab", name="Actions").click()
    await expect(page.get_by_role("region", name="Actions")).to_contain_text("Take control first")
    form = await opened(page, "Click")
    await expect(form.get_by_role("button", name="Click", exact=True)).to_be_disabled()
    await expect(
        (await opened(page, "Debug")).get_by_role("button", name="Debug", exact=True)
    ).to_be_enabled()
