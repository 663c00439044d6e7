"""Handing back through another process than the one that drives, without Redis: no news tells the driver's process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.computers.consumers.conftest import page, stage
from tests.support.processes import wait_until
from tests.support.stage import EMPTY, Page, Process, Stage

__all__ = ["page", "stage"]

CLIENT = "alices-own-tab"
TASK = "SELECT id, state, public_id FROM agents_task ORDER BY id DESC LIMIT 1"


@pytest.fixture(scope="module")
def second(stage: Stage) -> Iterator[Process]:
    process = stage.process().wait()
    yield process
    process.end()


def post(stage: Stage, url: str, path: str, data: dict[str, Any]) -> httpx.Response:
    """As Alice's tab asks that process."""
    with httpx.Client(base_url=url, timeout=40) as client:
        client.cookies.set("lightdeck_session", stage.cookies["alice"])
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/computers/new/").text)
        assert token is not None
        headers = {"Origin": url, "X-Lightdeck-Client": CLIENT, "HX-Request": "true"}
        return client.post(path, data={**data, "csrfmiddlewaretoken": token[1]}, headers=headers)


async def test_the_process_that_drives_sends_nothing_once_the_agent_goes_on(
    stage: Stage, page: Page, second: Process
) -> None:
    asked = {"instruction": "wait 1 second\n" * 60, "computers": [stage.public_id]}
    first = stage.stack.base_url
    assert (await asyncio.to_thread(post, stage, first, "/tasks/new/", asked)).status_code == 204
    await asyncio.to_thread(wait_until, lambda: stage.rows(TASK)[0][1] == "running", 30, "the task running")
    address = f"/tasks/{stage.rows(TASK)[0][2]}"
    async with stage.screen(client=CLIENT) as driver:
        await driver.shown()
        taken = await asyncio.to_thread(post, stage, first, f"{address}/take-over/", {"from": "cockpit"})
        assert taken.status_code == 200 and "took-over" in taken.headers["HX-Trigger"]
        await driver.take_control()
        await driver.press(*EMPTY)
        await page.until("log.some(e => e.type === 'mousedown')")
        assert stage.held()["buttons"]
        given = await asyncio.to_thread(post, stage, second.url, f"{address}/hand-back/", {"note": ""})
        assert "You handed back" in given.text, given.text
        assert stage.held() == {} and await page.log("mouseup")
        before = len(await page.log("mousedown"))
        await driver.click(*EMPTY)
        await driver.until(lambda: not driver.of("control")[-1]["you_hold"])
        await asyncio.sleep(0.5)
        assert len(await page.log("mousedown")) == before
    await asyncio.to_thread(post, stage, first, f"{address}/messages/", {"message": "stop"})
    await asyncio.to_thread(wait_until, lambda: stage.rows(TASK)[0][1] == "completed", 30, "its end")
