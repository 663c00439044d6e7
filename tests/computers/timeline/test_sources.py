"""Who writes into a timeline: verbs, drivers, changes of driver, links, and the end of a computer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from computers import leases, records
from computers.actions import Refused, browse, control
from computers.models import Computer, ControlLease, Kind
from computers.relay import chronicle
from computers.relay.chronicle import Chronicle
from computers.relay.states import Event
from computers.relay.tabs import Tab, TabEvent
from computers.upstream.errors import ActionFailed, NoAnswer
from dashboard.database import unit
from dashboard.models import Outcome
from dashboard.permissions import Actor
from tests.computers.conftest import FakeLink, fresh
from tests.computers.leases.conftest import silent_for

from .conftest import sentences, written


async def test_who_drives_is_told(as_bob: Actor, computer: Computer) -> None:
    await control.take(as_bob, await fresh(computer))
    await control.take(as_bob, await fresh(computer))
    await control.take(Actor(as_bob.user, "another-tab"), await fresh(computer))
    await control.release(Actor(as_bob.user, "another-tab"), await fresh(computer))
    rows = await written(computer)
    assert [(row.actor_name, row.sentence) for row in rows] == [
        ("Bob", "took control"), ("Bob", "took control in another tab"), ("Bob", "released control"),
    ]  # fmt: skip
    assert {row.kind for row in rows} == {Kind.CONTROL}


async def test_a_lapse_names_who_was_silent(as_bob: Actor, computer: Computer) -> None:
    await leases.take(computer, as_bob)
    await silent_for(computer, leases.GRACE + 1)
    (lease,) = await leases_of(computer)
    assert await control.lapse(lease)
    (row,) = await written(computer)
    assert (row.actor_name, row.sentence) == ("", "driving ended: Bob was silent for too long")


@unit
def leases_of(computer: Computer) -> list[ControlLease]:
    rows = ControlLease.objects.select_related("computer__connection__team", "holder")
    return list(rows.filter(computer=computer))


async def test_a_refusal_changes_nothing_and_is_not_told(
    as_alice: Actor, as_bob: Actor, as_vera: Actor, computer: Computer
) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(Refused):
        await control.take(as_alice, await fresh(computer))
    with pytest.raises(PermissionDenied):
        await control.take(as_vera, await fresh(computer))
    assert await sentences(computer) == []


async def test_an_opened_address_is_a_step_without_its_password(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leases.take(computer, as_bob)
    await browse.navigate(as_bob, await fresh(computer), "https://ada:secret@shop.example/cart?id=7")
    await browse.back(as_bob, await fresh(computer))
    opened, went = await written(computer)
    shown = "https://shop.example/cart?id=7"
    assert (opened.sentence, opened.outcome) == (f"opened {shown}", Outcome.SUCCEEDED)
    assert (opened.request, opened.step) == ({"url": shown}, {"type": "go_to_url", "url": shown})
    assert (went.sentence, went.step) == ("went one page back", None)


@pytest.mark.parametrize(
    "trouble, outcome",
    [(ActionFailed("net::ERR_CONNECTION_REFUSED"), "failed"), (NoAnswer("It broke off."), "unknown")],
)
async def test_a_verb_that_fails_says_how_it_ended(
    as_bob: Actor, computer: Computer, link: FakeLink, trouble: Exception, outcome: str
) -> None:
    await leases.take(computer, as_bob)
    link.trouble = trouble
    with pytest.raises(type(trouble)):
        await browse.reload(as_bob, await fresh(computer))
    (row,) = await written(computer)
    assert row.outcome == outcome and row.result and row.result["error"]


async def test_the_end_of_a_computer_is_told_once(computer: Computer) -> None:
    assert await records.mark_gone(computer.connection_id, computer.upstream_id)
    assert not await records.mark_gone(computer.connection_id, computer.upstream_id)
    (row,) = await written(computer)
    assert (row.kind, row.sentence) == (Kind.MACHINE, "ended: ended by the service")


# --- links ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(computer: Computer) -> Callable[[], Chronicle]:
    """`seen()`: what another process's link sees of the computer."""
    return lambda: Chronicle(computer.pk, computer.public_id, "T1", lambda: True)


async def test_what_several_processes_see_of_a_tab_is_told_once(
    computer: Computer, seen: Callable[[], Chronicle]
) -> None:
    shop = Tab("T2", "Shop", "https://shop.example/")
    for process in (seen(), seen()):
        process.tab(TabEvent.OPENED, Tab("T2", "", "about:blank"))
        process.tab(TabEvent.MAIN, shop)
        process.tab(TabEvent.MAIN, Tab("T1", "Home", "https://home.example/"))
        process.tab(TabEvent.CLOSED, shop)
    rows = await written(computer)
    assert [row.sentence for row in rows] == ["a tab opened", "“Home” became the main tab", "“Shop” closed"]
    assert {row.kind for row in rows} == {Kind.TAB}


async def test_trouble_that_stays_is_told_once_and_so_is_its_end(
    computer: Computer, seen: Callable[[], Chronicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chronicle, "TROUBLE_AFTER", 0.0)
    one = seen()
    for _ in range(3):
        one.connection(Event.LOST, "The connection to the computer broke.")
        await asyncio.sleep(0.05)
    one.connection(Event.ANSWERED, "")
    one.connection(Event.ANSWERED, "")
    assert await sentences(computer) == [
        "The connection to the computer broke", "the computer answers again",
    ]  # fmt: skip


async def test_trouble_that_is_over_at_once_is_no_news(
    computer: Computer, seen: Callable[[], Chronicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chronicle, "TROUBLE_AFTER", 0.2)
    one = seen()
    one.connection(Event.SILENT, "The computer has stopped answering.")
    one.connection(Event.ANSWERED, "")
    one.connection(Event.LOST, "The connection to the computer broke.")
    one.connection(Event.GONE, "This computer has ended.")
    await asyncio.sleep(0.5)
    assert await sentences(computer) == []
