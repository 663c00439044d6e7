"""Ending a computer."""

import asyncio
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers import leases
from computers.actions import machines
from computers.models import Computer
from computers.upstream import errors
from dashboard import live
from dashboard.database import unit
from dashboard.models import AuditEvent
from dashboard.permissions import Actor
from tests.computers.conftest import audit, fresh, soon
from tests.computers.stub import Answer, Upstream


@pytest.fixture
def at(upstream: Upstream, computer: Computer) -> tuple[str, str]:
    """Where it is ended."""
    return "DELETE", f"/computers/{computer.upstream_id}"


async def test_it_ends_and_the_row_says_who_did_it(
    as_bob: Actor, computer: Computer, upstream: Upstream, at: tuple[str, str]
) -> None:
    upstream.says(*at, Answer(204, ""))
    await machines.terminate(as_bob, await fresh(computer))
    row = await fresh(computer)
    assert row.is_gone and row.gone_reason == "terminated by Bob"
    assert await audit() == [
        ("Bob", "computer.terminate", "requested"),
        ("Bob", "computer.terminate", "succeeded"),
    ]


async def test_one_that_upstream_no_longer_knows_counts_as_ended(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    await machines.terminate(as_bob, await fresh(computer))
    assert (await fresh(computer)).is_gone


async def test_two_at_once_are_fine(
    as_alice: Actor, as_bob: Actor, computer: Computer, upstream: Upstream, at: tuple[str, str]
) -> None:
    upstream.says(*at, [Answer(204, ""), Answer(404, {"title": "Session not found"})])
    row = await fresh(computer)
    await asyncio.gather(machines.terminate(as_alice, row), machines.terminate(as_bob, row))
    assert (await fresh(computer)).gone_reason in {"terminated by Alice", "terminated by Bob"}


async def test_one_that_has_ended_stays_as_it_ended(
    as_bob: Actor, make_computer: Any, upstream: Upstream
) -> None:
    ended = await unit(make_computer)(gone_at="2026-05-24T12:52:45Z", gone_reason="idle limit reached")
    await machines.terminate(as_bob, await fresh(ended))
    assert (await fresh(ended)).gone_reason == "idle limit reached"
    assert not upstream.requests


@pytest.mark.parametrize(("status", "outcome"), [(503, "failed"), (500, "unknown")])
async def test_a_failure_leaves_it_running(
    as_bob: Actor, computer: Computer, upstream: Upstream, at: tuple[str, str], status: int, outcome: str
) -> None:
    upstream.says(*at, Answer(status, {"title": "Oops"}))
    with pytest.raises(errors.UpstreamFailed, match="Oops"):
        await machines.terminate(as_bob, await fresh(computer))
    assert not (await fresh(computer)).is_gone
    assert (await audit())[-1] == ("Bob", "computer.terminate", outcome)


async def test_the_log_names_the_driver_who_was_cut_off(
    as_alice: Actor, as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    await leases.take(computer, as_bob)
    await machines.terminate(as_alice, await fresh(computer))
    requested = await unit(AuditEvent.objects.get)(outcome="requested")
    assert requested.detail == {"driver": "Bob"}


async def test_a_viewer_may_not(as_vera: Actor, computer: Computer, upstream: Upstream) -> None:
    with pytest.raises(PermissionDenied):
        await machines.terminate(as_vera, await fresh(computer))
    assert not upstream.requests


async def test_walls_and_watchers_hear_of_it(
    as_bob: Actor, computer: Computer, upstream: Upstream, hearing: Any
) -> None:
    row = await fresh(computer)
    groups = live.team_group(row.connection.team_id), live.computer_group(row.public_id)
    async with hearing(*groups) as news:
        await machines.terminate(as_bob, row)
        await soon(lambda: len(news) == 4)
    assert [each.kind for each in news] == ["ending", "computer", "computer", "gone"]
    assert news[0].payload == {"by": "Bob"}


async def test_watchers_hear_that_it_goes_on_after_all(
    as_bob: Actor, computer: Computer, upstream: Upstream, at: tuple[str, str], hearing: Any
) -> None:
    upstream.says(*at, Answer(500, {"title": "Oops"}))
    row = await fresh(computer)
    async with hearing(live.computer_group(row.public_id)) as news:
        with pytest.raises(errors.UpstreamFailed):
            await machines.terminate(as_bob, row)
        await soon(lambda: len(news) == 2)
    assert [(each.kind, each.payload["by"]) for each in news] == [("ending", "Bob"), ("ending", "")]
