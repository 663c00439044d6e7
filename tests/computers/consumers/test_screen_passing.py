"""Control between the pages of people: requests seen at once, keys released at every change, people named."""

from __future__ import annotations

import asyncio

import pytest

from computers.consumers import presence
from computers.relay.audience import BELIEVED, Audience, Person
from dashboard import live
from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.screens import Screen


def last(screen: Screen) -> dict[str, object]:
    return screen.of("control")[-1]


async def test_a_request_is_granted_and_every_key_released_before_the_next_one_drives(
    room: Room, alice: User, bob: User
) -> None:
    async with await room.enter(bob) as driver, await room.enter(alice) as other:
        await driver.shown()
        await other.shown()
        await driver.take_control()
        await driver.key("down", "Shift", "ShiftLeft", modifiers=8)
        await driver.key("down", "a", "KeyA", text="A", modifiers=8)
        await driver.press(10, 20)
        await soon(lambda: len(room.browser.inputs) == 3)
        await other.heard("control", holder={"name": "Bob", "you": False})
        await other.say("control", action="request", reason="mine")
        await driver.until(lambda: last(driver)["requests"])
        [asked] = driver.of("control")[-1]["requests"]
        assert (asked["user"], asked["name"], asked["you"], asked["reason"]) == (
            alice.pk,
            "Alice",
            False,
            "mine",
        )
        assert asked["expires_at"]
        await other.until(lambda: last(other)["requests"])
        assert other.of("control")[-1]["requests"][0]["you"] is True
        await driver.say("control", action="grant", to=alice.pk)
        await other.until(lambda: last(other)["waits"])
        assert last(other)["requests"] == [] and last(driver)["waits"] is False
        await other.take_control()
        await other.click(5, 5)
        await soon(lambda: len([1 for kind, _ in room.browser.inputs if kind == "mousePressed"]) == 2)
        kinds = [kind for kind, _ in room.browser.inputs]
        pressed = [at for at, kind in enumerate(kinds) if kind == "mousePressed"][1]
        # By the old driver, and once more by the new one what the lease's row said.
        assert set(kinds[3:pressed]) - {"mouseMoved"} == {"keyUp", "mouseReleased"}
        up = {params.get("key") for kind, params in room.browser.inputs[3:pressed] if kind == "keyUp"}
        assert {"Shift", "a"} <= up
        await driver.click(7, 7)
        await driver.heard("error", code="stale_lease")
        assert other.errors == []


async def test_a_denial_is_told_to_whoever_asked_and_to_nobody_else(
    room: Room, alice: User, bob: User
) -> None:
    async with await room.enter(bob) as driver, await room.enter(alice) as other:
        await driver.take_control()
        await other.heard("control", holder={"name": "Bob", "you": False})
        await other.say("control", action="request")
        await driver.until(lambda: last(driver)["requests"])
        await driver.say("control", action="deny", to=alice.pk, reason="nearly done")
        await other.heard("told", message="Bob keeps control: nearly done")
        await other.until(lambda: not last(other)["requests"])
        assert driver.of("told") == [] and last(driver)["you_hold"]


async def test_force_is_an_admins_and_stops_the_driver(room: Room, alice: User, bob: User) -> None:
    async with await room.enter(bob) as driver, await room.enter(alice) as other:
        await driver.shown()
        await driver.take_control()
        await driver.press(10, 20)
        await soon(lambda: len(room.browser.inputs) == 1)
        await other.shown()
        await other.say("control", action="force", reason="it pays twice")
        await other.until(lambda: last(other)["you_hold"])
        await driver.heard("told", message="Alice took control by force: it pays twice")
        await driver.until(lambda: not last(driver)["you_hold"])
        kinds = [kind for kind, _ in room.browser.inputs]
        assert kinds[0] == "mousePressed" and set(kinds[1:]) == {"mouseReleased"}
        await driver.say("control", action="force", reason="back")
        refusal = await driver.heard("error", code="not_allowed")
        assert "Only an admin" in refusal["message"]


async def test_whoever_looks_is_named_with_what_they_may(
    room: Room, alice: User, bob: User, vera: User
) -> None:
    async with await room.enter(bob) as screen, await room.enter(vera):
        people = [
            {"id": bob.pk, "name": "Bob", "may_drive": True},
            {"id": vera.pk, "name": "Vera", "may_drive": False},
        ]
        await screen.heard("viewers", names=["Bob", "Vera"], people=people)
        await screen.heard("control")
        # Another process tells who looks there, and is asked when it has just begun.
        async with live.listen([live.computer_group(room.computer.public_id)]) as all_news:
            await live.publish(
                live.computer_group(room.computer.public_id),
                presence.NEWS,
                process="another",
                people=[["Alice", alice.pk, True]],
                ask=True,
            )
            await screen.heard("viewers", names=["Alice", "Bob", "Vera"])
            async with asyncio.timeout(5):
                async for news in all_news:
                    if news.kind == presence.NEWS and not news.payload["ask"]:
                        break
        assert [name for name, _, _ in news.payload["people"]] == ["Bob", "Vera"]


@pytest.mark.parametrize("silent", [0.0, BELIEVED + 1])
def test_a_process_that_fell_silent_is_believed_only_for_a_while(silent: float) -> None:
    told: list[list[str]] = []

    class Listener:
        person = Person("Bob", 1, True)

        def on_audience(self, people: list[Person]) -> None:
            told.append([each.name for each in people])

        def on_tabs(self, tabs: object) -> None: ...
        def on_replaced(self) -> None: ...

    audience = Audience(lambda: None)
    audience.add(Listener())
    audience.heard("dead", [Person("Ada", 2, True)], 100.0)
    audience.heard("alive", [], 100.0 + silent)
    assert told[-1] == (["Bob"] if silent else ["Ada", "Bob"])
