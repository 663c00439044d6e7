"""The epoch is a number that everybody in the room is told; knowing it, or guessing it, moves nobody's hands."""

from __future__ import annotations

import pytest

from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room

KEY = {"key": "a", "code": "KeyA", "text": "a"}
#: What is no epoch at all, and what is one of another time.
ODD = ["1", True, None, 1.5, [], {}, -1, 2**63, 2**64 - 1]
OTHER_TIMES = [0, 2, 10**6, 2**31]


async def test_who_only_watches_cannot_use_the_drivers_epoch(room: Room, bob: User, vera: User) -> None:
    async with await room.enter(bob) as driver, await room.enter(vera) as watcher:
        await watcher.shown()
        await driver.take_control()
        await watcher.heard("control", holder={"name": "Bob", "you": False})
        assert watcher.epoch == driver.epoch
        await watcher.click(1, 1)
        await watcher.key("down", **KEY)
        await watcher.text("forged")
        await watcher.until(lambda: len(watcher.errors) == 5)
        assert set(watcher.errors) == {"stale_lease"} and room.browser.inputs == []


async def test_another_tab_of_the_same_person_cannot_either(room: Room, bob: User) -> None:
    async with (
        await room.enter(bob, client="tab-one-1") as driver,
        await room.enter(bob, client="tab-two-2") as tab,
    ):
        await tab.shown()
        await driver.take_control()
        await tab.until(lambda: tab.epoch == driver.epoch)
        await tab.click(1, 1)
        await tab.until(lambda: len(tab.errors) == 3)
        assert set(tab.errors) == {"stale_lease"} and room.browser.inputs == []


@pytest.mark.parametrize("epoch", OTHER_TIMES)
async def test_a_guessed_epoch_is_stale_for_the_driver_too(room: Room, bob: User, epoch: int) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.pointer("down", 1, 1, "left", buttons=1, epoch=epoch)
        await screen.key("down", **KEY, epoch=epoch)
        await screen.until(lambda: screen.errors == ["stale_lease"] * 2)
        # The right one still drives.
        await screen.key("down", **KEY)
        await soon(lambda: len(room.browser.inputs) == 1)


async def test_what_is_no_number_is_malformed_and_moves_nothing(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        for count, epoch in enumerate(ODD, 1):
            await screen.key("down", **KEY, epoch=epoch)
            await screen.until(lambda count=count: len(screen.errors) == count)  # type: ignore[misc]
        assert set(screen.errors) <= {"malformed", "stale_lease"} and room.browser.inputs == []
        assert screen.code is None
