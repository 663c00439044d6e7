"""A lease lapses after the grace, and not before."""

import asyncio

from computers import leases
from computers.models import Computer
from dashboard.permissions import Actor
from tests.computers.leases.conftest import silent_for


async def test_it_does_not_lapse_within_the_grace(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    await silent_for(computer, leases.GRACE - 2)
    assert await leases.abandoned() == []
    assert not await leases.lapse(computer.pk, standing.epoch)


async def test_it_lapses_after_it_with_a_new_epoch(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    await silent_for(computer, leases.GRACE + 1)
    assert [lease.computer_id for lease in await leases.abandoned()] == [computer.pk]
    assert await leases.lapse(computer.pk, standing.epoch)
    after = await leases.standing(computer.pk)
    assert after.free and after.epoch == 2


async def test_of_many_who_look_at_once_one_ends_it(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    await silent_for(computer, leases.GRACE + 1)
    ended = await asyncio.gather(*(leases.lapse(computer.pk, standing.epoch) for _ in range(5)))
    assert ended.count(True) == 1


async def test_a_renewal_keeps_it(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    await leases.activate(computer.pk, standing.epoch, "first")
    await silent_for(computer, leases.GRACE + 1)
    assert await leases.renew(computer.pk, standing.epoch, "first")
    assert await leases.abandoned() == []
    assert not await leases.lapse(computer.pk, standing.epoch)


async def test_a_free_lease_never_lapses(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    await leases.release(computer.pk, standing.epoch)
    await silent_for(computer, leases.GRACE + 1)
    assert await leases.abandoned() == []


async def test_it_says_when_it_will(as_bob: Actor, computer: Computer) -> None:
    standing = await leases.take(computer, as_bob)
    assert (standing.lapses_at - standing.renewed_at).total_seconds() == leases.GRACE
