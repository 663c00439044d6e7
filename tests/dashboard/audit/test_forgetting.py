"""Retention takes rows from the front and leaves an anchor, and says in the log that it did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard import audit, verification
from dashboard.chain import Head
from dashboard.chaining import AuditSweeper
from dashboard.database import unit
from dashboard.models import AuditChain, AuditEvent, Team
from dashboard.verification import verify
from tests.dashboard.audit.conftest import Write, chained, places

pytestmark = pytest.mark.usefixtures("small_batches")


@pytest.fixture
async def ten(team: Team, write: Write, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ten chained rows; the first seven are forty days old, and thirty days are kept."""
    monkeypatch.setenv("LIGHTDECK_AUDIT_DAYS", "30")
    keys = await unit(write)(10)
    old = timezone.now() - timedelta(days=40)
    await unit(AuditEvent.objects.filter(pk__in=keys[:7]).update)(at=old)
    assert (await chained(team)).broken == ""
    return keys


async def test_what_is_too_old_goes_and_the_chain_holds_from_its_anchor(team: Team, ten: list[int]) -> None:
    last = await unit(AuditEvent.objects.get)(pk=ten[6])
    await AuditSweeper().sweep()
    assert (await places(team))[:3] == list(zip((8, 9, 10), ten[7:], strict=True))
    verdict = await chained(team)
    assert (verdict.broken, verdict.anchor) == ("", Head(last.hash, 7))


async def test_the_log_itself_says_what_was_forgotten(team: Team, ten: list[int]) -> None:
    await AuditSweeper().sweep()
    told = await unit(lambda: list(AuditEvent.objects.filter(action="audit.prune").order_by("pk")))()
    assert [row.detail["count"] for row in told] == [3, 6, 7]
    assert {row.actor_name for row in told} == {"Lightdeck"}


async def test_without_the_setting_nothing_is_forgotten(
    team: Team, ten: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIGHTDECK_AUDIT_DAYS")
    await AuditSweeper().sweep()
    assert len(await places(team)) == 10


async def test_what_is_not_chained_yet_is_not_forgotten(team: Team, write: Write, ten: list[int]) -> None:
    (key,) = await unit(write)(1)
    await unit(AuditEvent.objects.filter(pk=key).update)(at=timezone.now() - timedelta(days=40))
    await AuditSweeper().sweep()
    assert await unit(AuditEvent.objects.filter(pk=key).exists)()


async def test_rows_that_somebody_else_took_from_the_front_are_missed(team: Team, ten: list[int]) -> None:
    await unit(AuditEvent.objects.filter(pk__in=ten[:4]).delete)()
    fourth = await unit(AuditEvent.objects.get)(pk=ten[4])
    await unit(AuditChain.objects.update)(pruned_count=4, pruned_hash=fourth.previous_hash)
    assert "were deleted, and not by retention" in (await unit(verify)(team, [])).broken


async def test_a_row_that_is_left_before_the_anchor_is_found(
    team: Team, write: Write, ten: list[int]
) -> None:
    await AuditSweeper().sweep()
    (key,) = await unit(write)(1)
    await unit(AuditEvent.objects.filter(pk=key).update)(chain_seq=2)
    assert "was inserted" in (await unit(verify)(team, [])).broken


async def test_a_head_from_before_the_anchor_proves_nothing_and_is_said_to(
    team: Team, ten: list[int]
) -> None:
    fourth, seventh = [await unit(AuditEvent.objects.get)(pk=ten[place]) for place in (3, 6)]
    await AuditSweeper().sweep()
    old = await unit(verify)(team, [Head(fourth.hash, 4)])
    assert old.broken == "" and "proves nothing" in old.notes[0]
    assert (await unit(verify)(team, [Head(seventh.hash, 7)])).notes == []
    assert "rewritten" in (await unit(verify)(team, [Head("a" * 64, 7)])).broken


async def test_verifying_while_retention_works_finds_nothing(
    team: Team, ten: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The anchor moves between reading it and reading the rows."""
    anchored = verification._anchored

    def meanwhile(team: Team, anchor: Head) -> str:
        monkeypatch.setattr(verification, "_anchored", anchored)
        assert audit.prune.__wrapped__(team.pk, 30) == 3  # type: ignore[attr-defined]
        return anchored(team, anchor)

    monkeypatch.setattr(verification, "_anchored", meanwhile)
    verdict = await unit(verify)(team, [])
    assert (verdict.broken, verdict.anchor.count) == ("", 3)
