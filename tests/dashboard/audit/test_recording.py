"""The log: two rows for every verb, whatever happens in between."""

import asyncio
from typing import Any

import pytest

from dashboard.audit import DETAIL_LIMIT, Target, recorded
from dashboard.database import unit
from dashboard.models import AppendOnly, AuditEvent, Team, User
from dashboard.permissions import Action, Actor


@pytest.fixture
def target(team: Team) -> Target:
    return Target(team.pk, "an-id", "checkout-1")


@pytest.fixture
def as_bob(bob: User) -> Actor:
    return Actor(bob, "bobs-tab", "192.0.2.2")


@unit
def rows() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("pk"))


async def test_requested_is_written_before_anything_happens(as_bob: Actor, target: Target) -> None:
    async with recorded(as_bob, Action.RELOAD, target):
        assert [row.outcome for row in await rows()] == ["requested"]
    assert [row.outcome for row in await rows()] == ["requested", "succeeded"]


async def test_both_rows_share_one_id_and_copy_every_name(as_bob: Actor, target: Target) -> None:
    async with recorded(as_bob, Action.NAVIGATE, target, url="https://example.com/") as found:
        found["code"] = "fine"
    first, second = await rows()
    assert first.action_id == second.action_id
    assert (first.actor_name, first.actor_address, first.target_name) == ("Bob", "192.0.2.2", "checkout-1")
    assert (first.detail, second.detail) == ({"url": "https://example.com/"}, {"code": "fine"})


async def test_an_error_is_a_failure_and_goes_on(as_bob: Actor, target: Target) -> None:
    with pytest.raises(ValueError, match="no"):
        async with recorded(as_bob, Action.RELOAD, target):
            raise ValueError("no")
    last = (await rows())[-1]
    assert (last.outcome, last.detail) == ("failed", {"error": "no"})


async def test_an_error_that_leaves_it_open_is_unknown(as_bob: Actor, target: Target) -> None:
    class NobodyKnowsError(Exception):
        outcome_unknown = True

    with pytest.raises(NobodyKnowsError):
        async with recorded(as_bob, Action.RELOAD, target):
            raise NobodyKnowsError
    assert (await rows())[-1].outcome == "unknown"


async def test_a_closed_page_leaves_an_end_all_the_same(as_bob: Actor, target: Target) -> None:
    begun = asyncio.Event()

    async def verb() -> None:
        async with recorded(as_bob, Action.RELOAD, target):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(verb())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(15):
        while len(found := await rows()) < 2:
            continue
    assert [row.outcome for row in found] == ["requested", "unknown"]


async def test_what_lightdeck_does_by_itself_has_its_name(target: Target) -> None:
    async with recorded(None, Action.LAPSE, target):
        pass
    assert {(row.actor_name, row.actor_id_copy) for row in await rows()} == {("Lightdeck", None)}


async def test_long_details_are_cut(as_bob: Actor, target: Target) -> None:
    async with recorded(as_bob, Action.NAVIGATE, target, url="x" * 5000):
        pass
    assert len((await rows())[0].detail["url"]) == DETAIL_LIMIT


async def test_a_row_outlives_the_person(as_bob: Actor, target: Target, bob: User) -> None:
    async with recorded(as_bob, Action.RELOAD, target):
        pass
    await unit(bob.delete)()
    assert {row.actor_name for row in await rows()} == {"Bob"}


@pytest.mark.parametrize("change", ["save", "delete"])
async def test_nothing_changes_a_row(as_bob: Actor, target: Target, change: str) -> None:
    async with recorded(as_bob, Action.RELOAD, target):
        pass
    row: Any = (await rows())[0]
    with pytest.raises(AppendOnly):
        await unit(getattr(row, change))()


async def test_whoever_is_not_admitted_leaves_no_row_and_nothing_happens(
    as_bob: Actor, target: Target
) -> None:
    def refuse() -> None:
        raise PermissionError("no")

    entered = False
    with pytest.raises(PermissionError, match="no"):
        async with recorded(as_bob, Action.CLICK, target, admission=refuse):
            entered = True
    assert (entered, await rows()) == (False, [])
