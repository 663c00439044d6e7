"""Control between people: asked for, given, denied, forced; audited, told, bounded, and never both at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from computers import leases, passing, timeline, turns, works
from computers.actions import between, control
from computers.actions.refusal import Invalid, Refused
from computers.fleet import LeaseSweeper
from computers.models import Computer, ControlRequest
from dashboard import live
from dashboard.database import unit
from dashboard.models import Membership, Team, User
from dashboard.permissions import Actor, Role
from tests.computers.conftest import FakeLink, audit, fresh

Hearing = Callable[..., AbstractAsyncContextManager[list[live.News]]]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    noted: list[str] = []

    def note(_pk: int, _id: str, entry: timeline.Entry) -> None:
        noted.append(f"{entry.by[1]} {entry.sentence}")

    monkeypatch.setattr(timeline, "note", note)
    return noted


@pytest.fixture
async def driven(computer: Computer, as_bob: Actor, link: FakeLink) -> Computer:
    """Bob drives."""
    await leases.take(computer, as_bob)
    return await fresh(computer)


@pytest.fixture
def carla(team: Team) -> User:
    """An admin."""
    user = User.objects.create_user("carla", "carla@lightdeck.example", "x", first_name="Carla")
    Membership.objects.create(user=user, team=team, role=Role.ADMIN)
    return user


async def names(computer: Computer) -> list[str]:
    _, requests = await passing.stands(computer.pk)
    return [each.name for each in requests]


async def test_whoever_asks_is_seen_by_whoever_drives_and_gets_control_for_their_tab(
    driven: Computer, as_bob: Actor, as_alice: Actor, entries: list[str], hearing: Hearing
) -> None:
    async with hearing(live.computer_group(driven.public_id)) as heard:
        await between.request(as_alice, driven, " I know  this page ")
        await asyncio.sleep(0.1)
    assert "control" in {news.kind for news in heard}
    _, [asked] = await passing.stands(driven.pk)
    assert (asked.name, asked.reason, asked.client) == ("Alice", "I know this page", "alices-tab")
    standing = await between.grant(as_bob, driven, as_alice.user.pk)
    assert standing.held_by(as_alice) and standing.epoch == 2
    assert await names(driven) == []
    assert entries == ["Alice asked for control: I know this page", "Bob gave control to Alice"]
    assert [line[1:] for line in await audit()] == [
        ("control.request", "requested"),
        ("control.request", "succeeded"),
        ("control.grant", "requested"),
        ("control.grant", "succeeded"),
    ]


async def test_control_is_handed_to_somebody_who_did_not_ask_and_waits_for_a_tab_of_theirs(
    driven: Computer, as_bob: Actor, as_alice: Actor, as_vera: Actor, as_charlie: Actor
) -> None:
    for actor, code in ((as_vera, "not_allowed"), (as_charlie, "nobody"), (as_bob, "yours")):
        with pytest.raises(Refused) as refused:
            await between.grant(as_bob, driven, actor.user.pk)
        assert refused.value.code == code
    standing = await between.grant(as_bob, driven, as_alice.user.pk)
    assert standing.holder == "Alice" and standing.waits_for(as_alice) and not standing.held_by(as_alice)
    with pytest.raises(Refused, match="Alice is driving"):
        await control.take(as_bob, driven)
    assert (await control.take(as_alice, driven)).held_by(as_alice)


async def test_whoever_asked_and_was_made_a_viewer_gets_nothing(
    driven: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    await between.request(as_alice, driven)
    await unit(Membership.objects.filter(user=as_alice.user).update)(role=Role.VIEWER)
    with pytest.raises(Refused, match="may not drive"):
        await between.grant(as_bob, driven, as_alice.user.pk)
    assert (await leases.standing(driven.pk)).held_by(as_bob)


async def test_only_whoever_drives_from_this_tab_gives_or_denies(
    driven: Computer, as_bob: Actor, as_alice: Actor, carla: User
) -> None:
    await between.request(as_alice, driven)
    for actor in (Actor(carla, "carlas-tab"), Actor(as_bob.user, "another-tab")):
        for verb in (between.grant, between.deny):
            with pytest.raises(Refused) as refused:
                await verb(actor, driven, as_alice.user.pk)
            assert refused.value.code in ("held", "other_tab")
    assert await names(driven) == ["Alice"]


async def test_a_denial_reaches_whoever_asked_with_its_reason(
    driven: Computer, as_bob: Actor, as_alice: Actor, entries: list[str], hearing: Hearing
) -> None:
    await between.request(as_alice, driven)
    async with hearing(live.computer_group(driven.public_id)) as heard:
        await between.deny(as_bob, driven, as_alice.user.pk, "nearly done")
        await asyncio.sleep(0.1)
    [told] = [news.payload for news in heard if news.kind == between.TOLD_NEWS]
    assert told == {"user": as_alice.user.pk, "said": "Bob keeps control: nearly done"}
    assert entries[-1] == "Bob denied Alice control: nearly done" and await names(driven) == []
    with pytest.raises(Refused, match="over already"):
        await between.deny(as_bob, driven, as_alice.user.pk)


async def test_a_request_is_withdrawn_asked_again_and_runs_out(
    driven: Computer, as_alice: Actor, entries: list[str]
) -> None:
    await between.withdraw(as_alice, driven)
    await between.request(as_alice, driven)
    await between.withdraw(as_alice, driven)
    assert await names(driven) == [] and len(entries) == 2
    await between.request(as_alice, driven)
    await between.request(as_alice, driven, "please")
    assert await unit(ControlRequest.objects.count)() == 1
    past = timezone.now() - timedelta(seconds=passing.LASTS + 1)
    await unit(ControlRequest.objects.update)(asked_at=past)
    assert await names(driven) == []
    await LeaseSweeper().sweep()
    assert await unit(ControlRequest.objects.count)() == 0


async def test_requests_are_bounded(driven: Computer, team: Team) -> None:
    @unit
    def person(number: int) -> User:
        user = User.objects.create_user(f"u{number}", f"u{number}@lightdeck.example", "x")
        Membership.objects.create(user=user, team=team, role=Role.OPERATOR)
        return user

    actors = [Actor(await person(number), f"tab-{number}") for number in range(passing.LIMIT + 2)]
    found = await asyncio.gather(*(between.request(each, driven) for each in actors), return_exceptions=True)
    refused = [each for each in found if isinstance(each, Refused)]
    assert [each.code for each in refused] == ["too_many"] * 2
    assert len(await names(driven)) == passing.LIMIT


async def test_there_is_nobody_to_ask_where_nobody_or_oneself_drives(
    computer: Computer, as_bob: Actor, as_vera: Actor
) -> None:
    with pytest.raises(Refused, match="Nobody drives"):
        await between.request(as_bob, await fresh(computer))
    await leases.take(computer, as_bob)
    with pytest.raises(Refused, match="you who drives"):
        await between.request(as_bob, await fresh(computer))
    with pytest.raises(PermissionDenied):
        await between.request(as_vera, await fresh(computer))


async def test_an_admin_takes_it_by_force_with_a_reason_and_the_driver_is_told(
    driven: Computer, as_bob: Actor, carla: User, entries: list[str], hearing: Hearing
) -> None:
    admin = Actor(carla, "carlas-tab")
    with pytest.raises(Invalid, match="Say why"):
        await between.force(admin, driven, "  ")
    with pytest.raises(PermissionDenied):
        await between.force(as_bob, driven, "because")
    async with hearing(live.computer_group(driven.public_id)) as heard:
        standing = await between.force(admin, driven, "it pays twice")
        await asyncio.sleep(0.1)
    assert standing.held_by(admin) and standing.epoch == 2
    [told] = [news.payload for news in heard if news.kind == between.TOLD_NEWS]
    assert told == {"user": as_bob.user.pk, "said": "Carla took control by force: it pays twice"}
    assert entries == ["Carla took control by force from Bob: it pays twice"]
    assert [line for line in await audit() if line[1] == "control.force"] == [
        ("Carla", "control.force", "requested"),
        ("Carla", "control.force", "succeeded"),
    ]
    with pytest.raises(Refused, match="you who drives"):
        await between.force(admin, driven, "again")


async def test_force_waits_for_what_runs_and_not_for_ever(
    driven: Computer, carla: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(between, "WORK_ENDS_WITHIN", 1.0)
    assert await works.begin_work(driven.pk, 1, "a batch of 2")
    forcing = asyncio.create_task(between.force(Actor(carla, "carlas-tab"), driven, "now"))
    await asyncio.sleep(0.3)
    assert not forcing.done() and not await works.go_on_working(driven.pk, 1)
    await works.end_work(driven.pk)
    assert (await forcing).holder == "Carla"


async def test_nothing_passes_while_somebody_hands_back_or_a_batch_runs(
    driven: Computer, as_bob: Actor, as_alice: Actor, carla: User
) -> None:
    await works.begin_work(driven.pk, 1, "a batch of 2")
    with pytest.raises(Refused, match="a batch of 2 is still running"):
        await between.grant(as_bob, driven, as_alice.user.pk)
    await works.end_work(driven.pk)
    await turns.begin_handing_back(driven, as_bob)
    calls: list[Any] = [
        between.grant(as_bob, driven, as_alice.user.pk),
        between.force(Actor(carla, "tab"), driven, "now"),
    ]
    for call in calls:
        with pytest.raises(Refused, match="handing back"):
            await call
    assert (await leases.standing(driven.pk)).epoch == 1


async def test_of_a_grant_and_a_force_at_once_one_comes_through(
    driven: Computer, as_bob: Actor, as_alice: Actor, carla: User
) -> None:
    found = await asyncio.gather(
        between.grant(as_bob, driven, as_alice.user.pk),
        between.force(Actor(carla, "carlas-tab"), driven, "now"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in found) == 1, found
    assert (await leases.standing(driven.pk)).epoch == 2


async def test_what_rest_verbs_pressed_is_released_when_control_passes(
    driven: Computer, as_bob: Actor, as_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[str] = []

    async def let_go(computer: Computer) -> bool:
        released.append(computer.public_id)
        return True

    monkeypatch.setattr("computers.actions.pressed.let_go", let_go)
    await between.grant(as_bob, driven, as_alice.user.pk)
    assert released == [driven.public_id]
