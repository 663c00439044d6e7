"""The queue at the top of the wall, and many chosen at once: on the local agent, with its own model."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows
from tests.browser.pages.looks import assert_sound
from tests.browser.pages.test_tasks import AGENT_MS, start_task
from tests.support.stack import Stack

pytestmark = ONE_LOOP

#: Whether an element's text is not cut.
WHOLE = """(element) => {
  const text = document.createRange();
  text.selectNodeContents(element);
  return text.getBoundingClientRect().width <= element.getBoundingClientRect().width + 0.5;
}"""


@pytest.fixture
def asked(stack: Stack, static_url: str) -> str:
    """The address of a computer of these tests' own: a task that one of them leaves there disturbs nobody else."""
    return stack.kept_computer("asked-1", f"{static_url}shop")


@pytest.mark.pressed("POST /agent/tasks/{id}/messages", "The wall: Answer")
async def test_a_task_that_asks_is_claimed_and_answered_on_the_wall(window: Windows, asked: str) -> None:
    wall, page = await window(), await window("bob", "operator")
    await wall.goto("/")
    queue = wall.get_by_role("list", name="Needs a human")
    fleet = wall.get_by_role("list", name="Fleet")
    place = await fleet.bounding_box()
    await start_task(page, "asked-1", "ask a person which shop it is; wait 1 second")
    waiting = queue.get_by_role("listitem", name=re.compile("ask a person which shop"))
    await expect(waiting).to_be_visible(timeout=AGENT_MS)
    await expect(waiting.locator("time")).to_have_text(re.compile(r"^0:0[1-9]$"))
    await expect(fleet.get_by_role("listitem", name="asked-1")).to_contain_text("needs a human")
    assert await fleet.bounding_box() == place
    assert await fleet.get_by_role("link", name="asked-1", exact=True).evaluate(WHOLE)
    await assert_sound(wall)
    await waiting.get_by_role("button", name=re.compile("^Claim")).click()
    await expect(waiting).to_contain_text("alice sees to it")
    await page.goto("/")
    theirs = page.get_by_role("list", name="Needs a human").get_by_role("listitem")
    await expect(theirs).to_contain_text("alice sees to it")
    await waiting.get_by_role("button", name=re.compile("^Answer")).click()
    question = wall.get_by_role("dialog")
    await question.get_by_role("textbox", name="Message").fill("The green one")
    await question.get_by_role("button", name="Answer").click()
    await expect(question).to_contain_text("It is running again.", timeout=AGENT_MS)
    await question.get_by_role("button", name="Close").click()
    await expect(waiting).to_have_count(0)
    await expect(wall.get_by_text("No task waits for a person.")).to_be_visible()
    await expect(theirs).to_have_count(0)
    # Its second step is done before the next test starts a task there.
    await expect(fleet.get_by_role("listitem", name="asked-1")).to_contain_text("nobody", timeout=AGENT_MS)


@pytest.mark.pressed("POST /agent/tasks/{id}/pause", "The wall: Pause tasks")
@pytest.mark.pressed("POST /agent/tasks/{id}/resume", "The wall: Resume tasks")
@pytest.mark.pressed("POST /computers/{id}/keepalive", "The wall: Keep alive")
async def test_what_is_chosen_with_the_keyboard_is_paused_and_kept_alive_at_once(
    window: Windows, asked: str, checkout: str
) -> None:
    page = await window("bob", "operator")
    await start_task(page, "asked-1", "wait 1 second\n" * 20)
    await page.goto("/")
    fleet = page.get_by_role("list", name="Fleet")
    await expect(fleet.get_by_role("listitem", name="asked-1")).to_contain_text("at work", timeout=AGENT_MS)
    for name in ("asked-1", "checkout-1"):
        await fleet.get_by_role("link", name=name).focus()
        await page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="Chosen computers")
    await expect(bar).to_contain_text("2 chosen")
    await bar.get_by_role("button", name="Pause tasks").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Pause 1 task?")
    await expect(dialog).to_contain_text("1 chosen computer without such a task.")
    await dialog.get_by_role("button", name="Pause").click()
    await expect(dialog).to_contain_text("1 of 1 was paused.", timeout=AGENT_MS)
    await assert_sound(page)
    await page.keyboard.press("Escape")
    await expect(fleet.get_by_role("listitem", name="asked-1")).to_contain_text("paused")
    # A row that was pushed anew keeps its box.
    await expect(bar).to_contain_text("2 chosen")
    await bar.get_by_role("button", name="Keep alive").click()
    await dialog.get_by_role("button", name="Keep alive").click()
    await expect(dialog).to_contain_text("2 of 2 were kept alive.")
    await dialog.get_by_role("button", name="Close").click()
    await bar.get_by_role("button", name="Resume tasks").click()
    await dialog.get_by_role("button", name="Resume").click()
    await expect(dialog).to_contain_text("1 of 1 was resumed.", timeout=AGENT_MS)
    await dialog.get_by_role("button", name="Close").click()
    await page.keyboard.press("Escape")
    await expect(bar).to_be_hidden()
