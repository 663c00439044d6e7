"""The exports: streamed, with the page's filters, harmless to a spreadsheet, and in the log themselves."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import datetime
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncClient

from dashboard import audit_reader
from dashboard.audit_reader import COLUMNS, Question, cell, export
from dashboard.chain import Head, Walk
from dashboard.database import unit
from dashboard.models import AuditEvent, Team, User
from dashboard.permissions import Actor
from tests.dashboard.audit.conftest import Write, chained


@pytest.fixture
async def alice_exports(alice: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


async def whole(client: AsyncClient, form: str, **fields: str) -> str:
    answer = await client.get(f"/audit/export/{form}/", fields)
    assert isinstance(answer, StreamingHttpResponse), answer
    assert answer["Content-Disposition"] == f'attachment; filename="audit.{form}"'
    return b"".join([piece async for piece in answer]).decode()


@unit
def told() -> list[tuple[str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(action="audit.export").order_by("pk")
    return [(row.outcome, row.detail) for row in rows]


async def test_json_lines_have_every_row_whole(alice_exports: AsyncClient, team: Team, write: Write) -> None:
    keys = await unit(write)(3)
    await chained(team)
    rows = [json.loads(line) for line in (await whole(alice_exports, "jsonl")).splitlines()]
    assert [row["number"] for row in rows] == keys
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["detail"] == {"x": 1.5, "y": 2, "said": "größer <b>", "list": [None, True]}
    assert (rows[0]["team"], rows[0]["actor_name"], rows[0]["chain_seq"]) == ("home", "Bob", 1)


async def test_an_export_can_be_verified_by_itself(
    alice_exports: AsyncClient, team: Team, write: Write
) -> None:
    """What docs/audit.md promises: nothing that is hashed is missing from a line."""
    await unit(write)(5)
    await chained(team)
    walk = Walk(Head())
    for line in (await whole(alice_exports, "jsonl")).splitlines():
        row = json.loads(line)
        event = AuditEvent(
            pk=row["number"],
            at=datetime.fromisoformat(row["at"]),
            actor_id_copy=row["actor_id"],
            **{name: row[name] for name in COLUMNS if name not in {"number", "at", "team", "actor_id"}},
        )
        assert walk.step(event) == ""
    assert walk.head.count == 5


async def test_csv_has_the_same_rows_under_their_names(
    alice_exports: AsyncClient, team: Team, write: Write
) -> None:
    await unit(write)(2, target_name='a "b", c\nd')
    rows = list(csv.DictReader(io.StringIO(await whole(alice_exports, "csv"), newline="")))
    assert [row["target_name"] for row in rows] == ['a "b", c\nd'] * 2
    assert json.loads(rows[0]["detail"])["x"] == 1.5
    assert rows[0]["chain_seq"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
        "\u200b=1",
        "\ufeff=1",
        "=cmd|' /C calc'!A0",
    ],
)
async def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1", "checkout-1", "", None, 3, {"x": "=1"}])
async def test_what_is_no_formula_stays_as_it_is(value: Any) -> None:
    assert not cell(value).startswith("'")


async def test_the_pages_filters_are_the_exports(
    alice_exports: AsyncClient, team: Team, write: Write
) -> None:
    await unit(write)(1, target_name="one", action="tab.close")
    await unit(write)(1, target_name="two", actor_name="Vera")
    for fields, expected in (
        ({"action": "tab."}, ["one"]),
        ({"person": "vera"}, ["two"]),
        ({"team": "home", "q": "tw"}, ["two"]),
        ({"outcome": "failed"}, []),
    ):
        lines = (await whole(alice_exports, "jsonl", **fields)).splitlines()
        assert [json.loads(line)["target_name"] for line in lines] == expected
    answer = await alice_exports.get("/audit/export/csv/", {"since": "never"})
    assert answer.status_code == 422 and "From (UTC)" in answer.content.decode()
    assert (await alice_exports.get("/audit/export/xlsx/")).status_code == 404


async def test_exporting_stands_in_the_log_and_the_words_searched_for_do_not(
    alice_exports: AsyncClient, team: Team, write: Write
) -> None:
    await unit(write)(3)
    await whole(alice_exports, "csv", q="checkout", person="bob")
    asked = {"format": "csv", "filters": {"person": "bob", "searched": True}}
    assert await told() == [("requested", asked), ("succeeded", {"rows": 3})]


async def test_an_export_that_is_broken_off_is_told_as_open(team: Team, alice: User, write: Write) -> None:
    await unit(write)(audit_reader.EXPORT_PIECE + 1)
    pieces = export(Actor(alice), [team], Question(), "jsonl")
    await anext(pieces)
    await anext(pieces)
    await pieces.aclose()
    assert (await told())[1] == ("unknown", {"rows": audit_reader.EXPORT_PIECE})


async def test_asking_for_the_head_of_an_export_exports_nothing(
    alice_exports: AsyncClient, team: Team
) -> None:
    answer = await alice_exports.head("/audit/export/csv/")
    assert (answer.status_code, await told()) == (200, [])


async def test_however_long_the_log_is_little_of_it_is_in_memory(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row(number: int) -> AuditEvent:
        return AuditEvent(
            team=team,
            action_id=f"{number:032}",
            action="computer.click",
            outcome="failed",
            detail={"x": "y" * 450},
        )

    await unit(AuditEvent.objects.bulk_create)([row(number) for number in range(6000)])
    rows, size = 0, 0
    tracemalloc.start()
    try:
        async for piece in export(Actor(alice), [team], Question(), "jsonl"):
            rows += piece.count(b"\n")
            size += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 6000 and size > 4_000_000
    assert peak < 3_000_000
