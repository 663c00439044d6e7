"""What an earlier driver left pressed is released before anything else is sent, even when that has to wait."""

from __future__ import annotations

import pytest

from computers import leases
from computers.models import ControlLease
from computers.relay import cdp_link, lease
from dashboard.database import unit
from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.fake_upstream import answer

HELD = {"buttons": {"left": [3.0, 4.0]}, "modifiers": {"ShiftLeft": "Shift"}, "tab": "T1"}


@unit
def leave_pressed(room: Room, **fields: object) -> None:
    ControlLease.objects.create(computer=room.computer, epoch=4, held=HELD, **fields)


def kinds(room: Room) -> list[str]:
    return [kind for kind, _ in room.browser.inputs]


async def test_whoever_takes_control_releases_it_first(room: Room, bob: User) -> None:
    await leave_pressed(room)
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.click(10, 20)
        await soon(lambda: len(kinds(room)) == 5)
        assert kinds(room) == ["mouseReleased", "keyUp", "mouseMoved", "mousePressed", "mouseReleased"]
        released = room.browser.inputs[0][1]
        assert (released["x"], released["y"], released["button"]) == (3.0, 4.0, "left")


async def test_a_computer_that_is_away_just_then_is_released_when_it_is_back(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdp_link, "PROBE_TIMEOUT", 0.1)
    monkeypatch.setattr(lease, "RELEASE_AGAIN", 0.05)
    await leave_pressed(room)
    room.service.scripts["/devtools"] = answer(503, "")
    async with await room.enter(bob) as screen:
        await screen.take_control()
        assert (await leases.held_input(room.computer.pk)) == HELD
        room.service.scripts["/devtools"] = room.browser.serve
        await screen.say("retry")
        await screen.shown()
        await screen.click(10, 20)
        await soon(lambda: len(kinds(room)) >= 5)
        assert kinds(room)[:2] == ["mouseReleased", "keyUp"]

        async def nothing_is_held() -> bool:
            return await leases.held_input(room.computer.pk) == {}

        await soon(nothing_is_held)


async def test_a_stopped_process_is_waited_for_and_a_confirmed_one_is_not(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "DEADLINE", 0.6)
    monkeypatch.setattr(lease, "MARGIN", 0.1)
    await leave_pressed(room, process="stopped-process")
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.say("control", action="take")
        await screen.pointer("move", 1, 1, epoch=5)
        assert kinds(room) == []
        await screen.heard("control", you_hold=True)
        await soon(lambda: kinds(room)[:2] == ["mouseReleased", "keyUp"])
