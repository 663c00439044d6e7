"""The chain over a team's audit rows, without a database: what is hashed, and what breaks when somebody touches it.

Each row's hash is SHA-256 over the hash before it, a line feed, and the row as canonical JSON (`canonical`). The first
one follows `GENESIS`. A row says its own place, so none can be moved, and its predecessor's hash, so none can be taken
out or put in, without every later hash changing; and the last hash, kept elsewhere, holds all of them.
docs/audit.md describes the same for whoever verifies an export with a program of their own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.models import AuditEvent

#: What the first row of a team follows.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows a chain has had, and the hash of the last one. As text: `hash:count`."""

    hash: str = GENESIS
    count: int = 0

    @classmethod
    def read(cls, text: str) -> Head:
        """From `hash:count`; `ValueError` with a sentence."""
        hash, _, count = text.strip().partition(":")
        good = (
            len(hash) == 64 and set(hash) <= set("0123456789abcdef") and count.isascii() and count.isdigit()
        )
        if not good or len(count) > 18:
            raise ValueError(
                f"“{text.strip()[:100]}” is no head: 64 hexadecimal digits, a colon and a count."
            )
        return cls(hash, int(count))

    def __str__(self) -> str:
        return f"{self.hash}:{self.count}"


@dataclass(frozen=True, slots=True)
class Link:
    """A row's place in its chain."""

    pk: int
    seq: int
    previous: str
    hash: str


def canonical(row: AuditEvent, seq: int) -> str:
    """The row as JSON: keys sorted, no space, nothing beyond ASCII, the time in UTC with microseconds."""
    told = {
        "team": row.team_id,
        "seq": seq,
        "id": row.pk,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action_id": row.action_id,
        "action": row.action,
        "outcome": str(row.outcome),
        "actor_id": row.actor_id_copy,
        "actor_name": row.actor_name,
        "actor_address": row.actor_address,
        "target_id": row.target_id,
        "target_name": row.target_name,
        "detail": row.detail,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(row: AuditEvent, seq: int, previous: str) -> str:
    """The hash of `row` in that place."""
    return hashlib.sha256(f"{previous}\n{canonical(row, seq)}".encode("ascii")).hexdigest()


def links(head: Head, rows: list[AuditEvent]) -> list[Link]:
    """The places of rows that follow `head`, in this order."""
    found: list[Link] = []
    previous, seq = head.hash, head.count
    for row in rows:
        seq += 1
        hash = hash_of(row, seq, previous)
        found.append(Link(row.pk, seq, previous, hash))
        previous = hash
    return found


class Walk:
    """Follows a chain row by row from its anchor. `step` gives a sentence at the first row that does not hold."""

    def __init__(self, anchor: Head) -> None:
        self.head = anchor

    def step(self, row: AuditEvent) -> str:
        """What is wrong at this row, or nothing; the walk then stands on it."""
        seq, name = row.chain_seq or 0, described(row)
        if seq > self.head.count + 1:
            missing = self.head.count + 1
            gap = f"Rows {missing} to {seq - 1}" if seq - 1 > missing else f"Row {missing}"
            were = "were" if seq - 1 > missing else "was"
            return f"{gap} of the chain {were} deleted: {self.head.count} is followed by {name}."
        if seq < self.head.count + 1:
            return f"{name} was inserted: row {seq} of the chain was there before it."
        if row.previous_hash != self.head.hash:
            return f"{name} was inserted or moved: it does not follow the row before it."
        if row.hash != hash_of(row, seq, row.previous_hash):
            return f"{name} was changed: what it tells does not give its hash."
        self.head = Head(row.hash, seq)
        return ""


def described(row: AuditEvent) -> str:
    """A row, so that a person finds it."""
    who = f"{row.actor_name}, {row.action} {row.target_name}".strip()
    return f"row {row.chain_seq} (number {row.pk}, {row.at:%F %T} UTC: {who}, {row.outcome})"
