"""Rows join their team's chain in an order that nobody can fork, however many processes append; nothing is skipped."""

from __future__ import annotations

import asyncio
import itertools
import threading

import pytest
from django.db import connection, transaction

from dashboard import audit
from dashboard.audit import Target, chain_some, recorded
from dashboard.chain import GENESIS, Head, canonical, hash_of, links
from dashboard.chaining import Appender
from dashboard.database import unit
from dashboard.models import AuditChain, AuditEvent, Team, User
from dashboard.permissions import Action, Actor
from dashboard.verification import head_of
from tests.dashboard.audit.conftest import Write, chained, places

WRITERS, APPENDERS, EACH = 4, 5, 15


async def test_rows_are_chained_in_their_order_from_the_beginning(team: Team, write: Write) -> None:
    keys = await unit(write)(7)
    verdict = await chained(team)
    assert await places(team) == list(enumerate(keys, 1))
    assert (verdict.broken, verdict.head.count, verdict.waiting) == ("", 7, 0)
    first = await unit(AuditEvent.objects.get)(pk=keys[0])
    assert first.previous_hash == GENESIS and first.hash == hash_of(first, 1, GENESIS)


async def test_each_team_has_a_chain_of_its_own(team: Team, charlie: User, write: Write) -> None:
    elsewhere = await unit(charlie.teams.get)()
    for _ in range(3):
        await unit(write)(1)
        await unit(write)(2, team=elsewhere)
    assert (await chained(team)).head.count == 3
    assert (await chained(elsewhere)).head.count == 6


async def test_a_row_that_is_committed_late_is_not_skipped(team: Team, write: Write) -> None:
    """Its number is lower than that of rows which are chained already."""
    early = await unit(write)(2)
    late = await unit(write)(3)
    rows = [await unit(AuditEvent.objects.get)(pk=pk) for pk in early]
    await unit(AuditEvent.objects.filter(pk__in=early).delete)()
    await chained(team)
    await unit(AuditEvent.objects.bulk_create)(rows)
    assert (await chained(team)).broken == ""
    assert [pk for _, pk in await places(team)] == [*late, *early]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
async def test_a_transaction_that_is_open_while_others_are_chained_joins_when_it_ends(
    team: Team, write: Write
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> list[int]:
        with transaction.atomic():
            keys = write(1)
            begun.set()
            may_end.wait(15)
        return keys

    slow = asyncio.ensure_future(unit(slowly)())
    await asyncio.to_thread(begun.wait, 15)
    quick = await unit(write)(2)
    await chained(team)
    assert [pk for _, pk in await places(team)] == quick
    may_end.set()
    late = await slow
    assert (await chained(team)).broken == ""
    assert [pk for _, pk in await places(team)] == [*quick, *late]


@pytest.mark.usefixtures("small_batches")
async def test_many_appenders_and_writers_at_once_make_one_chain(team: Team, bob: User) -> None:
    actor, target, done = Actor(bob), Target(team.pk, "an-id", "checkout-1"), asyncio.Event()

    async def acts() -> None:
        for _ in range(EACH):
            async with recorded(actor, Action.CLICK, target, x=1):
                pass

    async def appends() -> None:
        while not done.is_set():
            await chain_some()

    appending = [asyncio.create_task(appends()) for _ in range(APPENDERS)]
    await asyncio.gather(*(acts() for _ in range(WRITERS)))
    done.set()
    await asyncio.gather(*appending)
    verdict = await chained(team)
    assert (verdict.broken, verdict.head.count) == ("", 2 * WRITERS * EACH)
    assert [seq for seq, _ in await places(team)] == list(range(1, 2 * WRITERS * EACH + 1))


async def test_of_two_that_read_the_same_end_one_moves_it(team: Team, write: Write) -> None:
    await unit(write)(2)
    rows = await unit(lambda: list(AuditEvent.objects.order_by("pk")))()
    head = Head()
    await unit(audit._join)(team.pk, await _made(team), links(head, rows))
    with pytest.raises(audit.Forked):
        await unit(audit._join)(team.pk, head, links(head, rows))
    assert (await chained(team)).broken == ""


@unit
def _made(team: Team) -> Head:
    AuditChain.objects.create(team=team, hash=GENESIS, pruned_hash=GENESIS)
    return Head()


async def test_rows_that_another_one_chained_meanwhile_move_nothing(team: Team, write: Write) -> None:
    """Half a batch is not written, and the end stays where it was."""
    await unit(write)(2)
    rows = await unit(lambda: list(AuditEvent.objects.order_by("pk")))()
    await chained(team)
    await unit(write)(1)
    head = await unit(head_of)(team)
    new = await unit(lambda: AuditEvent.objects.filter(chain_seq=None).get())()
    with pytest.raises(audit.Forked):
        await unit(audit._join)(team.pk, head, links(head, [rows[0], new]))
    assert await unit(head_of)(team) == head
    assert (await chained(team)).head.count == 3


async def test_a_chained_row_tells_what_it_told_before(team: Team, write: Write) -> None:
    (key,) = await unit(write)(1)
    before = await unit(AuditEvent.objects.get)(pk=key)
    await chained(team)
    after = await unit(AuditEvent.objects.get)(pk=key)
    assert canonical(before, 1) == canonical(after, 1)


async def test_the_service_chains_by_itself_and_stops_when_told(team: Team, write: Write) -> None:
    appender = Appender()
    await appender.start()
    try:
        await unit(write)(1)
        async with asyncio.timeout(15):
            for _ in itertools.count():
                if await places(team):
                    break
                await asyncio.sleep(0.02)
    finally:
        await appender.stop()
