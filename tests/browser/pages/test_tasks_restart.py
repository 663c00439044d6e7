"""The server is killed while an agent works: the record goes on without a gap, and an open page with it."""

from __future__ import annotations

import psutil
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows
from tests.browser.pages.test_tasks import AGENT_MS, start_task
from tests.support.stack import Stack
from tests.support.stage import SERVES

pytestmark = ONE_LOOP

#: The supervisor starts the web process anew, and the page finds it.
RESTART_MS = 60_000


def web_process(stack: Stack) -> psutil.Process:
    return next(each for each in stack.child.descendants() if SERVES in each.cmdline())


async def test_a_killed_web_process_costs_no_step(window: Windows, stack: Stack, checkout: str) -> None:
    page = await window("bob", "operator")
    await start_task(page, "checkout-1", "wait 1 second\n" * 8)
    steps = page.get_by_role("log", name="Steps").locator("li")
    await expect(steps.nth(3)).to_be_visible(timeout=AGENT_MS)
    before = web_process(stack)
    before.kill()
    await expect(page.get_by_text("Not connected: what you see may be out of date.")).to_be_visible()
    await expect(page.locator(".task-state")).to_contain_text("completed", timeout=RESTART_MS + AGENT_MS)
    assert web_process(stack).pid != before.pid
    shown = await steps.evaluate_all(
        "items => items.map((item) => [Number(item.dataset.number), item.dataset.kind])"
    )
    assert [number for number, _ in shown] == list(range(len(shown), 0, -1))
    assert "gap" not in [kind for _, kind in shown]
    assert [kind for _, kind in shown].count("started") == 1
    await page.reload()
    assert await steps.count() == min(len(shown), 50)
