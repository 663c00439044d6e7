"""A call whose process died: its end is unknown, told once, with the names of whoever made it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from computers import records
from computers.fleet import Settler, settler
from computers.models import Computer, Kind, TimelineEvent
from computers.timeline import WRITER
from dashboard import audit
from dashboard.audit import recorded
from dashboard.database import unit
from dashboard.models import AuditEvent, Sweep, User
from dashboard.permissions import Action, Actor
from tests.computers.conftest import audit as told
from tests.computers.conftest import fresh
from tests.computers.timeline.conftest import written

OLD, LONG_AGO = timedelta(minutes=11), timedelta(hours=2)


@unit
def _requested(
    actor: Actor | None, computer: Computer, action: Action, ago: timedelta, **detail: Any
) -> AuditEvent:
    """What a process leaves that dies in the middle of a call."""
    target = computer.as_target()
    row = AuditEvent.objects.create(
        team_id=target.team_id,
        action_id=f"{action.value}{ago}"[:32],
        action=action.value,
        outcome="requested",
        actor_id_copy=actor.user.pk if actor else None,
        actor_name=actor.name if actor else "Lightdeck",
        actor_address=actor.address if actor else "",
        target_id=target.id,
        target_name=target.name,
        detail=detail,
    )
    AuditEvent.objects.filter(pk=row.pk).update(at=timezone.now() - ago)
    return row


@unit
def _last_row() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


@unit
def _reached() -> int:
    return Sweep.objects.get(name=audit.SWEEP).reached


@pytest.fixture
async def mine(computer: Computer) -> Computer:
    return await fresh(computer)


async def test_its_end_is_unknown_with_every_name_copied(as_bob: Actor, mine: Computer) -> None:
    row = await _requested(as_bob, mine, Action.DOUBLE_CLICK, OLD, x=1)
    await Settler().sweep()
    last = await _last_row()
    assert (last.action_id, last.action, last.outcome) == (row.action_id, row.action, "unknown")
    assert (last.actor_id_copy, last.actor_name, last.actor_address) == (
        as_bob.user.pk,
        "Bob",
        as_bob.address,
    )
    assert (last.team_id, last.target_id, last.target_name) == (row.team_id, mine.public_id, "checkout-1")
    assert last.detail == {"error": "The process that made this call ended before its answer came."}
    (entry,) = await written(mine)
    assert entry.sentence == "double click: the process that made this call ended before its answer came"
    assert (entry.actor_name, entry.outcome, entry.kind, entry.request) == (
        "Bob",
        "unknown",
        Kind.ACTION,
        {"x": 1},
    )


async def test_its_names_outlive_the_person(as_bob: Actor, mine: Computer) -> None:
    await _requested(as_bob, mine, Action.CLICK, OLD)
    await unit(User.objects.filter(pk=as_bob.user.pk).delete)()
    await Settler().sweep()
    assert (await _last_row()).actor_name == (await written(mine))[0].actor_name == "Bob"


@pytest.mark.parametrize(
    ("action", "ago", "outcome"),
    [
        (Action.CLICK, timedelta(minutes=9), "requested"),
        (Action.CLICK, OLD, "unknown"),
        (Action.EXEC, OLD, "requested"),
        (Action.BATCH, OLD, "requested"),
        (Action.EXEC, LONG_AGO, "unknown"),
        (Action.RUN_MACRO, LONG_AGO, "unknown"),
    ],
)
async def test_nothing_is_settled_that_may_still_be_under_way(
    as_bob: Actor, mine: Computer, action: Action, ago: timedelta, outcome: str
) -> None:
    await _requested(as_bob, mine, action, ago)
    await Settler().sweep()
    assert (await _last_row()).outcome == outcome
    assert len(await written(mine)) == (outcome == "unknown")


async def test_what_has_an_end_keeps_it(
    as_bob: Actor, mine: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settler, "QUICK", timedelta())
    monkeypatch.setattr(settler, "SLOW", timedelta())
    async with recorded(as_bob, Action.CLICK, mine.as_target()):
        pass
    await Settler().sweep()
    assert [outcome for _, _, outcome in await told()] == ["requested", "succeeded"]


async def test_of_many_processes_that_look_at_once_one_tells(as_bob: Actor, mine: Computer) -> None:
    for action in (Action.CLICK, Action.TYPE, Action.CLOSE_TAB):
        await _requested(as_bob, mine, action, OLD)
    await asyncio.gather(*(Settler().sweep() for _ in range(6)))
    await Settler().sweep()
    outcomes = [outcome for _, _, outcome in await told()]
    assert sorted(outcomes) == ["requested"] * 3 + ["unknown"] * 3
    assert len(await written(mine)) == 3


async def test_a_process_that_dies_between_timeline_and_log_is_repeated_without_a_second_entry(
    as_bob: Actor, mine: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _requested(as_bob, mine, Action.CLICK, OLD)
    with monkeypatch.context() as dying:
        dying.setattr(audit, "end_unfinished", _dies)
        with pytest.raises(RuntimeError):
            await Settler().sweep()
    await Settler().sweep()
    assert (await _last_row()).outcome == "unknown" and len(await written(mine)) == 1


async def _dies(*_: Any) -> bool:
    raise RuntimeError("killed")


async def test_more_than_fit_one_round_are_all_settled(
    as_bob: Actor, mine: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "SWEEP_MOST", 2)
    actions = [Action.CLICK, Action.TYPE, Action.SCROLL, Action.HTML, Action.EXEC]
    rows = [await _requested(as_bob, mine, action, LONG_AGO) for action in actions]
    await Settler().sweep()
    assert [outcome for _, _, outcome in await told()] == ["requested"] * 5 + ["unknown"] * 5
    assert await _reached() >= rows[-1].pk


async def test_what_was_passed_is_not_looked_through_again_and_what_may_run_is_not_passed(
    as_bob: Actor, mine: Computer
) -> None:
    done = await _requested(as_bob, mine, Action.CLICK, LONG_AGO)
    running = await _requested(as_bob, mine, Action.EXEC, OLD)
    await Settler().sweep()
    assert done.pk <= await _reached() < running.pk


async def test_a_termination_that_nobody_saw_end_explains_no_later_end(as_bob: Actor, mine: Computer) -> None:
    await records.note_terminating(mine.pk, as_bob)
    await _requested(as_bob, mine, Action.TERMINATE, OLD)
    await Settler().sweep()
    assert (await fresh(mine)).gone_reason == ""
    assert (await written(mine))[0].kind == Kind.MACHINE


async def test_what_is_no_computers_is_settled_in_the_log_alone(as_bob: Actor, mine: Computer) -> None:
    row = await _requested(None, mine, Action.MANAGE_CONNECTIONS, OLD)
    await unit(AuditEvent.objects.filter(pk=row.pk).update)(target_id="connection:7")
    await Settler().sweep()
    await WRITER.flush()
    last = await _last_row()
    assert (last.outcome, last.actor_name, last.target_id) == ("unknown", "Lightdeck", "connection:7")
    assert await unit(TimelineEvent.objects.count)() == 0
