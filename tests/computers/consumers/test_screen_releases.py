"""Whatever ends somebody's driving, nothing stays pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from computers import leases
from computers.actions import connections
from computers.actions.connections import Wish
from computers.actions.dismissal import dismiss
from computers.models import Connection, ControlLease
from computers.relay import feed
from computers.relay import lease as module
from computers.removal import remove_rows
from dashboard import members
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.permissions import Actor
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.fake_upstream import answer
from tests.support.screens import Screen

RELEASED = ["mouseReleased", "keyUp", "keyUp"]


async def hold(screen: Screen) -> None:
    """Take control, and hold a button, Shift and an ordinary key."""
    await screen.shown()
    await screen.take_control()
    await screen.key("down", "Shift", "ShiftLeft", modifiers=8)
    await screen.key("down", "A", "KeyA", text="A", modifiers=8)
    await screen.press(3, 4)


def kinds(room: Room) -> list[str]:
    return [kind for kind, _ in room.browser.inputs]


async def held(room: Room) -> None:
    await soon(lambda: len(kinds(room)) == 3)


async def released(room: Room) -> None:
    # Whoever drives next may release once more what the row still says: letting go twice is letting go.
    await soon(lambda: kinds(room)[3:6] == RELEASED and set(kinds(room)[6:]) <= set(RELEASED))
    params = [params for _, params in room.browser.inputs[3:6]]
    assert (params[0]["button"], params[0]["x"], params[0]["y"]) == ("left", 3, 4)
    assert [each["code"] for each in params[1:]] == ["KeyA", "ShiftLeft"]

    async def noted_so() -> bool:
        return await leases.held_input(room.computer.pk) == {}

    await soon(noted_so)


async def test_a_hidden_page_lets_go_and_keeps_the_lease(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        await screen.say("pace", max_fps=0)
        await released(room)
        assert (await leases.standing(room.computer.pk)).holder == "Bob"
        await screen.say("pace", max_fps=30)
        await screen.click(1, 1)
        await soon(lambda: kinds(room)[-1] == "mouseReleased" and len(kinds(room)) == 9)
        assert screen.errors == []


async def test_a_lost_socket_lets_go_and_keeps_the_lease(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
    await released(room)
    assert (await leases.standing(room.computer.pk)).holder == "Bob"


async def test_releasing_control_lets_go_first(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        await screen.release_control()
        await released(room)


async def test_a_flood_lets_go(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        for _ in range(50):
            await screen.raw("nonsense")
        await screen.closed()
        await released(room)


async def test_losing_ones_role_lets_go_and_gives_the_lease_back(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)

        @unit
        def demote() -> None:
            membership = Membership.objects.get(user=bob)
            membership.role = "viewer"
            membership.save()

        await demote()
        await screen.until(lambda: not screen.of("control")[-1]["you_hold"])
        await released(room)
        assert (await leases.standing(room.computer.pk)).free and screen.code is None


async def test_a_member_removed_in_the_middle_of_a_drag_lets_go_and_is_cut_within_a_second(
    room: Room, bob: User, as_alice: Actor
) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        await screen.pointer("move", 30, 40, buttons=1)
        await soon(lambda: len(kinds(room)) == 4)
        asked, clock = len(kinds(room)), asyncio.get_running_loop().time
        began = clock()
        await members.remove(as_alice, room.computer.connection.team, bob.pk)
        await dismiss(bob, room.computer.connection.team_id, "no longer allowed to drive")
        await screen.closed()
        assert clock() - began < 1.0
        await soon(lambda: kinds(room)[asked : asked + 3] == RELEASED)
        assert screen.code == 4004 and (await leases.standing(room.computer.pk)).free


async def test_ones_other_tab_that_takes_over_starts_with_nothing_pressed(room: Room, bob: User) -> None:
    async with (
        await room.enter(bob, "bobs-first-tab") as screen,
        await room.enter(bob, "bobs-other-tab") as other,
    ):
        await hold(screen)
        await held(room)
        await other.shown()
        await other.take_control()
        await released(room)
        await screen.until(lambda: not screen.of("control")[-1]["you_hold"])
        await screen.pointer("move", 1, 1)
        await screen.heard("error", code="stale_lease")


async def test_whoever_sees_another_tab_holds_nothing_in_the_one_before(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LINGER", 0.05)
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        room.browser.open_tab("T2")
        await screen.until(lambda: screen.of("state")[-1]["tab"] == "T2" and screen.of("state")[-1]["width"])
        await released(room)
        sessions = {each["sessionId"] for each in room.browser.asked if each["method"].startswith("Input.")}
        assert len(sessions) == 1, "released where it was pressed"
        # What the driver lets go of now is released already.
        await screen.let_go(3, 4)
        await screen.key("up", "A", "KeyA")
        await screen.key("up", "Shift", "ShiftLeft")
        await screen.pointer("move", 7, 7)
        await soon(lambda: kinds(room)[-1] == "mouseMoved")
        assert kinds(room)[6:] == ["mouseMoved"] and screen.errors == []


@pytest.mark.parametrize("how", ["epoch", "process"])
async def test_a_lease_that_went_elsewhere_stops_this_one_at_once_and_for_good(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(module, "RENEW_EVERY", 0.05)
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        await elsewhere(room, how)
        await screen.until(lambda: not screen.of("control")[-1]["you_hold"])
        sent = len(kinds(room))
        await screen.pointer("move", 1, 1)
        await screen.heard("error", code="stale_lease")
        assert len(kinds(room)) == sent == 3, "what it held is whoever drives next's to release"
        assert (await leases.held_input(room.computer.pk))["buttons"] == {"left": [3.0, 4.0]}


@unit
def _update(room: Room, change: Callable[[ControlLease], None]) -> None:
    lease = ControlLease.objects.get(computer=room.computer)
    change(lease)
    lease.save()


async def elsewhere(room: Room, how: str) -> None:
    """Another process drives: under a new epoch, or by the same person's socket there."""

    def change(lease: ControlLease) -> None:
        lease.process = "another-process"
        if how == "epoch":
            lease.epoch += 1
            lease.client = "another-client"

    await _update(room, change)


async def test_a_removed_connection_lets_go_and_cuts_the_screen(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        await remove_rows(room.computer.connection_id)
        await soon(lambda: screen.code == 4004)
    assert kinds(room)[3:6] == RELEASED


async def test_a_new_key_of_the_connection_is_used_at_once_and_nothing_stays_pressed(
    room: Room, bob: User, as_alice: Actor
) -> None:
    room.service.scripts["/computers"] = answer(body=[])
    connection = await unit(Connection.objects.get)()
    wish = Wish("Test", connection.base_url, "sk_brand_new", ("browser",), connections.standing(connection))
    async with await room.enter(bob, "bobs-tab") as screen:
        await hold(screen)
        await held(room)
        await connections.change(as_alice, connection, wish)
        await soon(lambda: screen.code == 4012)
    await soon(lambda: kinds(room)[3:6] == RELEASED)
    asked = len(room.service.requests)
    async with await room.enter(bob, "bobs-tab") as screen:
        await screen.shown()
        keys = {each.headers.get("authorization") for each in room.service.requests[asked:]}
    assert keys == {"Bearer sk_brand_new"}
