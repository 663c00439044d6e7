"""A member who is removed, or may no more than watch, in the middle of a drag: cut, let go of, and free for others."""

from __future__ import annotations

import time

import pytest
from django.test import AsyncClient

from computers import leases
from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.computers.consumers.test_screen_releases import RELEASED, held, hold, kinds

CUT_SECONDS = 1.0


@pytest.fixture
async def alices(alice: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


async def test_whoever_is_removed_is_cut_within_a_second_and_nothing_stays_pressed(
    room: Room, alice: User, bob: User, alices: AsyncClient
) -> None:
    async with await room.enter(bob) as screen, await room.enter(alice) as other:
        await hold(screen)
        await held(room)
        epoch = screen.epoch
        answer = await alices.post(f"/team/home/members/{bob.pk}/removal/")
        assert answer.status_code == 302
        began = time.monotonic()
        await soon(lambda: screen.code == 4004)
        assert time.monotonic() - began < CUT_SECONDS
        await soon(lambda: kinds(room)[3:6] == RELEASED)
        assert (await leases.standing(room.computer.pk)).free
        # What his tab still says reaches nobody.
        before = len(room.browser.inputs)
        await screen.pointer("move", 9, 9, buttons=1, epoch=epoch)
        await other.take_control()
        await other.click(5, 5)
        await soon(lambda: len(room.browser.inputs) == before + 3)
        await other.release_control()


async def test_whoever_may_only_watch_from_now_on_lets_go_and_drives_no_more(
    room: Room, bob: User, alices: AsyncClient
) -> None:
    async with await room.enter(bob) as screen:
        await hold(screen)
        await held(room)
        answer = await alices.post(f"/team/home/members/{bob.pk}/role/", {"role": "viewer"})
        assert answer.status_code == 302
        await soon(lambda: kinds(room)[3:6] == RELEASED)
        assert (await leases.standing(room.computer.pk)).free
        before = len(room.browser.inputs)
        await screen.pointer("move", 9, 9, buttons=1)
        await screen.say("control", action="take")
        await soon(lambda: screen.code is not None or "not_allowed" in screen.errors)
        assert len(room.browser.inputs) == before
