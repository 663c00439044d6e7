"""Old entries go, the newest stay, and nobody who reads on misses one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from computers.models import Computer
from computers.timeline import note, retention
from computers.timeline.reader import Filter, Question, page
from computers.timeline.retention import TimelineSweeper, forget_old
from tests.computers.timeline.conftest import saying, sentences

NOW = timezone.now()


async def _noted(computer: Computer, *ages: float) -> None:
    """One entry of each age, in days, and all of them written."""
    for place, age in enumerate(ages, 1):
        note(computer.pk, computer.public_id, saying(f"{place}", at=NOW - timedelta(days=age)))
    await sentences(computer)


async def test_entries_that_are_too_old_go(computers: list[Computer]) -> None:
    one, other, *_ = computers
    await _noted(one, 100, 91, 89, 0)
    await _noted(other, 0)
    assert await forget_old(one.pk, 90, 1000) == 2
    assert await sentences(one) == ["3", "4"]
    assert await sentences(other) == ["1"]


async def test_no_more_than_the_newest_are_kept(computers: list[Computer]) -> None:
    await _noted(computers[0], *[0] * 10)
    assert await forget_old(computers[0].pk, 90, 4) == 6
    assert await sentences(computers[0]) == ["7", "8", "9", "10"]


async def test_zero_days_keep_whatever_fits(computers: list[Computer]) -> None:
    await _noted(computers[0], 4000, 0)
    assert await forget_old(computers[0].pk, 0, 1000) == 0


async def test_the_sweeper_goes_on_until_nothing_is_too_old(
    computers: list[Computer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SWEEP_MOST", 3)
    monkeypatch.setenv("LIGHTDECK_TIMELINE_DAYS", "7")
    await _noted(computers[0], *[8] * 10, 0)
    await TimelineSweeper().sweep()
    assert await sentences(computers[0]) == ["11"]


async def test_whoever_reads_on_misses_nothing_and_numbers_go_on(computers: list[Computer]) -> None:
    await _noted(computers[0], 100, 100, 100, 0)
    await forget_old(computers[0].pk, 90, 1000)
    await _noted(computers[0], 0)
    news = await page(computers[0].pk, Question(Filter(), after=2))
    assert [shown.event.number for shown in news.entries] == [4, 5]
    assert news.complete and (await page(computers[0].pk, Question(Filter()))).last == 5
