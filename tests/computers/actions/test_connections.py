"""A team's connections: tested on save, with clear words; the key kept, never given away, never told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django.fixtures import Settings

from computers.actions import connections as verbs
from computers.actions.connections import SWITCHES, Untested, Wish
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, Connection, Kind, TimelineEvent
from dashboard import live
from dashboard.database import unit
from dashboard.models import AuditEvent, Team
from dashboard.permissions import Actor
from tests.computers.conftest import fresh_connection, last_audit
from tests.computers.stub import HTML, Answer, Silence, Upstream

OFF = dict.fromkeys(SWITCHES, False)
NEW_KEY = "sk_brand_new"


def wish(upstream: Upstream, **changes: Any) -> Wish:
    fields: dict[str, Any] = {"name": "Cloud", "base_url": upstream.url, "api_key": NEW_KEY}
    return Wish(**{**fields, "kinds": ("browser",), "switches": OFF, **changes})


def same(connection: Connection, **changes: Any) -> Wish:
    """What the form says when nothing was touched."""
    fields: dict[str, Any] = {"name": connection.name, "base_url": connection.base_url, "api_key": ""}
    return Wish(**{**fields, "kinds": ("browser",), "switches": verbs.standing(connection), **changes})


@unit
def count() -> int:
    return Connection.objects.count()


@unit
def told() -> str:
    """Everything the audit log says."""
    return "".join(f"{row.target_name} {row.detail}" for row in AuditEvent.objects.all())


async def test_a_new_one_is_asked_for_its_computers_before_it_is_saved(
    as_alice: Actor, team: Team, upstream: Upstream
) -> None:
    upstream.lists()
    made = await verbs.add(as_alice, team.pk, wish(upstream))
    assert upstream.requests[-1].headers["Authorization"] == f"Bearer {NEW_KEY}"
    assert (await fresh_connection(made)).api_key == NEW_KEY
    row = await last_audit()
    assert (row.action, row.outcome, row.detail["tested"]) == (
        "connection.manage",
        "succeeded",
        "0 computers",
    )
    assert NEW_KEY not in await told() and NEW_KEY not in repr(wish(upstream))


@pytest.mark.parametrize(
    ("answer", "field", "sentence"),
    [
        (Answer(401, {"title": "Invalid token"}), "api_key", "does not accept this connection's key"),
        (Answer(403, ""), "api_key", "does not accept this connection's key"),
        (Answer(402, ""), "", "out of credit. The key is right"),
        (Answer(404, "404 page not found", "text/plain"), "base_url", "no list of computers at this address"),
        (Answer(200, "<html>", "text/html"), "base_url", "not JSON. Is this the base URL"),
        (Answer(301, "", headers={"Location": "https://x/"}), "base_url", "redirected the call"),
        (Answer(429, {"title": "Slow down"}), "", "Slow down"),
        (HTML, "", "failure of its own (502)"),
        (Silence(), "base_url", "did not answer within"),
    ],
)
async def test_a_failed_test_saves_nothing_and_says_why_beside_its_field(
    as_alice: Actor,
    team: Team,
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    field: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(verbs, "TEST_SECONDS", 0.3)
    upstream.says("GET", "/computers", answer)
    before = await count()
    with pytest.raises(Untested) as failed:
        await verbs.add(as_alice, team.pk, wish(upstream))
    assert (failed.value.code, sentence in str(failed.value)) == (field, True)
    assert await count() == before and (await last_audit()).outcome == "failed"
    await verbs.add(as_alice, team.pk, wish(upstream), untested=True)
    assert await count() == before + 1


async def test_a_private_address_that_is_not_listed_is_not_even_called(
    as_alice: Actor, team: Team, upstream: Upstream, settings: Settings
) -> None:
    settings.PRIVATE_UPSTREAMS = []
    url = upstream.url.replace("http:", "https:")
    with pytest.raises(Untested, match="LIGHTDECK_PRIVATE_UPSTREAMS") as failed:
        await verbs.add(as_alice, team.pk, wish(upstream, base_url=url))
    assert failed.value.code == "base_url" and not upstream.requests


async def test_an_empty_key_keeps_the_one_there_is_and_asks_nobody(
    as_alice: Actor, connection: Connection, upstream: Upstream
) -> None:
    turned = {**OFF, "reads_events": True}
    row = await fresh_connection(connection)
    await verbs.change(as_alice, row, same(row, name="Renamed", switches=turned))
    row = await fresh_connection(connection)
    assert (row.name, row.api_key, verbs.standing(row)) == ("Renamed", "sk_test", turned)
    assert not upstream.requests
    assert (await last_audit()).outcome == "succeeded"


async def test_a_new_key_is_tested(as_alice: Actor, connection: Connection, upstream: Upstream) -> None:
    upstream.says("GET", "/computers", Answer(401))
    row = await fresh_connection(connection)
    with pytest.raises(Untested):
        await verbs.change(as_alice, row, same(row, api_key=NEW_KEY))
    assert (await fresh_connection(connection)).api_key == "sk_test"


async def test_the_stored_key_goes_to_no_other_host(
    as_alice: Actor, connection: Connection, upstream: Upstream
) -> None:
    row = await fresh_connection(connection)
    with pytest.raises(Invalid, match="Enter the key anew") as refused:
        await verbs.change(as_alice, row, same(row, base_url="https://elsewhere.example"), untested=True)
    assert refused.value.code == "api_key"
    assert (await fresh_connection(connection)).base_url == upstream.url


async def test_five_refused_keys_are_enough_for_ten_minutes(
    as_alice: Actor, team: Team, upstream: Upstream
) -> None:
    upstream.says("GET", "/computers", Answer(401))
    for _ in range(7):
        with pytest.raises(Untested) as failed:
            await verbs.add(as_alice, team.pk, wish(upstream))
    assert len(upstream.requests) == 5 and "Wait a few minutes" in str(failed.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "Test"}, "name"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "two words"}, "api_key"),
        ({"api_key": "schlüssel"}, "api_key"),
        ({"api_key": "sk_\r\nX-Evil: 1"}, "api_key"),
        ({"api_key": "x" * 501}, "api_key"),
        ({"base_url": "ftp://x"}, "base_url"),
    ],
)
async def test_what_cannot_be_saved_is_said_beside_its_field(
    as_alice: Actor, team: Team, upstream: Upstream, changes: dict[str, Any], field: str
) -> None:
    upstream.lists()
    with pytest.raises(Invalid) as refused:
        await verbs.add(as_alice, team.pk, wish(upstream, **changes))
    assert refused.value.code == field


async def test_only_an_admin_may(
    as_bob: Actor, as_charlie: Actor, team: Team, connection: Connection, upstream: Upstream
) -> None:
    row = await fresh_connection(connection)
    for actor in (as_bob, as_charlie):
        for attempt in (
            verbs.add(actor, team.pk, wish(upstream)),
            verbs.change(actor, row, same(row)),
            verbs.test(actor, row),
            verbs.remove(actor, row, row.name),
        ):
            with pytest.raises(PermissionDenied):
                await attempt
    assert not upstream.requests and await count() == 1


async def test_a_wrong_name_removes_nothing(
    as_alice: Actor, connection: Connection, upstream: Upstream
) -> None:
    with pytest.raises(Refused, match="Nothing was removed"):
        await verbs.remove(as_alice, await fresh_connection(connection), "test")
    assert await count() == 1


async def test_with_it_goes_what_was_known_through_it_and_open_pages_are_told(
    as_alice: Actor,
    team: Team,
    connection: Connection,
    computer: Computer,
    upstream: Upstream,
    hearing: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("computers.removal.BITE", 2)
    entries = [
        TimelineEvent(computer=computer, number=number, kind=Kind.ACTION, sentence="did it")
        for number in range(1, 6)
    ]
    await unit(TimelineEvent.objects.bulk_create)(entries)
    groups = (live.team_group(team.pk), live.computer_group(computer.public_id))
    async with hearing(*groups) as news:
        await verbs.remove(as_alice, await fresh_connection(connection), connection.name)
    assert await unit(lambda: (Computer.objects.count(), TimelineEvent.objects.count()))() == (0, 0)
    assert {each.kind for each in news} >= {live.AUTHORITY, "computer"}
    row = await last_audit()
    assert (row.target_name, row.detail["computers"]) == (connection.name, 1)
    assert not upstream.requests, "nothing is asked of the service"
