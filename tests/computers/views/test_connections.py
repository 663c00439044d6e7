"""The pages of connections: the key is sent to no browser, what goes with one is named, other teams' are not there."""

from __future__ import annotations

from typing import Any

import pytest

from computers.models import Computer, Connection, ControlLease
from dashboard.models import AuditEvent, Membership, Team, User
from dashboard.permissions import Role
from tests.computers.stub import Answer, Upstream
from tests.computers.views.conftest import HTMX, Windows

NEW = "/team/home/connections/new/"
SECRET = "sk_test_that_nobody_sees"


@pytest.fixture(autouse=True)
def _secret(connection: Connection) -> None:
    connection.api_key = SECRET
    connection.save()


def place(connection: Connection, rest: str = "") -> str:
    return f"/team/home/connections/{connection.pk}/{rest}"


def form(upstream: Upstream, **changes: Any) -> dict[str, Any]:
    fields = {"name": "Cloud", "base_url": upstream.url, "api_key": "sk_new", "kinds": ["browser"]}
    return {**fields, "every_switch": "1", **changes}


def test_an_admin_adds_one_and_the_page_names_it(window: Windows, alice: User, upstream: Upstream) -> None:
    upstream.lists()
    answer = window(alice).post(NEW, form(upstream, name="<b>Cloud</b>"), follow=True)
    page = answer.content.decode()
    assert "&lt;b&gt;Cloud&lt;/b&gt;" in page and "<b>Cloud" not in page and "sk_new" not in page
    assert Connection.objects.get(name="<b>Cloud</b>").api_key == "sk_new"


def test_the_key_is_never_sent_to_a_browser(
    window: Windows, alice: User, connection: Connection, upstream: Upstream
) -> None:
    upstream.says("GET", "/computers", Answer(401, {"title": f"no: {SECRET[:2]}"}))
    browser = window(alice)
    for address in ("/team/home/", place(connection), place(connection, "removal/"), "/"):
        assert SECRET not in browser.get(address).content.decode()
    refused = browser.post(place(connection), form(upstream, api_key="sk_typed_wrong"))
    page = refused.content.decode()
    assert refused.status_code == 409 and "does not accept" in page and "Save anyway" in page
    assert SECRET not in page and "sk_typed_wrong" not in page
    assert SECRET not in "".join(str(row.detail) for row in AuditEvent.objects.all())


def test_without_the_form_with_every_switch_nothing_is_switched_off(
    window: Windows, alice: User, connection: Connection, upstream: Upstream
) -> None:
    Connection.objects.update(streams_commands=True, reads_events=True)
    fields = form(upstream, name=connection.name, api_key="")
    browser = window(alice)
    assert browser.post(place(connection), {**fields, "every_switch": ""}).status_code == 302
    Connection.objects.update(streams_commands=True)
    del fields["every_switch"]
    assert browser.post(place(connection), fields, headers=HTMX).status_code == 422
    connection.refresh_from_db()
    assert (connection.streams_commands, connection.reads_events) == (True, False)


def test_a_test_says_what_it_found(
    window: Windows, alice: User, connection: Connection, upstream: Upstream
) -> None:
    upstream.says("GET", "/computers", [Answer(body=[{"id": "c1"}]), Answer(402)])
    browser = window(alice)
    assert b"1 computer there" in browser.post(place(connection, "test/"), headers=HTMX).content
    answer = browser.post(place(connection, "test/"), headers=HTMX)
    assert b"out of credit" in answer.content
    assert browser.post(place(connection, "test/")).status_code == 302


def test_removing_it_says_what_goes_and_asks_for_its_name(
    window: Windows, alice: User, bob: User, computer: Computer
) -> None:
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", epoch=1)
    Computer.objects.update(agent_task="t1", agent_state="running")
    browser, address = window(alice), place(computer.connection, "removal/")
    page = browser.get(address).content.decode()
    assert "1 computer</strong>" in page and "Bob is driving checkout-1" in page and "1 task</strong>" in page
    assert browser.post(address, {"named": "Tes"}).status_code == 422
    assert Connection.objects.exists()
    assert browser.post(address, {"named": "Test"}).status_code == 302
    assert not Connection.objects.exists() and not Computer.objects.exists()


def test_one_of_another_team_is_not_found_even_by_an_admin_of_both(
    window: Windows, alice: User, charlie: User, connection: Connection
) -> None:
    elsewhere = Team.objects.get(slug="elsewhere")
    Membership.objects.create(user=alice, team=elsewhere, role=Role.ADMIN)
    for rest in ("", "removal/"):
        path = f"/team/elsewhere/connections/{connection.pk}/{rest}"
        assert window(alice).get(path).status_code == 404
        assert window(charlie).get(place(connection, rest)).status_code == 404
    assert window(alice).get(f"/team/home/connections/{2**64}/").status_code == 404
