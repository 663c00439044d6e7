"""Who holds a lease: one person, in one tab."""

import asyncio

import pytest

from computers import leases
from computers.models import Computer
from dashboard.permissions import Actor


async def test_a_computer_that_nobody_ever_drove_is_free(computer: Computer) -> None:
    standing = await leases.standing(computer.pk)
    assert standing.free and standing.epoch == 0 and standing.lapses_at is None


async def test_every_change_of_holder_is_a_new_epoch(
    as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    first = await leases.take(computer, as_bob)
    assert await leases.release(computer.pk, first.epoch)
    assert (await leases.standing(computer.pk)).epoch == 2
    assert (await leases.take(computer, as_alice)).epoch == 3


async def test_of_many_people_at_once_exactly_one_gets_it(
    as_alice: Actor, as_bob: Actor, as_charlie: Actor, computer: Computer
) -> None:
    actors = (as_alice, as_bob, as_charlie)
    results = await asyncio.gather(*(leases.take(computer, each) for each in actors), return_exceptions=True)
    won = [result for result in results if isinstance(result, leases.Standing)]
    lost = [result for result in results if isinstance(result, leases.Held)]
    assert (len(won), len(lost)) == (1, 2)
    assert {str(held) for held in lost} == {won[0].holder}
    assert (await leases.standing(computer.pk)).epoch == 1


async def test_another_person_is_named_to_whoever_comes_second(
    as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(leases.Held, match="Bob"):
        await leases.take(computer, as_alice)


async def test_a_reload_of_the_same_tab_keeps_the_epoch(as_bob: Actor, computer: Computer) -> None:
    first = await leases.take(computer, as_bob)
    assert (await leases.take(computer, as_bob)).epoch == first.epoch


async def test_ones_own_other_tab_takes_over_and_the_first_one_no_longer_holds(
    as_bob: Actor, computer: Computer
) -> None:
    await leases.take(computer, as_bob)
    other = Actor(as_bob.user, "another-tab")
    standing = await leases.take(computer, other)
    assert standing.held_by(other) and not standing.held_by(as_bob)
    assert standing.epoch == 2


async def test_of_two_tabs_of_one_person_at_once_one_holds_in_the_end(
    as_bob: Actor, computer: Computer
) -> None:
    tabs = [Actor(as_bob.user, f"tab-{number}") for number in range(4)]
    await asyncio.gather(*(leases.take(computer, tab) for tab in tabs))
    standing = await leases.standing(computer.pk)
    assert standing.epoch == 4
    assert [standing.held_by(tab) for tab in tabs].count(True) == 1


async def test_an_older_epoch_releases_nothing(as_alice: Actor, as_bob: Actor, computer: Computer) -> None:
    first = await leases.take(computer, as_bob)
    await leases.release(computer.pk, first.epoch)
    await leases.take(computer, as_alice)
    assert not await leases.release(computer.pk, first.epoch)
    assert (await leases.standing(computer.pk)).held_by(as_alice)


async def test_computers_have_leases_of_their_own(
    as_alice: Actor, as_bob: Actor, two_computers: list[Computer]
) -> None:
    first, second = two_computers
    await leases.take(first, as_alice)
    assert (await leases.take(second, as_bob)).held_by(as_bob)
