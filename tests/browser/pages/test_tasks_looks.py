"""axe finds nothing wrong on the pages of tasks, and they say what is missing, in every look."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows
from tests.browser.pages.looks import SIZES, assert_sound
from tests.support.stack import Stack

pytestmark = ONE_LOOP

#: A task with every kind of step; prints its id.
MAKE = """
from agents.models import Step, Task
from computers.models import Connection
from django.utils import timezone
task = Task.objects.create(
    connection=Connection.objects.order_by("pk")[0], instruction="Pay the March invoices " + "x" * 300,
    started_by_name="Ada", wish={"max_steps": 50, "model": "m"}, state="lost", finished_at=timezone.now(), steps=9,
    gaps=1, error="The service does not know this task any more.", upstream_word="contemplating", acts=3)
rows = [("started", "m", {}), ("thinking", "long " * 300, {}), ("executed", "click at (412, 300)", {}),
        ("screenshot", "", {"picture_url": "https://example.org/x"}),
        ("screenshot", "", {"picture_trouble": "The picture did not come in time."}),
        ("subagent", "", {"data": {"type": "subagent", "depth": 2}}), ("error", "No answer.", {}),
        ("paused", "It is paused.", {"ours": True, "data": {"by": "Ada"}}),
        ("gap", "The stream broke off; from here on only the status is known.", {"ours": True})]
for number, (kind, text, more) in enumerate(rows, 1):
    Step.objects.create(task=task, number=number, kind=kind, text=text, **more)
print("task", task.public_id)
"""


@pytest.fixture(scope="module")
def lost_task(stack: Stack) -> str:
    """The address of a task that was lost."""
    said = next(line for line in stack.manage("shell", "-c", MAKE) if line.startswith("task "))
    return f"/tasks/{said.split()[1]}/"


@pytest.fixture(params=SIZES)
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SIZES[request.param]


async def test_the_list_the_form_and_a_task(window: Windows, lost_task: str, look: dict[str, Any]) -> None:
    page = await window(**look)
    await page.goto("/tasks/")
    await expect(page.get_by_role("list", name="Tasks")).to_contain_text("does not know this task")
    await assert_sound(page)
    await page.goto("/tasks/new/")
    await page.get_by_role("button", name="Start task").click()
    await page.locator(".errorlist li").first.wait_for()
    await page.get_by_text("More", exact=True).click()
    await assert_sound(page)
    await page.goto(lost_task)
    await expect(page.get_by_text("The record has 1 gap")).to_be_visible()
    await page.get_by_text("All of it").click()
    await page.get_by_text("As the service sent it").click()
    await assert_sound(page)
    # A task that is over has no buttons that could only fail.
    await expect(page.get_by_role("button", name="Pause")).to_have_count(0)


async def test_a_template_is_saved_and_begun_with(window: Windows, stack: Stack) -> None:
    page = await window("bob", "operator")
    await page.goto("/tasks/new/")
    await page.get_by_label("Instruction").fill("Weekly report")
    await page.get_by_label("Model").fill("special")
    await page.get_by_role("textbox", name="Template name").fill("Report")
    await page.get_by_role("button", name="Save as template").click()
    await expect(page.get_by_text("The template “Report” was saved.")).to_be_visible()
    await page.get_by_role("navigation", name="Templates").get_by_role("link", name="Report").click()
    await expect(page.get_by_label("Model")).to_have_value("special")
    await expect(page.get_by_label("Instruction")).to_have_value("Weekly report")
