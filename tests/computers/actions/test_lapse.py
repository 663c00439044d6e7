"""A driver who is not heard of any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from computers import leases, timeline
from computers.actions import control
from computers.fleet import LeaseSweeper
from computers.models import Computer, ControlLease
from computers.upstream.errors import Unreachable
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers.conftest import FakeLink, audit, last_audit, soon

HELD = {"buttons": {"left": [10.0, 20.0]}, "modifiers": {"ShiftLeft": "Shift"}}


async def leave(
    computer: Computer, actor: Actor, held: Any = None, seconds: float = leases.GRACE + 1
) -> None:
    """`actor` took control and was last heard of so long ago."""
    await leases.take(computer, actor)
    changes = {"held": held or {}, "renewed_at": timezone.now() - timedelta(seconds=seconds)}
    await unit(ControlLease.objects.filter(computer=computer).update)(**changes)


async def test_it_lapses_after_the_grace(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leave(computer, as_bob)
    await LeaseSweeper().sweep()
    assert (await leases.standing(computer.pk)).free
    assert await audit() == [
        ("Lightdeck", "control.lapse", "requested"),
        ("Lightdeck", "control.lapse", "succeeded"),
    ]
    assert link.told == []


async def test_of_a_computer_that_has_ended_nobody_is_told_that_its_driver_is_silent(
    as_bob: Actor, computer: Computer, link: FakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[timeline.Entry] = []
    monkeypatch.setattr(timeline, "note", lambda _pk, _id, entry: entries.append(entry))
    await leave(computer, as_bob)
    await unit(Computer.objects.filter(pk=computer.pk).update)(gone_at=timezone.now())
    entries.clear()
    await LeaseSweeper().sweep()
    assert (await leases.standing(computer.pk)).free and entries == []


async def test_it_does_not_lapse_before(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leave(computer, as_bob, seconds=leases.GRACE - 5)
    await LeaseSweeper().sweep()
    assert (await leases.standing(computer.pk)).held_by(as_bob)
    assert not await audit()


async def test_exactly_what_was_held_is_released(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leave(computer, as_bob, HELD)
    await LeaseSweeper().sweep()
    assert link.told == [("release", HELD)]
    assert await leases.held_input(computer.pk) == {}


async def test_what_cannot_be_released_stays_noted_for_the_next_driver(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leave(computer, as_bob, HELD)
    link.trouble = Unreachable("The Lightcone service cannot be reached.")
    await LeaseSweeper().sweep()
    assert (await leases.standing(computer.pk)).free
    assert await leases.held_input(computer.pk) == HELD
    assert (await last_audit()).detail["released"] is False


async def test_of_two_sweepers_one_ends_it(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leave(computer, as_bob, HELD)
    [lease] = await leases.abandoned()
    assert [await control.lapse(lease), await control.lapse(lease)] == [True, False]
    assert len(link.told) == 1


async def test_a_driver_who_comes_back_in_time_keeps_it(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leave(computer, as_bob)
    [lease] = await leases.abandoned()
    await leases.activate(computer.pk, lease.epoch, "their process")
    assert not await control.lapse(lease)
    assert (await leases.standing(computer.pk)).held_by(as_bob)


async def test_nothing_is_sent_to_a_computer_that_ended(
    as_bob: Actor, make_computer: Any, link: FakeLink
) -> None:
    ended = await unit(make_computer)(gone_at=timezone.now())
    await leave(ended, as_bob, HELD)
    await LeaseSweeper().sweep()
    assert (await leases.standing(ended.pk)).free and link.told == []


async def test_it_runs_until_it_is_stopped(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leave(computer, as_bob)

    async def is_free() -> bool:
        return (await leases.standing(computer.pk)).free

    sweeper = LeaseSweeper()
    await sweeper.start()
    try:
        await soon(is_free)
    finally:
        await sweeper.stop()
