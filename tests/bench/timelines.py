"""(e) Twenty computers' timelines, each written at 50 entries/s: nothing dropped, nothing out of order, and how late.

The lag is from `note` until the entry is committed and told to every page; the floor is the CPU of the same rows
inserted in bulk with nothing around them.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.bench.measure import percentile
from tests.support.processes import Child, environment
from tests.support.services import postgres_database

SECONDS = 10.0


@dataclass(frozen=True)
class Written:
    """What one database did. Seconds."""

    database: str
    entries: int
    dropped: int
    reordered: int
    rate: float
    cpu: float
    share: float
    bare: float
    lags: list[float]


def run() -> list[Written]:
    """On SQLite, and on PostgreSQL where TEST_DATABASE_URL answers."""
    with tempfile.TemporaryDirectory() as folder:
        found = [_measure("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}", folder)]
        try:
            with postgres_database() as url:
                found.append(_measure("PostgreSQL", url, folder))
        except pytest.skip.Exception:
            pass
    return found


def lines(found: list[Written]) -> list[str]:
    """The table."""
    table = [
        "| 20 computers × 50 entries/s | entries | dropped | out of order | lag p50 ms | p99 ms "
        "| CPU µs/entry | bare insert | ratio | of a core |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        p50, p99 = (percentile(one.lags, share) * 1000 for share in (0.5, 0.99))
        table.append(
            f"| {one.database} | {one.entries} | {one.dropped} | {one.reordered} | {p50:.0f} | {p99:.0f} "
            f"| {one.cpu * 1e6:.0f} | {one.bare * 1e6:.0f} | **{one.cpu / one.bare:.2f}** | {one.share:.0%} |"
        )
    return table


def _measure(database: str, url: str, folder: str) -> Written:
    variables = {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": url,
        "LIGHTDECK_DATA_DIR": folder,
        "SECRET_KEY": "of the bench",
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    child = Child(["-m", "tests.bench.writing", str(SECONDS)], environment(variables))
    try:
        told = json.loads(child.wait_for_line('"entries"', SECONDS * 10 + 120))
    finally:
        child.end()
    return Written(database, **told)
