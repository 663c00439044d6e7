"""The wall lists one's teams' computers, says who drives, and what to do when there are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from computers.models import Computer, Connection, ControlLease
from dashboard.models import User
from tests.computers.views.conftest import Windows


def _wall(window: Windows, user: User, query: str = "") -> str:
    return str(window(user).get(f"/{query}").content.decode())


def test_it_shows_name_kind_status_and_driver(
    window: Windows, computer: Computer, alice: User, bob: User
) -> None:
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", epoch=1)
    page = _wall(window, alice)
    assert 'aria-label="Fleet"' in page
    for word in ("checkout-1", "browser", "running", "Bob drives", 'aria-label="Terminate checkout-1"'):
        assert word in page


def test_it_says_who_holds_a_computer_open(
    window: Windows, computer: Computer, alice: User, bob: User
) -> None:
    assert "fleet-held" not in _wall(window, alice)
    Computer.objects.update(
        held_open_by=bob, held_open_until=timezone.now() + timedelta(hours=1), version=F("version") + 1
    )
    assert 'title="Held by Bob until' in _wall(window, alice)
    page = window(alice).get(f"/computers/{computer.public_id}/").content.decode()
    assert 'data-held-by="Bob"' in page


def test_a_viewer_is_not_offered_what_they_may_not_do(
    window: Windows, computer: Computer, vera: User
) -> None:
    page = _wall(window, vera)
    assert "checkout-1" in page
    assert "Terminate" not in page and "New computer" not in page.split("<dialog")[0]


def test_a_strangers_wall_is_empty(window: Windows, computer: Computer, charlie: User) -> None:
    assert "checkout-1" not in _wall(window, charlie)


def test_a_computer_that_ended_lately_stays_with_its_reason_an_older_one_goes(
    window: Windows, make_computer: Callable[..., Computer], alice: User
) -> None:
    now = timezone.now()
    make_computer(name="just-now", gone_at=now, gone_reason="idle limit reached")
    make_computer(name="long-ago", gone_at=now - timedelta(hours=3), gone_reason="lifetime reached")
    page = _wall(window, alice)
    assert "just-now" in page and "idle limit reached" in page
    assert "long-ago" not in page


def test_an_empty_wall_offers_the_form_inline(window: Windows, connection: Connection, alice: User) -> None:
    page = _wall(window, alice)
    assert "Open your first computer" in page
    assert "Create computer" in page


def test_an_empty_wall_tells_a_viewer_who_can_help(
    window: Windows, connection: Connection, vera: User
) -> None:
    page = _wall(window, vera)
    assert "An operator of your team can open a computer" in page
    assert "Create computer" not in page


def test_without_a_connection_it_says_so(window: Windows, alice: User) -> None:
    assert "No connection to a Lightcone service exists yet" in _wall(window, alice)


def test_a_connection_in_trouble_is_named(window: Windows, connection: Connection, alice: User) -> None:
    connection.trouble = "The Lightcone service does not answer."
    connection.save()
    assert "Test: The Lightcone service does not answer." in _wall(window, alice)


def test_it_shows_one_team_when_asked(window: Windows, computer: Computer, alice: User) -> None:
    assert "checkout-1" in _wall(window, alice, "?team=home")
    assert "checkout-1" not in _wall(window, alice, "?team=elsewhere")
