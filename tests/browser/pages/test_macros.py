"""Macros as people use them: recorded while driving, edited, saved, and run on another computer."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import PAGES, SAID
from tests.browser.pages.conftest import Windows, open_cockpit, remote, take_control
from tests.browser.pages.looks import SIZES, assert_sound
from tests.support.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: One field for anybody to read, one for a secret, and what is typed into them is said aloud.
DESK = """<!doctype html><title>Desk</title><style>body { margin: 0; background: #fff }
input { position: absolute; left: 100px; width: 400px; height: 40px }</style>
<input id="plain" style="top: 100px"><input id="secret" type="password" style="top: 300px"><script>
let sent = Promise.resolve();
for (const field of [plain, secret]) field.addEventListener("input", () => {
  const said = `${field.id} ${field.value}`;
  sent = sent.then(() => fetch("/said/" + encodeURIComponent(said)));
});
</script>"""
PAGES["/desk"] = DESK

#: Longer than a burst of typing waits for its next character.
QUIET_MS = 2500


@pytest.fixture
def desks(stack: Stack, static_url: str) -> list[str]:
    """The addresses of two computers that show the desk anew."""
    return [stack.kept_computer(name, f"{static_url}desk") for name in ("desk-1", "desk-2")]


@pytest_asyncio.fixture(loop_scope="session")
async def page(window: Windows, desks: list[str]) -> AsyncIterator[Page]:
    """desk-1, anew, and Alice drives it."""
    opened = await window()
    await open_cockpit(opened, desks[0])
    await take_control(opened)
    SAID.clear()
    yield opened


def fresh(name: str) -> str:
    """A name of its own: what a first try saved must not be in the way of a second one."""
    return f"{name} {secrets.token_hex(3)}"


async def said(page: Page, words: str) -> None:
    for _ in range(300):
        if words in SAID:
            return
        await page.wait_for_timeout(50)
    pytest.fail(f"the page never said {words!r}, only {SAID}")


async def write(page: Page, y: float, text: str, words: str) -> None:
    """Click the field, wait until it is known what it is, and type."""
    await page.mouse.click(*await remote(page, 200, y))
    await page.wait_for_timeout(1500)
    await page.keyboard.type(text, delay=60)
    await said(page, words)
    await page.wait_for_timeout(QUIET_MS)


async def save(page: Page, name: str) -> None:
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_role("button", name="Save macro").click()
    await page.wait_for_url(re.compile(r"/macros/(\?computer=.+)?$"))
    await expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


async def write_macro(page: Page, name: str, *steps: tuple[str, dict[str, str]]) -> None:
    """In the editor, by hand."""
    await page.goto("/macros/new/")
    for place, (word, fields) in enumerate(steps, 1):
        await page.get_by_label("New step").select_option(label=word)
        await page.get_by_role("button", name="Add step").click()
        step = page.get_by_role("listitem", name=f"Step {place}: {word}")
        await expect(step).to_be_focused()
        for label, value in fields.items():
            await step.get_by_label(label, exact=True).fill(value)
    await save(page, name)


async def choose(page: Page, name: str) -> Any:
    """The dialog "Run macro…" with that one chosen."""
    await page.get_by_role("button", name="Run macro…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Macro", exact=True).select_option(label=name)
    await expect(dialog.get_by_role("button", name="Run", exact=True)).to_be_visible()
    return dialog


@pytest.mark.pressed("POST /computers/{id}/batch", "Run macro")
async def test_recorded_while_driving_saved_and_run_on_another_computer(
    page: Page, window: Windows, desks: list[str], stack: Stack
) -> None:
    await page.get_by_role("button", name="Record macro").click()
    await expect(page.get_by_text("Alice records a macro since")).to_be_visible()
    watching = await window("bob", "operator")
    await open_cockpit(watching, desks[0])
    await expect(watching.get_by_text("Alice records a macro since")).to_be_visible()
    await write(page, 120, "hello", "plain hello")
    await write(page, 320, "sesame-7531", "secret sesame-7531")
    await page.get_by_role("button", name="Stop recording").click()
    await page.wait_for_url("**/macros/new/**")
    await expect(watching.get_by_text("Alice records a macro since")).to_be_hidden()
    steps = page.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(steps).to_have_count(4)
    # What was typed into the plain field was kept, masked; what went into the password's field was not.
    await expect(steps.nth(1)).to_contain_text("5 characters")
    assert "hello" not in await page.locator("main").inner_html()
    await page.get_by_role("button", name="Show the text of step 2").click()
    await expect(steps.nth(1).get_by_label("What is typed")).to_have_value("hello")
    await expect(steps.nth(1).get_by_label("What is typed")).to_be_focused()
    await expect(steps.nth(3).get_by_label("Text")).to_have_value("ask")
    await steps.nth(3).get_by_label("Ask for").fill("Password")
    await steps.nth(3).get_by_label("Hide it while it is typed").check()
    name = fresh("Log in to the desk")
    await save(page, name)

    await page.get_by_role("button", name="Back to desk-1").click()
    await page.wait_for_url(f"**{desks[0]}")
    await page.get_by_role("button", name="Release control").click()
    await open_cockpit(page, desks[1])
    await take_control(page)
    SAID.clear()
    dialog = await choose(page, name)
    await dialog.get_by_label("Password").fill("open-2468")
    await dialog.get_by_role("button", name="Run", exact=True).click()
    results = dialog.get_by_role("list", name="Results").get_by_role("listitem")
    await expect(results).to_have_count(4)
    await expect(results.filter(has_text="done")).to_have_count(4)
    await said(page, "plain hello")
    await said(page, "secret open-2468")
    await dialog.get_by_role("button", name="Close").click()
    log = page.get_by_role("log", name="Timeline")
    await expect(log).to_contain_text(f"ran the macro {name}")
    everything = await page.content() + "\n".join(stack.child.lines)
    assert "open-2468" not in everything and "sesame-7531" not in everything


@pytest.mark.pressed("POST /computers/{id}/batch", "Run macro")
async def test_a_macro_stops_at_its_first_failure(page: Page, desks: list[str]) -> None:
    nowhere = "http://127.0.0.1:9/"
    name = fresh("Goes wrong")
    await write_macro(
        page,
        name,
        ("Click", {"x": "5", "y": "6"}),
        ("Open an address", {"Address": nowhere}),
        ("Wait", {"Milliseconds": "10"}),
    )
    await open_cockpit(page, desks[0])
    await expect(page.get_by_role("button", name="Run macro…")).to_be_enabled()
    dialog = await choose(page, name)
    await dialog.get_by_role("button", name="Run", exact=True).click()
    results = dialog.get_by_role("list", name="Results").get_by_role("listitem")
    await expect(results.nth(0)).to_contain_text("done")
    await expect(results.nth(1)).to_contain_text(re.compile("failed, .+"))
    await expect(results.nth(2)).to_contain_text("not run")
    await dialog.get_by_role("button", name="Close").click()


async def test_a_macro_clicks_the_same_place_at_another_scale(page: Page, desks: list[str]) -> None:
    await page.mouse.click(*await remote(page, 200, 120))
    log = page.get_by_role("log", name="Timeline")
    await expect(log.get_by_text(re.compile(r"clicked \(200, 120\)")).last).to_be_visible()
    await page.get_by_role("button", name="Select", exact=True).click()
    await log.get_by_role("checkbox", name=re.compile(r"clicked \(200, 120\)")).last.check()
    await page.get_by_role("button", name="Make a macro of 1 entry").click()
    await page.wait_for_url("**/macros/new/**")
    await page.get_by_label("New step").select_option(label="Type")
    await page.get_by_role("button", name="Add step").click()
    step = page.get_by_role("listitem", name="Step 2: Type")
    await step.get_by_label("Text", exact=True).select_option("keep")
    await step.get_by_label("What is typed").fill("sharp")
    name = fresh("At any scale")
    await save(page, name)
    await open_cockpit(page, desks[1])
    await take_control(page)
    dialog = page.locator("#dialog")
    await page.get_by_role("button", name="Viewport").click()
    await dialog.get_by_label("Scale").fill("2")
    await dialog.get_by_role("button", name="Set size").click()
    await expect(page.locator("#navigation-answer")).to_contain_text("at a scale of 2")
    try:
        run = await choose(page, name)
        await run.get_by_role("button", name="Run", exact=True).click()
        await said(page, "plain sharp")
        await run.get_by_role("button", name="Close").click()
    finally:
        await page.get_by_role("button", name="Viewport").click()
        await dialog.get_by_role("button", name="1280 × 800").click()
        await expect(page.locator("#navigation-answer")).to_contain_text("at a scale of 1")


async def test_entries_are_selected_and_become_a_macro(page: Page) -> None:
    await page.mouse.click(*await remote(page, 600, 500))
    await page.wait_for_timeout(1500)
    await page.mouse.click(*await remote(page, 610, 510))
    log = page.get_by_role("log", name="Timeline")
    await expect(log.get_by_text(re.compile(r"clicked \(610, 510\)")).last).to_be_visible()
    await page.get_by_role("button", name="Select", exact=True).click()
    await log.get_by_role("checkbox", name=re.compile(r"clicked \(600, 500\)")).last.check()
    await log.get_by_role("checkbox", name=re.compile(r"clicked \(610, 510\)")).last.check()
    await page.get_by_role("button", name="Make a macro of 2 entries").click()
    await page.wait_for_url("**/macros/new/**")
    steps = page.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(steps).to_have_count(2)
    await page.get_by_role("button", name="Move step 2 up").focus()
    await page.keyboard.press("Enter")
    await expect(steps.first.get_by_label("x", exact=True)).to_have_value("610")
    await expect(steps.first).to_be_focused()
    await page.get_by_role("button", name="Remove step 1").click()
    await expect(steps).to_have_count(1)


async def test_a_recording_ends_with_control_and_is_still_there(page: Page) -> None:
    await page.get_by_role("button", name="Record macro").click()
    await expect(page.get_by_role("button", name="Stop recording")).to_be_visible()
    await page.mouse.click(*await remote(page, 700, 520))
    await page.wait_for_timeout(1000)
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Alice records a macro since")).to_be_hidden()
    await page.get_by_role("button", name="Last recording").click()
    await page.wait_for_url("**/macros/new/**")
    steps = page.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(steps.first.get_by_label("x", exact=True)).to_have_value("700")
    await page.get_by_role("button", name="Discard").click()
    await page.wait_for_url(re.compile(r"/macros/\?computer="))


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_are_sound(window: Windows, size: str) -> None:
    page = await window(**SIZES[size])
    name = fresh(f"Sound {size}")
    await write_macro(page, name, ("Wait", {}), ("Type", {"Ask for": "User"}))
    await assert_sound(page)
    await page.get_by_role("link", name=name, exact=True).click()
    await page.get_by_label("Text", exact=True).select_option("keep")
    await expect(page.get_by_label("What is typed")).to_be_visible()
    await page.get_by_label("Milliseconds").fill("-1")
    await page.get_by_role("button", name="Save macro").click()
    await expect(page.locator("#macro-editor [data-error]")).to_contain_text("Step 1 is not complete yet")
    await assert_sound(page)
    await page.goto("/macros/")
    await page.get_by_role("button", name=f"Delete {name}").click()
    await page.get_by_role("dialog", name=f"Delete the macro {name}?").wait_for()
    await assert_sound(page)
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("was deleted")).to_be_visible()
