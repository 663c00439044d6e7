"""An open socket ends within a second of the right to it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from agents.wall import WallConsumer
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.permissions import Role
from tests.support.sockets import OpenSocket, opened, sign_in

A_MOMENT = 1.0


def wall(session_key: str) -> Any:
    return opened(WallConsumer.as_asgi(), "/ws/fleet/", session_key)


@pytest.mark.parametrize("session_key", ["", "no-such-session"])
async def test_nobody_who_is_not_signed_in_gets_one(transactional_db: None, session_key: str) -> None:
    async with wall(session_key) as socket:
        assert await socket.code() == 4001


async def test_a_person_without_a_team_gets_none(transactional_db: None) -> None:
    user = await unit(User.objects.create_user)("dora")
    async with wall(await sign_in(user)) as socket:
        assert await socket.code() == 4003


async def cut_by(act: Callable[[], Any], session_key: str) -> int:
    async with wall(session_key) as socket:
        await socket.next_of("versions")
        await unit(act)()
        return await code_of(socket)


async def code_of(socket: OpenSocket) -> int:
    return await socket.code(A_MOMENT)


async def test_signing_out_cuts_it(bob: User) -> None:
    session = await sign_in(bob)

    def sign_out() -> None:
        browser = Client()
        browser.cookies["lightdeck_session"] = session
        assert browser.post("/accounts/logout/").status_code == 302

    assert await cut_by(sign_out, session) == 4001


async def test_another_session_of_the_same_person_lives_on(bob: User) -> None:
    session, other = await sign_in(bob), await sign_in(bob)
    async with wall(session) as socket:
        await socket.next_of("versions")
        await unit(SessionStore(other).delete)()
        await socket.send('{"type": "ping"}')
        assert (await socket.next_of("pong"))["type"] == "pong"


async def test_a_new_password_cuts_it(bob: User) -> None:
    session = await sign_in(bob)

    def change() -> None:
        bob.set_password("another quiet password")
        bob.save()

    assert await cut_by(change, session) == 4001


async def test_a_closed_account_cuts_it(bob: User) -> None:
    session = await sign_in(bob)

    def close() -> None:
        bob.is_active = False
        bob.save(update_fields=["is_active"])

    assert await cut_by(close, session) == 4001


async def test_a_member_who_is_removed_is_cut(bob: User) -> None:
    session = await sign_in(bob)
    assert await cut_by(lambda: Membership.objects.get(user=bob).delete(), session) == 4003


async def test_members_removed_together_are_cut_too(bob: User) -> None:
    session = await sign_in(bob)
    assert await cut_by(lambda: Membership.objects.filter(user=bob).delete(), session) == 4003


async def test_losing_one_team_of_two_cuts_it(bob: User, charlie: User) -> None:
    elsewhere = await unit(charlie.teams.get)()
    await unit(Membership.objects.create)(user=bob, team=elsewhere, role=Role.VIEWER)
    session = await sign_in(bob)
    assert await cut_by(lambda: Membership.objects.get(user=bob, team=elsewhere).delete(), session) == 4003


async def test_signing_in_elsewhere_disturbs_nothing(bob: User) -> None:
    session = await sign_in(bob)
    async with wall(session) as socket:
        await socket.next_of("versions")
        await unit(lambda: Client().force_login(bob))()
        assert await socket.silent()
