"""Rows of a log, and how its chain stands."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from dashboard import audit
from dashboard.chain import Head
from dashboard.chaining import Appender
from dashboard.database import unit
from dashboard.models import AuditEvent, Team, User
from dashboard.verification import Verdict, verify

#: `write(3, target_name="…")`: that many more rows; their keys.
Write = Callable[..., list[int]]


@pytest.fixture
def write(team: Team, bob: User) -> Write:
    def rows(count: int, **fields: Any) -> list[int]:
        given = {
            "team": team,
            "action": "computer.click",
            "outcome": "succeeded",
            "actor_id_copy": bob.pk,
            "actor_name": "Bob",
            "actor_address": "192.0.2.2",
            "target_id": "an-id",
            "target_name": "checkout-1",
            "detail": {"x": 1.5, "y": 2, "said": "größer <b>", "list": [None, True]},
            **fields,
        }
        return [
            AuditEvent.objects.create(**{"action_id": secrets.token_hex(16), **given}).pk
            for _ in range(count)
        ]

    return rows


@unit
def places(team: Team) -> list[tuple[int, int]]:
    """The chain: place and key of each row."""
    rows = AuditEvent.objects.filter(team=team).exclude(chain_seq=None).order_by("chain_seq")
    return [(row.chain_seq or 0, row.pk) for row in rows]


async def chained(team: Team, *exported: Head) -> Verdict:
    """Everything is chained now; how the chain stands."""
    await Appender().sweep()
    return await unit(verify)(team, list(exported))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "CHAIN_MOST", 3)
    monkeypatch.setattr(audit, "PRUNE_MOST", 3)
    monkeypatch.setattr("dashboard.verification.PIECE", 4)
