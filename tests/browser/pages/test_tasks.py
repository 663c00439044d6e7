"""Agents in a browser: given work, watched, paused, spoken to, resumed; on the local agent, with its own model."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP, SAID
from tests.browser.pages.conftest import Windows, open_cockpit, take_control

pytestmark = ONE_LOOP

#: How long the local agent may take for a short instruction, milliseconds.
AGENT_MS = 60_000


async def start_task(page: Page, computer: str, instruction: str) -> None:
    """From the wall with the form, on that computer; the page is then the task's."""
    await page.goto("/")
    await page.get_by_role("link", name="New task").click()
    await page.get_by_label("Instruction").fill(instruction)
    await page.get_by_role("group", name="Computers").get_by_label(computer).check()
    await page.get_by_role("button", name="Start task").click()
    await page.wait_for_url(re.compile(r"/tasks/(?!new/)[^/]+/$"))


@pytest.mark.pressed("POST /agent/tasks", "New task: Start task")
@pytest.mark.pressed("POST /agent/tasks/stream", "The task page: Steps")
@pytest.mark.pressed("GET /agent/tasks/{id}", "The task page: its state")
async def test_a_task_is_started_and_its_steps_come_by_themselves(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", "wait 3 seconds\nclick '0'")
    steps = page.get_by_role("log", name="Steps")
    # Its computer is on the page, live: a picture that no step has brought.
    await expect(page.get_by_role("img", name="Live screen")).to_be_visible(timeout=AGENT_MS)
    await expect(page.locator("[data-live-word]")).to_have_text(re.compile("live|idle"))
    await expect(steps).to_contain_text("click", timeout=AGENT_MS)
    await expect(page.locator(".task-state")).to_contain_text("completed", timeout=AGENT_MS)
    await expect(page.get_by_role("img", name="Live screen")).to_be_hidden()
    await expect(steps.locator("img").first).to_be_visible(timeout=AGENT_MS)
    await expect(page.get_by_alt_text("What the agent saw last").first).to_be_visible()
    await expect(page.get_by_role("link", name="Open checkout-1")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message")).to_be_hidden()
    assert "click" in SAID
    numbers = await steps.locator("li").evaluate_all(
        "items => items.map((item) => Number(item.dataset.number))"
    )
    assert numbers == list(range(len(numbers), 0, -1))


@pytest.mark.pressed("POST /agent/tasks/{id}/pause", "The task page: Pause")
@pytest.mark.pressed("POST /agent/tasks/{id}/resume", "The task page: Resume")
@pytest.mark.pressed("POST /agent/tasks/{id}/messages", "The task page: Message, Send")
async def test_a_running_task_is_paused_spoken_to_and_resumed(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", "wait 1 second\n" * 6)
    state = page.locator(".task-state")
    await expect(state).to_contain_text("running", timeout=AGENT_MS)
    await page.get_by_role("button", name="Pause").click()
    await expect(state).to_contain_text("paused", timeout=AGENT_MS)
    await expect(page.locator("#task-said")).to_contain_text("It is paused.")
    await page.get_by_role("textbox", name="Message").fill("Be quick")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log", name="Steps")).to_contain_text("Be quick")
    await expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_role("log", name="Steps")).to_contain_text("Bob paused")
    await expect(state).to_contain_text("completed", timeout=AGENT_MS)


async def test_the_list_finds_it_and_a_viewer_only_watches(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", "wait 2 seconds")
    watching = await window("vera", "viewer")
    await watching.goto("/tasks/")
    await expect(watching.get_by_role("link", name="New task")).to_have_count(0)
    row = watching.get_by_role("list", name="Tasks").get_by_role("listitem", name="wait 2 seconds").first
    await expect(row).to_be_visible()
    await expect(row).to_contain_text("completed", timeout=AGENT_MS)
    await row.get_by_role("link").click()
    await expect(watching.get_by_role("heading", name="wait 2 seconds")).to_be_visible()
    await expect(watching.get_by_role("textbox", name="Message")).to_have_count(0)


async def test_in_the_cockpit_it_says_what_it_asks_and_is_answered(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await open_cockpit(page, checkout)
    await page.get_by_role("link", name="New task").click()
    await page.get_by_label("Instruction").fill("ask a person which invoice to pay; wait 1 second")
    await page.get_by_role("button", name="Start task").click()
    await expect(page.locator(".task-state")).to_contain_text("paused", timeout=AGENT_MS)
    await open_cockpit(page, checkout)
    await expect(page.get_by_text("Agent needs a human:")).to_be_visible()
    asked = page.get_by_role(
        "link", name="I need a person for step 1: ask a person which invoice to pay.", exact=True
    )
    await expect(asked).to_be_visible()
    await page.get_by_role("button", name="Answer", exact=True).click()
    dialog = page.get_by_role("dialog", name="Answer")
    await dialog.get_by_role("textbox", name="Message").fill("go on")
    await dialog.get_by_role("button", name="Answer", exact=True).click()
    await expect(dialog).to_contain_text("Sent. It is running again.", timeout=AGENT_MS)
    await dialog.get_by_role("link", name="Close").or_(dialog.get_by_role("button", name="Close")).click()
    await expect(asked).to_be_hidden(timeout=AGENT_MS)
    # What it did is its own in the timeline, and nobody else's.
    log = page.get_by_role("log", name="Timeline")
    await expect(log.locator('[data-name="Agent"]', has_text="waited").last).to_be_visible(timeout=AGENT_MS)
    await expect(page.get_by_text("Others act here")).to_be_hidden()


async def test_in_the_cockpit_control_waits_for_a_pause(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await open_cockpit(page, checkout)
    await page.get_by_role("link", name="New task").click()
    await page.get_by_label("Instruction").fill("wait 1 second\n" * 10)
    await expect(page.get_by_role("group", name="Computers").get_by_label("checkout-1")).to_be_checked()
    await page.get_by_role("button", name="Start task").click()
    await expect(page.locator(".task-state")).to_contain_text("running", timeout=AGENT_MS)
    await open_cockpit(page, checkout)
    await expect(page.get_by_text("Agent at work:")).to_be_visible()
    await expect(page.get_by_role("button", name="Take control")).to_be_hidden()
    await expect(page.get_by_role("button", name="Take over")).to_be_enabled()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Agent paused:")).to_be_visible(timeout=AGENT_MS)
    await page.get_by_role("button", name="Message the agent").click()
    dialog = page.get_by_role("dialog", name="Message the agent")
    await expect(dialog).to_contain_text("is paused: it reads this once it is resumed")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("1 to 10000 characters")
    await dialog.get_by_role("textbox", name="Message").fill("Mind the total")
    await dialog.get_by_role("button", name="Send").click()
    await expect(page.locator("#agent-said")).to_contain_text("Sent")
    await expect(dialog).to_be_hidden()
    await take_control(page)
    await page.get_by_role("button", name="Release control").click()
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_text("Agent at work:")).to_be_visible(timeout=AGENT_MS)
    await expect(page.get_by_text("Agent at work:")).to_be_hidden(timeout=AGENT_MS)
