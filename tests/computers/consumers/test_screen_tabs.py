"""Browser tabs of people: a reload keeps the lease, a duplicated tab does not get it."""

from __future__ import annotations

import asyncio

import pytest

from computers import timeline
from computers.consumers import people
from computers.relay import feed, hub
from dashboard.models import User
from dashboard.sockets import Close
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.screens import Screen

CLIENT = "bobs-own-tab"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "ANSWER_TIMEOUT", 0.3)


async def test_tabs_keep_the_order_of_their_opening_when_everybody_was_away(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(screen: Screen) -> list[str]:
        return [tab["id"] for tab in screen.of("tabs")[-1]["tabs"]] if screen.of("tabs") else []

    monkeypatch.setattr(feed, "LINGER", 0.05)
    monkeypatch.setattr(hub, "LINGER", 0.05)
    async with await room.enter(bob) as screen:
        await screen.shown()
        for id in ("T2", "T3"):
            room.browser.open_tab(id)
        await screen.until(lambda: len(shown(screen)) == 3)
        await timeline.WRITER.flush()
    await soon(lambda: hub.HUB.opened(room.computer) is None)
    # A browser lists its tabs as it likes.
    room.browser.tabs = dict(reversed(room.browser.tabs.items()))
    async with await room.enter(bob) as again:
        await again.until(lambda: len(shown(again)) == 3)
        assert shown(again) == ["T1", "T2", "T3"]


async def test_a_reload_keeps_the_lease(room: Room, bob: User) -> None:
    async with await room.enter(bob, CLIENT) as screen:
        await screen.shown()
        await screen.take_control()
        epoch = screen.epoch
    async with await room.enter(bob, CLIENT) as again:
        await again.until(lambda: again.of("control"))
        assert again.of("control")[-1] | {"expires_at": None} == {
            "type": "control",
            "holder": {"name": "Bob", "you": True},
            "you_hold": True,
            "epoch": epoch,
            "turn": None,
            "waits": False,
            "requests": [],
            "expires_at": None,
        }
        await again.shown()
        await again.click(1, 1)
        await soon(lambda: len(room.browser.inputs) == 3)
        assert again.errors == []


async def test_a_reload_over_a_socket_that_still_seems_open_keeps_the_lease(room: Room, bob: User) -> None:
    async with await room.enter(bob, CLIENT) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.press(3, 4)
        screen.answers = False
        async with await room.enter(bob, CLIENT) as again:
            assert await screen.closed() == Close.REPLACED
            assert (await again.heard("hello"))["client"] == CLIENT
            await again.heard("control", you_hold=True)
            await soon(lambda: [kind for kind, _ in room.browser.inputs] == ["mousePressed", "mouseReleased"])


async def test_a_duplicated_tab_gets_a_client_id_of_its_own_and_cannot_drive(room: Room, bob: User) -> None:
    async with await room.enter(bob, CLIENT) as screen:
        await screen.shown()
        await screen.take_control()
        async with await room.enter(bob, CLIENT) as copy:
            client = (await copy.heard("hello"))["client"]
            assert client != CLIENT and people._CLIENT_ID.fullmatch(client)
            theirs = await copy.heard("control")
            assert theirs["holder"] == {"name": "Bob", "you": True} and not theirs["you_hold"]
            await copy.shown()
            await copy.pointer("down", 1, 1, "left", buttons=1)
            await copy.heard("error", code="stale_lease")
            assert room.browser.inputs == [] and screen.code is None
            await screen.click(1, 1)
            await soon(lambda: len(room.browser.inputs) == 3)


async def test_two_copies_of_a_silent_tab_do_not_share_its_id(room: Room, bob: User) -> None:
    async with await room.enter(bob, CLIENT) as screen:
        await screen.heard("hello")
        screen.answers = False
        one, other = await room.enter(bob, CLIENT), await room.enter(bob, CLIENT)
        async with one as first, other as second:
            clients = [(await each.heard("hello"))["client"] for each in (first, second)]
            assert clients[0] != clients[1] and CLIENT in clients
            assert await screen.closed() == Close.REPLACED


@pytest.mark.parametrize("odd", ["", "short", "x" * 65, "has%20space", "%00%00%00%00%00%00%00%00"])
async def test_an_odd_client_id_is_replaced(room: Room, bob: User, odd: str) -> None:
    async with await room.enter(bob, odd) as screen:
        client = (await screen.heard("hello"))["client"]
        assert people._CLIENT_ID.fullmatch(client) and client != odd


async def test_the_same_id_of_two_people_is_two_tabs(room: Room, bob: User, vera: User) -> None:
    async with await room.enter(bob, CLIENT) as screen, await room.enter(vera, CLIENT) as other:
        assert (await screen.heard("hello"))["client"] == (await other.heard("hello"))["client"] == CLIENT


async def test_an_id_is_free_again_once_its_tab_left(room: Room, bob: User) -> None:
    for _ in range(3):
        async with await room.enter(bob, CLIENT) as screen:
            assert (await screen.heard("hello"))["client"] == CLIENT
    await asyncio.sleep(0)
    assert people._tabs == {}
