"""What holds at every address of every matrix: forms need their token and their own page, whoever is removed finds
nothing, no name is markup, and no id of another team opens anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Task
from computers.models import Computer, Connection, Macro
from dashboard.models import AuditEvent, Membership, Team, User
from tests.computers.views.conftest import HTMX, Windows
from tests.dashboard.access.conftest import Ids
from tests.support.addresses import addresses

HOSTILE = '<img src=x onerror="alert(1)">'
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HERE, NEXT_DOOR = "http://testserver:8000", "http://testserver:8001"
#: What answers without a team, and so to whoever was removed too.
ANYBODYS = {"teams: invitation_link", "teams: invitation"}


@pytest.fixture
def strict(alice: User) -> Client:
    """Alice's browser, of which the server asks what it asks of every browser."""
    client = Client(enforce_csrf_checks=True, SERVER_PORT="8000", HTTP_HOST="testserver:8000")
    client.force_login(alice, BACKEND)
    return client


def test_no_form_is_taken_without_its_token(strict: Client, ours: Ids) -> None:
    for each in addresses():
        if "post" in each.methods:
            assert strict.post(each.of(**ours), headers=HTMX).status_code == 403, each.name
    assert not AuditEvent.objects.exists()


def test_no_form_is_taken_from_a_page_at_another_port(strict: Client, ours: Ids) -> None:
    page = strict.get("/computers/new/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    headers = {**HTMX, "X-CSRFToken": token}
    for each in addresses():
        if "post" in each.methods:
            answer = strict.post(each.of(**ours), headers={**headers, "Origin": NEXT_DOOR})
            assert answer.status_code == 403, each.name
    assert not AuditEvent.objects.exists()
    # The same from its own page is another matter.
    assert strict.post("/computers/new/", headers={**headers, "Origin": HERE}).status_code == 422


def test_whoever_is_removed_finds_what_a_stranger_finds(window: Windows, ours: Ids, bob: User) -> None:
    browser = window(bob)
    assert browser.get(f"/computers/{ours['computer']}/").status_code == 200
    Membership.objects.filter(user=bob).delete()
    for each in addresses():
        if each.is_somebodys and each.name not in ANYBODYS:
            for method in each.methods:
                answer = getattr(browser, method)(each.of(**ours), headers=HTMX)
                assert answer.status_code == 404, (each.name, method, answer.status_code)
        else:
            assert b"Ours-7531" not in _read(browser.get(each.of(**ours))), each.name


def test_whatever_an_operator_reaches_an_admin_and_the_owner_reach(
    window: Windows, ours: Ids, team: Team, alice: User, bob: User
) -> None:
    ada = User.objects.create_user("ada")
    Membership.objects.create(user=ada, team=team, role="admin")
    operator, above = window(bob), [window(ada), window(alice)]
    for each in addresses():
        if "get" not in each.methods:
            continue
        if operator.get(each.of(**ours), headers=HTMX).status_code not in {403, 404}:
            for browser in above:
                assert browser.get(each.of(**ours), headers=HTMX).status_code not in {403, 404}, each.name


@pytest.fixture
def hostile(ours: Ids, team: Team, alice: User) -> Ids:
    """Everything of the team is called by a piece of markup."""
    User.objects.update(first_name=HOSTILE)
    Team.objects.filter(pk=team.pk).update(name=HOSTILE)
    Connection.objects.update(name=HOSTILE, trouble=HOSTILE)
    Computer.objects.update(name=HOSTILE, status=HOSTILE[:20])
    Macro.objects.update(name=HOSTILE)
    team.task_templates.update(name=HOSTILE)
    wish = {"instruction": HOSTILE, "model": HOSTILE, HOSTILE: HOSTILE}
    Task.objects.update(
        instruction=HOSTILE, wish=wish, error=HOSTILE, needs_human_why=HOSTILE, started_by_name=HOSTILE
    )
    for computer in Computer.objects.all():
        computer.timeline.update(sentence=HOSTILE, actor_name=HOSTILE, request={HOSTILE: HOSTILE})
    AuditEvent.objects.create(
        team=team, action_id="a" * 32, action=HOSTILE[:48], outcome="failed", actor_name=HOSTILE,
        actor_address=HOSTILE, target_id=HOSTILE, target_name=HOSTILE, detail={HOSTILE: HOSTILE},
    )  # fmt: skip
    return ours


def test_no_name_is_markup_on_any_page(window: Windows, alice: User, hostile: Ids) -> None:
    browser, shown = window(alice), 0
    for each in addresses():
        if "get" in each.methods:
            text = _read(browser.get(each.of(**hostile)))
            assert b"<img src=x" not in text, each.name
            shown += b"&lt;img src=x" in text
    assert shown > 10, "the names are on the pages, escaped"


# --- ids of another team, wherever an id may be ---------------------------------------------------------------

#: (address, fields): Charlie asks at an address of his own, or of nobody's, with our ids.
ELSEWHERE: list[tuple[str, str, dict[str, str]]] = [
    ("get", "/?team=home", {}),
    ("get", "/tasks/", {"computer": "{computer}"}),
    ("get", "/tasks/new/", {"computer": "{computer}"}),
    ("get", "/tasks/new/", {"again": "{task}"}),
    ("get", "/macros/new/", {"computer": "{computer}", "from": "1", "to": "1"}),
    ("get", "/computers/new/", {"like": "{computer}"}),
    ("get", "/computers/new/saved/", {"connection": "{connection}"}),
    ("get", "/playground/", {"connection": "{connection}", "computer": "{computer}"}),
    ("get", "/audit/", {"target": "{computer}"}),
    ("get", "/macros/{macro}/", {}),
    ("post", "/macros/{macro}/", {"op": "save", "name": "Mine", "count": "0"}),
    ("post", "/macros/{macro}/deletion/", {}),
    ("post", "/tasks/new/", {"instruction": "x", "computers": "{computer}"}),
    ("post", "/tasks/new/", {"instruction": "x", "connection": "{connection}"}),
    ("post", "/computers/new/", {"kind": "browser", "connection": "{connection}"}),
    ("post", "/computers/{theirs}/macro/", {"macro": "{macro}"}),
    (
        "post",
        "/macros/new/",
        {"op": "save", "name": "Mine", "count": "0", "computer": "{computer}", "numbers": "1"},
    ),
    ("post", "/fleet/termination/", {"computers": "{computer}", "confirmed": "1"}),
    ("post", "/fleet/tasks/pause/", {"computers": "{computer}", "confirmed": "1"}),
    ("post", "/playground/chat/", {"connection": "{connection}", "message": "x", "model": "m"}),
    (
        "post",
        "/playground/actions/",
        {"connection": "{connection}", "computer": "{computer}", "action": "{{}}"},
    ),
    (
        "post",
        "/team/elsewhere/connections/{connection}/",
        {"name": "Mine", "base_url": "http://evil.example"},
    ),
    ("post", "/team/elsewhere/connections/{connection}/test/", {}),
    ("post", "/team/elsewhere/connections/{connection}/removal/", {"confirmed": "1"}),
    ("post", "/team/elsewhere/members/{member}/removal/", {}),
    ("post", "/team/elsewhere/invitations/{invitation}/revocation/", {}),
]


@pytest.mark.parametrize(("method", "place", "fields"), ELSEWHERE)
def test_an_id_of_another_team_opens_nothing(
    window: Windows, charlie: User, ours: Ids, theirs: Ids, method: str, place: str, fields: dict[str, str]
) -> None:
    before = _all_of_ours()
    ids = {**ours, "theirs": theirs["computer"]}
    asked = {name: value.format_map(ids) for name, value in fields.items()}
    answer = getattr(window(charlie), method)(place.format_map(ids), asked)
    assert answer.status_code < 500 or "Lightcone" in answer.content.decode()
    told = _read(answer)
    assert b"Ours-7531" not in told and b"checkout-1" not in told
    assert _all_of_ours() == before


def _all_of_ours() -> list[Any]:
    """Whatever the team Home has, as it is; and that nobody did anything there."""
    team = Team.objects.get(slug="home")
    rows = (
        Computer.objects.filter(connection__team=team),
        Connection.objects.filter(team=team),
        Macro.objects.filter(team=team),
        Task.objects.filter(connection__team=team),
        team.memberships.all(),
        team.invitations.all(),
        AuditEvent.objects.filter(team=team),
    )
    return [list(each.order_by("pk").values()) for each in rows]


def _read(answer: Any) -> bytes:
    """All of it; a stream is read on another test's page."""
    return b"" if answer.streaming else bytes(answer.content)
