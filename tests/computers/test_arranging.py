"""What the wall shows first, and what at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from computers import arranging, fragments
from computers.arranging import Wish
from computers.fragments import Row
from computers.models import Computer, Pin
from dashboard.models import User
from tests.computers.views.conftest import Windows, window

__all__ = ["window"]

Make = Callable[..., Computer]


@pytest.fixture
def rows(make_computer: Make) -> list[Row]:
    """One of each kind, made in an order of no meaning."""
    now = timezone.now()
    made = [
        Row(make_computer(name="idle", started_at=now), "", True),
        Row(make_computer(name="gone", gone_at=now), "", True),
        Row(make_computer(name="agent", agent_task="t", agent_state="running", agent_label="Pay"), "", True),
        Row(
            make_computer(name="asks", agent_state="paused", agent_needs="Which?", agent_needs_since=now),
            "",
            True,
        ),
        Row(
            make_computer(
                name="asks-longer",
                agent_state="paused",
                agent_needs="Who?",
                agent_needs_since=now - timedelta(hours=1),
            ),
            "",
            True,
        ),
        Row(make_computer(name="driven"), "Bob", True),
        Row(make_computer(name="broken", status="FAILED"), "", True),
    ]
    return made


def names(rows: list[Row]) -> list[str]:
    return [row.computer.name for row in rows]


def test_what_needs_somebody_comes_first_and_what_has_ended_last(rows: list[Row]) -> None:
    found = names(arranging.in_order(rows, "", frozenset()))
    assert found == ["asks-longer", "asks", "broken", "driven", "agent", "idle", "gone"]


def test_pinned_ones_stand_before_all_others(rows: list[Row]) -> None:
    pinned = frozenset({rows[0].computer.public_id})
    assert names(arranging.in_order(rows, "", pinned))[:2] == ["idle", "asks-longer"]
    assert names(arranging.in_order(rows, "name", frozenset())) == [
        "agent", "asks", "asks-longer", "broken", "driven", "idle", "gone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        (Wish(show="needs"), {"asks", "asks-longer"}),
        (Wish(show="agent"), {"agent", "asks", "asks-longer"}),
        (Wish(show="driven"), {"driven"}),
        (Wish(show="idle"), {"idle", "broken"}),
        (Wish(search="BOB driv"), {"driven"}),
        (Wish(search="pay"), {"agent"}),
        (Wish(search="nothing like it"), set()),
    ],
)
def test_filters_and_search(rows: list[Row], wish: Wish, shown: set[str]) -> None:
    assert {row.computer.name for row in rows if arranging.fits(row, wish)} == shown


def test_words_that_are_none_of_ours_count_as_none() -> None:
    assert Wish.read({"show": "x", "sort": "<", "q": "a" * 200}, "sideways") == Wish(search="a" * 80)
    assert (
        Wish().view_of(3) == "tiles"
        and Wish().view_of(500) == "list"
        and Wish(view="tiles").view_of(500) == "tiles"
    )


def test_a_bar_is_as_long_as_the_lifetime_or_the_last_minutes_of_an_idle_limit(make_computer: Make) -> None:
    now = timezone.now()
    half = make_computer(started_at=now - timedelta(hours=1), expires_at=now + timedelta(hours=1))
    length, left = arranging.bar(half) or (0, 0)
    assert length == 7200 and abs(left - 3600) < 5
    idle = make_computer(idle_expires_at=now + timedelta(hours=1), expires_at=now + timedelta(hours=2))
    assert arranging.bar(idle) == (600, 600)
    assert arranging.bar(make_computer()) is None


def test_no_idle_limit_ends_what_is_held_open(make_computer: Make, vera: User) -> None:
    now = timezone.now()
    soon, held = now + timedelta(minutes=13), now + timedelta(hours=1)
    one = make_computer(idle_expires_at=soon, held_open_until=held, held_open_by=vera)
    assert (one.ends_at(), one.held_by()) == (held, vera.display_name)
    # Its lifetime ends it all the same.
    assert make_computer(expires_at=soon, idle_expires_at=soon, held_open_until=held).ends_at() == soon
    over = make_computer(idle_expires_at=soon, held_open_until=now - timedelta(seconds=1), held_open_by=vera)
    assert (over.ends_at(), over.held_by()) == (soon, "")


def test_the_first_paint_is_arranged_already(
    window: Callable[[User], Client], make_computer: Make, vera: User
) -> None:
    first, second = make_computer(name="first"), make_computer(name="second")
    Pin.objects.create(user=vera, computer=first)
    page = window(vera).get("/?q=second").content.decode()
    assert page.index(f'data-id="{first.public_id}"') < page.index(f'data-id="{second.public_id}"')
    rows = page.split("<li ")[1:]
    assert [row.startswith("hidden") for row in rows if "fleet-row" in row] == [True, False]
    assert 'value="second"' in page
    assert f'data-pins="{first.public_id}"' in page


def test_five_hundred_rows_are_one_page_in_bounded_time(
    window: Windows, make_computer: Make, alice: User
) -> None:
    """What grows with the fleet is the page, not the number of questions to the database."""
    connection = make_computer().connection
    many = [
        Computer(
            connection=connection, upstream_id=f"many_{number}", name=f"many-{number:03}", status="running"
        )
        for number in range(499)
    ]
    Computer.objects.bulk_create(many)
    client = window(alice)
    client.get("/")
    began = timezone.now()
    page = client.get("/").content.decode()
    took = (timezone.now() - began).total_seconds()
    assert page.count("fleet-row") == 500 and 'data-view="list"' in page
    assert took < 10, took


def test_rows_are_rendered_once_for_each_version_and_only_so_many_are_remembered(
    make_computer: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def render(template: str, context: dict[str, Row]) -> str:
        rendered.append(context["row"].computer.name)
        return f"<li {context['row'].computer.version}>"

    monkeypatch.setattr(fragments, "render_to_string", render)
    monkeypatch.setattr(fragments, "REMEMBERED", 2)
    monkeypatch.setattr(fragments, "_RENDERED", {})
    row = Row(make_computer(name="a"), "", True)
    assert row.html == row.html == "<li 0>" and rendered == ["a"]
    row.computer.version = 1
    assert row.html == "<li 1>" and rendered == ["a", "a"]
    for name in ("b", "c"):
        assert Row(make_computer(name=name), "", True).html
    assert len(fragments._RENDERED) == 2 and row.html == "<li 1>" and rendered[-1] == "a"
