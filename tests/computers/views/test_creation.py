"""The form "New computer": its words, its refusals beside their fields, and where it leads."""

from __future__ import annotations

from typing import Any

import pytest

from computers.actions import Refused, machines
from computers.models import Computer, Connection
from computers.upstream.errors import Busy
from dashboard.models import Team, User
from tests.computers.views.conftest import HTMX, Windows

ADDRESS = "/computers/new/"
FIELDS = {
    "kind": "browser",
    "name": "",
    "width": "1280",
    "height": "800",
    "lifetime": "60",
    "idle_limit": "15",
}
LABELS = ("Kind", "Name", "Width", "Height", "Start page", "Lifetime (minutes)", "Idle limit (minutes)")


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch, computer: Computer) -> list[Any]:
    """What the verb was asked for; an exception put first into it is raised instead."""
    asked: list[Any] = []

    async def create(actor: Any, connection: Connection, wish: Any) -> Computer:
        if asked and isinstance(asked[0], Exception):
            raise asked[0]
        asked.append((connection, wish))
        return computer

    monkeypatch.setattr(machines, "create", create)
    return asked


def test_every_field_has_its_label(window: Windows, connection: Connection, bob: User) -> None:
    page = window(bob).get(ADDRESS).content.decode()
    for label in LABELS:
        assert f">{label}</label>" in page


def test_it_offers_the_kinds_that_the_connection_supports(
    window: Windows, connection: Connection, bob: User
) -> None:
    connection.kinds = ["browser", "desktop"]
    connection.save()
    page = window(bob).get(ADDRESS).content.decode()
    assert '<option value="browser">Browser</option>' in page
    assert '<option value="desktop">Desktop</option>' in page


def test_a_connection_is_asked_for_only_where_there_are_several(
    window: Windows, connection: Connection, team: Team, bob: User
) -> None:
    assert ">Connection</label>" not in window(bob).get(ADDRESS).content.decode()
    Connection.objects.create(
        team=team, name="Other", base_url="http://127.0.0.1:8", api_key="sk", kinds=["browser"]
    )
    assert ">Connection</label>" in window(bob).get(ADDRESS).content.decode()


def test_it_opens_what_was_asked_for_and_leads_to_its_cockpit(
    window: Windows, created: list[Any], computer: Computer, bob: User
) -> None:
    answer = window(bob).post(ADDRESS, {**FIELDS, "name": "checkout-2", "start_page": "example.org"})
    assert answer.status_code == 302 and answer["Location"] == f"/computers/{computer.public_id}/"
    ((_, wish),) = created
    assert (wish.kind, wish.name, wish.width, wish.height) == ("browser", "checkout-2", 1280, 800)
    assert (wish.start_page, wish.lifetime_minutes, wish.idle_minutes) == ("example.org", 60, 15)


def test_what_is_left_empty_is_left_to_upstream(window: Windows, created: list[Any], bob: User) -> None:
    empty = dict.fromkeys(FIELDS, "") | {"kind": "browser"}
    window(bob).post(ADDRESS, empty)
    ((_, wish),) = created
    assert (wish.width, wish.height, wish.lifetime_minutes, wish.idle_minutes) == (None, None, None, None)


def test_htmx_is_sent_to_the_cockpit_too(
    window: Windows, created: list[Any], computer: Computer, bob: User
) -> None:
    answer = window(bob).post(ADDRESS, FIELDS, headers=HTMX)
    assert answer["HX-Redirect"] == f"/computers/{computer.public_id}/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", "0"),
        ("height", "wide"),
        ("lifetime", "-5"),
        ("idle_limit", "1e9"),
        ("kind", "toaster"),
        ("name", "x" * 81),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(
    window: Windows, created: list[Any], bob: User, field: str, value: str
) -> None:
    answer = window(bob).post(ADDRESS, {**FIELDS, field: value}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422 and not created
    assert "<html" not in page, "htmx gets the form alone"
    beside = page.split(f'id="id_{field}"')[1].split("\n</div>")[0]
    assert "errorlist" in beside


@pytest.mark.parametrize(
    ("refusal", "status", "field"),
    [
        (Refused("That is not a web address.", "address_invalid"), 400, "start_page"),
        (Refused("Test does not offer computers of the kind x.", "kind"), 422, "kind"),
    ],
)
def test_a_refusal_of_the_verb_stands_beside_its_field(
    window: Windows, created: list[Any], bob: User, refusal: Refused, status: int, field: str
) -> None:
    created.append(refusal)
    answer = window(bob).post(ADDRESS, FIELDS, headers=HTMX)
    assert answer.status_code == status
    assert str(refusal) in answer.content.decode().split(f'id="id_{field}"')[1].split("</div>")[0]


def test_upstreams_refusal_is_a_sentence_and_keeps_what_was_typed(
    window: Windows, created: list[Any], bob: User
) -> None:
    created.append(Busy("The Lightcone service is asked too much right now."))
    answer = window(bob).post(ADDRESS, {**FIELDS, "name": "checkout-9"})
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "asked too much right now" in page and 'value="checkout-9"' in page
    assert "Traceback" not in page


def test_it_can_begin_like_another_one(window: Windows, computer: Computer, bob: User, charlie: User) -> None:
    like = f"{ADDRESS}?like={computer.public_id}"
    assert 'value="checkout-1"' in window(bob).get(like).content.decode()
    assert "checkout-1" not in window(charlie).get(like).content.decode()
