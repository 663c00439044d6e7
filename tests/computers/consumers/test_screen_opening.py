"""Opening a screen: who may, what comes first, and with which code it is refused."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from computers.models import Computer
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.sockets import Close
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.screens import consumer_screen
from tests.support.sockets import sign_in


async def test_hello_then_the_state_then_the_picture(room: Room, bob: User) -> None:
    async with await room.enter(bob, "bobs-own-tab") as screen:
        await screen.shown()
        assert screen.messages[0] == {
            "type": "hello",
            "protocol": 1,
            "client": "bobs-own-tab",
            "you": {"id": bob.pk, "name": "Bob", "role": "operator", "may_drive": True},
        }
        state = await screen.heard("state", state="live")
        assert (state["view"], state["width"], state["height"]) == (screen.view, 640, 360)
        assert (state["tab"], state["title"], state["background"]) == ("T1", "Title of T1", False)
        assert screen.frames[0][:2] == (1, 1) and screen.frames[0][3] == 1
        assert (await screen.heard("control"))["holder"] is None
        assert (await screen.heard("viewers"))["names"] == ["Bob"]


async def test_a_viewer_sees_and_may_not_drive(room: Room, vera: User) -> None:
    async with await room.enter(vera) as screen:
        await screen.shown()
        assert screen.of("hello")[0]["you"] == {
            "id": vera.pk,
            "name": "Vera",
            "role": "viewer",
            "may_drive": False,
        }


async def test_everybody_sees_who_looks(room: Room, bob: User, vera: User) -> None:
    async with await room.enter(bob) as screen:
        async with await room.enter(vera) as other:
            await screen.heard("viewers", names=["Bob", "Vera"])
            await other.shown()
        await screen.until(lambda: screen.of("viewers")[-1]["names"] == ["Bob"])
    assert room.browser.connections == 1


async def test_nobody_who_is_not_signed_in(room: Room) -> None:
    for key in ("", "nonsense", "a\0b"):
        async with consumer_screen(room.computer.public_id, key) as screen:
            assert await screen.closed() == Close.SIGN_IN
            assert screen.messages == []


async def test_no_expired_session(room: Room, bob: User) -> None:
    key = await sign_in(bob)
    past = timezone.now() - datetime.timedelta(seconds=1)
    await unit(Session.objects.filter(session_key=key).update)(expire_date=past)
    async with consumer_screen(room.computer.public_id, key) as screen:
        assert await screen.closed() == Close.SIGN_IN


async def test_a_stranger_is_told_the_same_as_for_a_computer_that_is_not(
    room: Room, charlie: User, bob: User
) -> None:
    async with await room.enter(charlie) as screen:
        assert await screen.closed() == Close.NOT_FOUND
    async with consumer_screen("no-such-one", await sign_in(bob)) as other:
        assert await other.closed() == Close.NOT_FOUND
    assert screen.messages == other.messages == []


async def test_a_computer_that_has_ended_says_so_and_is_not_connected_to(room: Room, bob: User) -> None:
    await unit(Computer.objects.update)(gone_at=timezone.now(), gone_reason="Terminated by Alice.")
    async with await room.enter(bob) as screen:
        state = await screen.heard("state", state="ended")
        assert state["reason"] == "Terminated by Alice." and screen.frames == []
        await screen.say("watch", tab="main")
        await screen.say("retry")
        await screen.say("control", action="take")
        await screen.heard("error", code="gone")
    assert room.service.requests == []


async def test_signing_out_cuts_it(room: Room, bob: User) -> None:
    key = await sign_in(bob)
    async with consumer_screen(room.computer.public_id, key) as screen:
        await screen.shown()
        await screen.heard("control")
        await unit(lambda: [session.delete() for session in Session.objects.all()])()
        assert await screen.closed() == Close.SIGN_IN


async def test_losing_the_membership_cuts_it(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.heard("control")
        await unit(lambda: Membership.objects.get(user=bob).delete())()
        assert await screen.closed() == Close.NOT_FOUND


async def test_the_link_is_given_back_when_the_last_one_leaves(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.relay.feed.LINGER", 0.1)
    monkeypatch.setattr("computers.relay.hub.LINGER", 0.1)
    async with await room.enter(bob) as screen:
        await screen.shown()
    await soon(lambda: room.browser._socket is not None and room.browser._socket.said_goodbye)
