"""A person takes over from an agent in the middle, does something, hands back with a note, and the agent finishes."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP, SAID
from tests.browser.pages.conftest import Windows, hears, open_cockpit, remote
from tests.browser.pages.looks import assert_sound
from tests.browser.pages.test_tasks import AGENT_MS, start_task

pytestmark = ONE_LOOP

#: Long enough to step into, and something at its end that the page itself tells of.
WORK = "wait 1 second\n" * 6 + "click '0'"


async def drives(page: Page) -> None:
    """The same tab, in the cockpit, with the wheel."""
    await page.wait_for_url(re.compile(r"/computers/[^/]+/$"))
    await expect(page.get_by_text("You are driving")).to_be_visible(timeout=AGENT_MS)
    await page.locator("#cockpit.has-picture").wait_for()


@pytest.mark.pressed("POST /agent/tasks/{id}/pause", "Take over")
@pytest.mark.pressed("POST /agent/tasks/{id}/resume", "Hand back")
async def test_taken_over_from_its_page_and_handed_back_with_a_note(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", WORK)
    task = page.url
    await expect(page.get_by_role("log", name="Steps").locator("li").nth(2)).to_be_visible(timeout=AGENT_MS)
    await page.get_by_role("button", name="Take over").click()
    await drives(page)
    await expect(page.get_by_text("Agent paused:")).to_be_visible()
    await expect(page.get_by_role("button", name="Resume")).to_be_hidden()
    await page.mouse.click(*await remote(page, 200, 320))
    await page.keyboard.type("hush")
    await hears(page, "hush")
    # A reload keeps control.
    await page.reload()
    await drives(page)
    await page.get_by_role("button", name="Hand back").click()
    note = page.get_by_role("textbox", name="Note to the agent")
    await assert_sound(page)
    await expect(note).to_have_value(re.compile(r"- clicked \(200, 320\)\n- typed 4 characters\n"))
    assert "hush" not in await note.input_value()
    await note.fill("I filled in the field.")
    stage = await page.locator("#stage").bounding_box()
    await page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    await expect(page.get_by_text("You handed back. It is running again.")).to_be_visible(timeout=AGENT_MS)
    assert await page.locator("#stage").bounding_box() == stage, "what is said moves no picture"
    await expect(page.get_by_text("Agent at work:")).to_be_visible()
    await expect(page.get_by_role("button", name="Take control")).to_be_hidden()
    await page.goto(task)
    await expect(page.locator(".task-state")).to_contain_text("completed", timeout=AGENT_MS)
    assert "click" in SAID
    steps = page.get_by_role("log", name="Steps")
    for said in ("Bob took over", "Bob told it I filled in the field.", "Bob handed back"):
        await expect(steps.get_by_text(said)).to_be_visible()
    numbers = await steps.locator("li").evaluate_all("items => items.map((item) => +item.dataset.number)")
    assert numbers == list(range(len(numbers), 0, -1))


async def test_taken_over_from_the_wall_and_from_the_cockpit(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", "wait 1 second\n" * 30)
    await expect(page.locator(".task-state")).to_contain_text("running", timeout=AGENT_MS)
    await page.goto("/")
    await page.get_by_role("button", name="Take over checkout-1").click()
    await drives(page)
    await page.get_by_role("button", name="Hand back").click()
    await page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    await expect(page.get_by_text("Agent at work:")).to_be_visible(timeout=AGENT_MS)
    watching = await window("alice")
    await open_cockpit(watching, checkout)
    await expect(watching.get_by_role("button", name="Take control")).to_be_hidden()
    await page.keyboard.press("t")
    await expect(page.get_by_text("The agent is paused.")).to_be_visible(timeout=AGENT_MS)
    await drives(page)
    await expect(watching.get_by_text("Watching; Bob drives")).to_be_visible()
    await expect(watching.get_by_role("button", name="Hand back")).to_be_hidden()
    # Left without handing back, the task says that it needs somebody.
    await page.get_by_role("button", name="Release control").click()
    await watching.get_by_role("link", name="wait 1 second").click()
    await expect(watching.get_by_text("Needs a human: Bob released control without handing")).to_be_visible()
    await watching.get_by_role("button", name="Resume").click()
    await expect(watching.locator(".task-state")).to_contain_text("running", timeout=AGENT_MS)
    await expect(watching.get_by_text("Needs a human")).to_be_hidden()
    await watching.get_by_role("textbox", name="Message").fill("stop")
    await watching.get_by_role("button", name="Send").click()
    await expect(watching.locator(".task-state")).to_contain_text("completed", timeout=AGENT_MS)
