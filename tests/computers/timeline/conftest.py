"""What stands in a timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from computers.models import Computer, Kind, TimelineEvent
from computers.timeline import WRITER, Entry
from dashboard.database import unit


@pytest.fixture
def computers(make_computer: Callable[..., Computer]) -> list[Computer]:
    return [make_computer() for _ in range(4)]


def saying(sentence: str, **more: Any) -> Entry:
    """An entry of which only the sentence matters."""
    return Entry(Kind.ACTION, sentence, **more)


async def written(computer: Computer) -> list[TimelineEvent]:
    """The computer's timeline, once all that was noted is there."""
    await WRITER.flush()
    return await _rows(computer)


async def sentences(computer: Computer) -> list[str]:
    return [row.sentence for row in await written(computer)]


@unit
def _rows(computer: Computer) -> list[TimelineEvent]:
    return list(TimelineEvent.objects.filter(computer=computer).order_by("number"))
