"""Who is not admitted: nothing is asked of upstream, nothing is recorded, and nothing is told."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from computers import timeline
from computers.actions import Refused, control, screen
from computers.models import Computer
from dashboard.permissions import Actor
from tests.computers.actions.test_verbs import VERBS
from tests.computers.conftest import audit, fresh
from tests.computers.stub import Upstream


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[timeline.Entry]:
    told: list[timeline.Entry] = []
    monkeypatch.setattr(timeline, "note", lambda _pk, _id, entry: told.append(entry))
    return told


@pytest.mark.parametrize("name", VERBS)
async def test_a_viewer_changes_nothing(
    as_vera: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry], name: str
) -> None:
    with pytest.raises(PermissionDenied):
        await VERBS[name][0](as_vera, await fresh(computer))
    assert (await audit(), entries, upstream.requests) == ([], [], [])


@pytest.mark.parametrize("name", VERBS)
async def test_whoever_lost_the_lease_a_moment_ago_changes_nothing(
    as_alice: Actor,
    as_bob: Actor,
    computer: Computer,
    upstream: Upstream,
    entries: list[timeline.Entry],
    name: str,
) -> None:
    driven = await fresh(computer)
    await control.take(as_bob, driven)
    await control.release(as_bob, driven)
    await control.take(as_alice, driven)
    before = await audit(), list(entries), list(upstream.requests)
    with pytest.raises(Refused, match="Alice is driving this computer"):
        await VERBS[name][0](as_bob, driven)
    assert (await audit(), entries, upstream.requests) == before


async def test_a_viewer_takes_no_screenshot_either(
    as_vera: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    with pytest.raises(PermissionDenied):
        await screen.screenshot(as_vera, await fresh(computer))
    assert (await audit(), entries, upstream.requests) == ([], [], [])


async def test_an_ended_computer_is_named_as_such(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    gone = await fresh(computer)
    gone.gone_at, gone.gone_reason = timezone.now(), "its time was over"
    with pytest.raises(Refused, match="has ended: its time was over"):
        await VERBS["click"][0](as_bob, gone)
    assert (await audit(), entries, upstream.requests) == ([], [], [])
