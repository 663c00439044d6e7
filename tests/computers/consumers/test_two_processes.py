"""The lease between two web processes on one database, without Redis: never do both send."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from computers.relay.lease import DEADLINE
from tests.support.screens import Screen
from tests.support.stage import EMPTY, Page, Process, Stage

CLIENT = "alices-own-tab"


@pytest.fixture(scope="module")
def second(stage: Stage) -> Iterator[Process]:
    """A process that stays."""
    process = stage.process().wait()
    yield process
    process.end()


@pytest.fixture
def first(stage: Stage) -> Iterator[Process]:
    """A process that is stopped or killed."""
    process = stage.process().wait()
    yield process
    process.end()


@pytest.fixture
async def driving(stage: Stage, page: Page, first: Process) -> AsyncIterator[Screen]:
    """Alice in the middle of a drag through the first process."""
    async with stage.screen(client=CLIENT, url=first.url) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.press(*EMPTY)
        await screen.pointer("move", EMPTY[0] - 30, EMPTY[1], buttons=1)
        await page.until("log.some(e => e.type === 'mousemove' && e.buttons === 1)")
        assert stage.held()["buttons"]
        yield screen


async def test_a_stopped_process_loses_the_wheel_and_sends_nothing_when_it_goes_on(
    stage: Stage, page: Page, first: Process, second: Process, driving: Screen
) -> None:
    stage.stop(first)
    # What its browser says meanwhile waits in its sockets, and must not be delivered later.
    for step in range(20):
        await driving.pointer("move", 300 + step, 555, buttons=1)
    await driving.strike("q", "KeyQ", "q")
    async with stage.screen(client="alices-other-tab", url=second.url) as other:
        await other.shown()
        started = time.monotonic()
        await other.take_control()
        assert time.monotonic() - started < 6
        await page.until("log.some(e => e.type === 'mouseup')")
        await other.click(111, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 111)")
        first.go_on()
        await driving.until(lambda: not driving.of("control")[-1]["you_hold"])
        await driving.pointer("move", 300, 555)
        await driving.until(lambda: "stale_lease" in driving.errors)
        await asyncio.sleep(0.5)
        log = await page.log()
        assert not [entry for entry in log if entry.get("y") == 555 or entry.get("key") == "q"]
        ups = [index for index, entry in enumerate(log) if entry["type"] == "mouseup"]
        downs = [index for index, entry in enumerate(log) if entry["type"] == "mousedown"]
        assert ups[0] < downs[1], "what was held is released before anything else"
        await other.release_control()


async def test_after_a_kill_in_the_middle_of_a_drag_the_same_tab_drives_on_elsewhere(
    stage: Stage, page: Page, first: Process, second: Process, driving: Screen
) -> None:
    epoch = driving.epoch
    first.end(kill=True)
    await driving.until(lambda: driving.code is not None)
    assert stage.held()["buttons"], "nobody could note that it was released"
    async with stage.screen(client=CLIENT, url=second.url) as again:
        await again.until(lambda: again.of("control") and again.of("control")[-1]["you_hold"])
        assert again.epoch == epoch
        await page.until("log.some(e => e.type === 'mouseup')")
        await again.shown()
        await again.click(111, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 111)")
        log = await page.log("mousedown", "mouseup")
        assert [entry["type"] for entry in log[:3]] == ["mousedown", "mouseup", "mousedown"]
        assert again.errors == []
        await again.release_control()
    async with stage.screen(client=CLIENT) as later:
        await later.shown()
        started = time.monotonic()
        await later.take_control()
        assert time.monotonic() - started < DEADLINE, "the dead process is waited for once, not for ever"
        await later.release_control()


async def test_after_a_kill_a_key_that_was_held_is_released_by_whoever_drives_next(
    stage: Stage, page: Page, first: Process, second: Process
) -> None:
    async with stage.screen(client=CLIENT, url=first.url) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.key("down", "w", "KeyW", text="w")
        await page.until("log.some(e => e.type === 'keydown' && e.key === 'w')")
        await screen.until(lambda: bool(stage.held().get("keys")))
        assert "KeyW" not in str(stage.held()), "which key it is is nobody's to read"
        first.end(kill=True)
        await screen.until(lambda: screen.code is not None)
    assert not await page.log("keyup")
    async with stage.screen(client=CLIENT, url=second.url) as again:
        await again.until(lambda: again.of("control") and again.of("control")[-1]["you_hold"])
        await page.until("log.some(e => e.type === 'keyup' && e.key === 'w')")
        await again.until(lambda: stage.held() == {})
        await again.release_control()


async def test_a_reload_that_lands_on_the_other_process_keeps_the_lease(
    stage: Stage, page: Page, second: Process
) -> None:
    async with stage.screen(client=CLIENT) as screen:
        await screen.shown()
        await screen.take_control()
        epoch = screen.epoch
        await screen.press(*EMPTY)
        await page.until("log.some(e => e.type === 'mousedown')")
    async with stage.screen(client=CLIENT, url=second.url) as again:
        await again.until(lambda: again.of("control") and again.of("control")[-1]["you_hold"])
        assert again.epoch == epoch
        await page.until("log.some(e => e.type === 'mouseup')")
        await again.shown()
        await again.click(111, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 111)")
        await again.release_control()


async def test_two_tabs_on_two_processes_never_send_at_once(
    stage: Stage, page: Page, second: Process
) -> None:
    """Each writes its own row of the page, as fast as it can, while the lease goes to and fro."""
    stop = asyncio.Event()

    async def scribble(screen: Screen, y: float) -> None:
        x = 0
        while not stop.is_set():
            x = x % 700 + 1
            await screen.pointer("move", x, y)
            await asyncio.sleep(0.01)

    async with (
        stage.screen(client="tab-one-one") as one,
        stage.screen(client="tab-two-two", url=second.url) as two,
    ):
        await one.shown()
        await two.shown()
        scribbling = [asyncio.ensure_future(scribble(one, 501)), asyncio.ensure_future(scribble(two, 502))]
        for turn in (one, two, one, two):
            await turn.take_control()
            await asyncio.sleep(0.4)
        stop.set()
        await asyncio.gather(*scribbling)
        rows = [entry["y"] for entry in await page.log("mousemove") if entry["y"] in {501, 502}]
        changes = sum(before != after for before, after in itertools.pairwise(rows))
        assert set(rows) == {501, 502} and changes <= 3, "each handed over at once and for good"
        await two.release_control()


async def test_another_person_takes_over_elsewhere_once_it_was_released(
    stage: Stage, page: Page, second: Process
) -> None:
    async with stage.screen(client=CLIENT) as screen, stage.screen("bob", url=second.url) as other:
        await screen.shown()
        await other.shown()
        await screen.take_control()
        await other.say("control", action="take")
        await other.heard("error", code="held")
        await screen.press(*EMPTY)
        await page.until("log.some(e => e.type === 'mousedown')")
        await screen.release_control()
        await other.take_control()
        await other.click(111, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 111)")
        kinds = [entry["type"] for entry in await page.log("mousedown", "mouseup")]
        assert kinds == ["mousedown", "mouseup", "mousedown", "mouseup"]
        await other.release_control()
