"""Kept alive: what somebody drives or holds open, by one process at a time, and never what was abandoned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from computers.fleet.keeper import NEAR, STRETCH, Keeper, claim_due
from computers.models import Computer, ControlLease
from dashboard.database import unit
from dashboard.models import User
from tests.computers.stub import Answer, Upstream


def _in(seconds: float) -> Any:
    return timezone.now() + timedelta(seconds=seconds)


@unit
def _set(computer: Computer, **fields: Any) -> None:
    Computer.objects.filter(pk=computer.pk).update(**fields)


@unit
def _drives(user: User, computer: Computer, heard_ago: float = 0.0) -> None:
    ControlLease.objects.create(computer=computer, holder=user, client="tab", renewed_at=_in(-heard_ago))


@pytest.fixture(autouse=True)
async def near(computer: Computer) -> None:
    await _set(computer, idle_expires_at=_in(NEAR / 2), expires_at=_in(3600))


async def test_whoever_drives_keeps_it_alive_once_at_a_time(computer: Computer, bob: User) -> None:
    await _drives(bob, computer)
    assert [each.pk for each in await claim_due()] == [computer.pk]
    assert await claim_due() == [], "another process has just done it"
    await _set(computer, kept_alive_at=_in(-60))
    assert len(await claim_due()) == 1


async def test_a_short_limit_is_pushed_out_more_often(computer: Computer, bob: User) -> None:
    await _drives(bob, computer)
    await _set(computer, idle_expires_at=_in(8), kept_alive_at=_in(-5))
    assert len(await claim_due()) == 1


async def test_a_limit_that_is_far_away_waits(computer: Computer, bob: User) -> None:
    await _drives(bob, computer)
    await _set(computer, idle_expires_at=_in(NEAR * 2))
    assert await claim_due() == []


async def test_what_is_held_open_is_kept_alive_until_the_hold_runs_out(computer: Computer, bob: User) -> None:
    await _set(computer, held_open_by=bob.pk, held_open_until=_in(60))
    assert len(await claim_due()) == 1
    await _set(computer, held_open_until=_in(-1), kept_alive_at=None)
    assert await claim_due() == []


@pytest.mark.parametrize("heard_ago", [15.0, 90.0])
async def test_an_abandoned_computer_is_not_kept_alive(
    computer: Computer, bob: User, heard_ago: float
) -> None:
    assert await claim_due() == [], "nobody drives"
    await _drives(bob, computer, heard_ago)
    assert await claim_due() == []


async def test_neither_an_ended_one_nor_one_whose_lifetime_ends_first(computer: Computer, bob: User) -> None:
    await _drives(bob, computer)
    await _set(computer, expires_at=_in(30))
    assert await claim_due() == []
    await _set(computer, expires_at=None, gone_at=timezone.now())
    assert await claim_due() == []


async def test_upstream_is_asked_and_the_new_limit_noted(
    computer: Computer, bob: User, upstream: Upstream
) -> None:
    path, later = f"/computers/{computer.upstream_id}", _in(STRETCH).isoformat()
    upstream.says("POST", f"{path}/keepalive", {})
    upstream.says(
        "GET", f"{path}/status", {"id": computer.upstream_id, "status": "RUNNING", "idle_expires_at": later}
    )
    await _drives(bob, computer)
    await Keeper().sweep()
    assert len(upstream.asked("POST", f"{path}/keepalive")) == 1
    fresh = await unit(Computer.objects.get)(pk=computer.pk)
    assert fresh.idle_expires_at is not None and fresh.idle_expires_at.isoformat() == later


async def test_an_upstream_that_refuses_stops_nothing(
    computer: Computer, bob: User, upstream: Upstream
) -> None:
    upstream.says("POST", f"/computers/{computer.upstream_id}/keepalive", Answer(500, "no"))
    await _drives(bob, computer)
    await Keeper().sweep()
    assert upstream.requests != []
