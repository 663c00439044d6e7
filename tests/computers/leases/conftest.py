"""Computers to hold, and drivers who fell silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from computers.models import Computer, ControlLease
from dashboard.database import unit


@pytest.fixture
def two_computers(make_computer: Callable[..., Computer]) -> list[Computer]:
    return [make_computer(), make_computer()]


@unit
def silent_for(computer: Computer, seconds: float) -> None:
    """The driver was last heard of so long ago."""
    renewed_at = timezone.now() - timedelta(seconds=seconds)
    ControlLease.objects.filter(computer=computer).update(renewed_at=renewed_at)
