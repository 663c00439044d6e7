"""Copying the selection: handed on, and kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers.actions import clipboard
from computers.models import Computer
from computers.relay.hub import HUB
from computers.upstream.errors import ActionFailed
from dashboard.database import unit
from dashboard.models import AuditEvent
from dashboard.permissions import Actor
from tests.computers.conftest import FakeLink, audit


@pytest.fixture
def selecting(link: FakeLink, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the link is asked; it answers "hush" or fails with the first exception in the list."""
    asked: list[Any] = []

    async def selection(tab: str) -> str:
        if asked and isinstance(asked[0], Exception):
            raise asked[0]
        asked.append(tab)
        return "hush"

    monkeypatch.setattr(link, "selection", selection, raising=False)
    assert HUB.linked is not None
    return asked


@unit
def _everything_logged() -> str:
    return "".join(str(row.detail) for row in AuditEvent.objects.all())


async def test_an_operator_copies_without_driving_and_the_log_has_no_word_of_it(
    computer: Computer, as_bob: Actor, selecting: list[Any]
) -> None:
    assert await clipboard.copy_text(as_bob, computer, "T1") == "hush"
    assert selecting == ["T1"]
    assert [(action, outcome) for _, action, outcome in await audit()] == [
        ("computer.copy_text", "requested"),
        ("computer.copy_text", "succeeded"),
    ]
    assert "hush" not in await _everything_logged()


async def test_a_viewer_may_not(computer: Computer, as_vera: Actor, selecting: list[Any]) -> None:
    with pytest.raises(PermissionDenied):
        await clipboard.copy_text(as_vera, computer)
    assert selecting == []


async def test_nothing_selected_is_a_sentence(
    computer: Computer, as_bob: Actor, selecting: list[Any]
) -> None:
    selecting.append(ActionFailed("Nothing is selected."))
    with pytest.raises(ActionFailed, match="Nothing is selected"):
        await clipboard.copy_text(as_bob, computer)
