"""Taking control and giving it back."""

import asyncio
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers import leases
from computers.actions import Refused, control
from computers.models import Computer
from dashboard import live
from dashboard.database import unit
from dashboard.models import Membership
from dashboard.permissions import Actor
from tests.computers.conftest import audit, fresh, soon


async def test_an_operator_takes_control(as_bob: Actor, computer: Computer) -> None:
    standing = await control.take(as_bob, await fresh(computer))
    assert standing.held_by(as_bob) and standing.epoch == 1
    assert await audit() == [("Bob", "control.take", "requested"), ("Bob", "control.take", "succeeded")]


async def test_a_viewer_may_not(as_vera: Actor, computer: Computer) -> None:
    with pytest.raises(PermissionDenied):
        await control.take(as_vera, await fresh(computer))
    assert (await leases.standing(computer.pk)).free


async def test_it_is_refused_while_another_person_drives(
    as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    await control.take(as_bob, await fresh(computer))
    with pytest.raises(Refused, match="Bob is driving this computer") as refused:
        await control.take(as_alice, await fresh(computer))
    assert refused.value.code == "held"


async def test_of_two_at_once_one_is_told_who_was_quicker(
    as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    row = await fresh(computer)
    results = await asyncio.gather(
        *(control.take(actor, row) for actor in (as_alice, as_bob)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "Standing"]


async def test_taking_it_again_from_the_same_tab_changes_nothing(as_bob: Actor, computer: Computer) -> None:
    first = await control.take(as_bob, await fresh(computer))
    assert await control.take(as_bob, await fresh(computer)) == first
    assert len(await audit()) == 2


async def test_ones_own_other_tab_gives_way(as_bob: Actor, computer: Computer) -> None:
    await control.take(as_bob, await fresh(computer))
    standing = await control.take(Actor(as_bob.user, "another-tab"), await fresh(computer))
    assert standing.epoch == 2 and standing.client == "another-tab"


async def test_releasing_frees_it(as_bob: Actor, computer: Computer) -> None:
    await control.take(as_bob, await fresh(computer))
    assert (await control.release(as_bob, await fresh(computer), "finished")).free
    assert (await audit())[-1] == ("Bob", "control.release", "succeeded")


async def test_nobody_releases_another_persons_lease(
    as_alice: Actor, as_bob: Actor, computer: Computer
) -> None:
    await control.take(as_bob, await fresh(computer))
    assert (await control.release(as_alice, await fresh(computer))).held_by(as_bob)


async def test_whoever_lost_their_role_can_still_give_it_back(as_bob: Actor, computer: Computer) -> None:
    await control.take(as_bob, await fresh(computer))
    await unit(Membership.objects.filter(user=as_bob.user).delete)()
    assert (await control.release(as_bob, await fresh(computer))).free


async def test_an_ended_computer_cannot_be_driven(as_bob: Actor, make_computer: Any) -> None:
    ended = await unit(make_computer)(gone_at="2026-05-24T12:52:45Z")
    with pytest.raises(Refused, match="has ended"):
        await control.take(as_bob, await fresh(ended))


async def test_watchers_hear_who_drives_and_walls_that_the_row_changed(
    as_bob: Actor, computer: Computer, hearing: Any
) -> None:
    row = await fresh(computer)
    async with (
        hearing(live.computer_group(row.public_id)) as watchers,
        hearing(live.team_group(row.connection.team_id)) as walls,
    ):
        await control.take(as_bob, row)
        await soon(lambda: watchers and walls)
    assert (watchers[0].kind, watchers[0].payload) == ("control", {"epoch": 1, "holder": "Bob"})
    assert (walls[0].kind, walls[0].payload["version"]) == ("computer", 1)
