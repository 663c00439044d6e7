"""Driving: who may, where input lands, and what is refused by name."""

from __future__ import annotations

import asyncio

import pytest

from computers import leases
from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.fake_upstream import answer


async def test_the_driver_is_named_to_everybody(room: Room, bob: User, vera: User) -> None:
    async with await room.enter(bob) as screen, await room.enter(vera) as other:
        await screen.take_control()
        mine, theirs = (
            screen.of("control")[-1],
            await other.heard("control", holder={"name": "Bob", "you": False}),
        )
        assert (mine["you_hold"], theirs["you_hold"]) == (True, False)
        assert mine["epoch"] == theirs["epoch"] == 1 and mine["expires_at"]
        await screen.release_control()
        await other.until(lambda: other.of("control")[-1]["holder"] is None)
        assert other.of("control")[-1]["epoch"] == 2


async def test_a_viewer_cannot_take_control(room: Room, vera: User) -> None:
    async with await room.enter(vera) as screen:
        await screen.shown()
        await screen.say("control", action="take")
        await screen.until(lambda: screen.errors or screen.code)
        assert screen.code is None and screen.errors == ["not_allowed"]
        await screen.say("ping", at=1)
        await screen.heard("pong", at=1)


async def test_nobody_takes_it_from_another_person(room: Room, alice: User, bob: User) -> None:
    async with await room.enter(bob) as screen, await room.enter(alice) as other:
        await screen.take_control()
        await other.heard("control", holder={"name": "Bob", "you": False})
        await other.say("control", action="take")
        refusal = await other.heard("error", code="held")
        assert "Bob" in refusal["message"]
        await other.pointer("down", 1, 1, "left", buttons=1)
        await other.heard("error", code="stale_lease")
        assert room.browser.inputs == []


async def test_input_arrives_in_order(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.click(10, 20)
        await screen.strike("a", "KeyA", "a")
        await screen.text("ż")
        await soon(lambda: len(room.browser.inputs) == 6)
        kinds = ["mouseMoved", "mousePressed", "mouseReleased", "keyDown", "keyUp", "Input.insertText"]
        assert [kind for kind, _ in room.browser.inputs] == kinds and screen.errors == []


@pytest.mark.parametrize(
    ("at", "lands"),
    [
        ((-5, 10), (0, 10)),
        ((9999, 10), (639, 10)),
        ((10, -0.5), (10, 0)),
        ((10, 1e5), (10, 359)),
        ((639.5, 10), (639, 10)),
    ],
)
async def test_coordinates_off_the_screen_stop_at_its_edge(
    room: Room, bob: User, at: tuple[float, float], lands: tuple[float, float]
) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.pointer("move", *at)
        await soon(lambda: room.browser.inputs)
        _, params = room.browser.inputs[0]
        assert (params["x"], params["y"]) == lands and screen.errors == []


async def test_without_control_nothing_is_sent(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.click(1, 1)
        await screen.until(lambda: len(screen.errors) == 3)
        assert set(screen.errors) == {"stale_lease"} and room.browser.inputs == []


async def test_an_older_epoch_is_refused(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.pointer("down", 1, 1, "left", buttons=1, epoch=screen.epoch - 1)
        await screen.key("down", "a", "KeyA", text="a", epoch=screen.epoch + 1)
        await screen.until(lambda: screen.errors == ["stale_lease"] * 2)
        assert room.browser.inputs == []


async def test_an_older_view_is_refused(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.pointer("down", 1, 1, "left", buttons=1, view=(screen.view - 1) % 65536)
        await screen.heard("error", code="stale_view")
        assert room.browser.inputs == []


async def test_a_click_on_yesterdays_picture_does_not_land_on_todays_page(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        before = screen.view
        room.browser.show(b"smaller", size=(320, 180))
        await screen.until(lambda: screen.view != before)
        await screen.pointer("down", 1, 1, "left", buttons=1, view=before)
        await screen.heard("error", code="stale_view")
        await screen.press(1, 1)
        await soon(lambda: [kind for kind, _ in room.browser.inputs] == ["mousePressed"])


async def test_a_button_is_written_down_before_it_is_pressed(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.press(3, 4)
        await soon(lambda: room.browser.inputs)
        held = await leases.held_input(room.computer.pk)
        assert held == {"buttons": {"left": [3.0, 4.0]}, "modifiers": {}, "tab": "T1"}
        await screen.let_go(3, 4)

        async def free() -> bool:
            return await leases.held_input(room.computer.pk) == {}

        await soon(free)


async def test_while_the_computer_is_away_input_is_refused_by_name(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        room.service.scripts["/devtools"] = answer(503, "")
        room.browser.hang_up()
        await screen.heard("state", state="reconnecting")
        await screen.text("lost")
        await screen.until(lambda: "stale_view" in screen.errors or "not_connected" in screen.errors)
        room.service.scripts["/devtools"] = room.browser.serve
        await screen.say("retry")
        await screen.until(lambda: screen.of("state")[-1]["state"] == "live")
        await asyncio.sleep(0.05)
        assert room.browser.inputs == []
