"""The page: one line for each action, newest first, opened to its rows; filtered, searched, paged by key."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.audit_reader import PAGE
from dashboard.models import AuditEvent, Membership, Team, User
from dashboard.permissions import Role
from tests.dashboard.audit.conftest import Write

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def alice_reads(alice: User) -> Client:
    return signed_in(alice)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def read(client: Client, status: int = 200, **fields: Any) -> str:
    answer = client.get("/audit/", fields)
    assert answer.status_code == status, answer.content.decode()[:500]
    return unescape(answer.content.decode())


def targets(html: str) -> list[str]:
    """The lines' targets, from the top."""
    return re.findall(r'class="audit-target">\s*([^<\n]+?)\s*<', html)


def both(write: Write, name: str, outcome: str = "succeeded", **fields: Any) -> None:
    """An action with its two rows; without an outcome it is still under way."""
    id = f"{name:x<32}"[:32]
    write(1, action_id=id, target_name=name, outcome="requested", detail={"asked": name}, **fields)
    if outcome != "requested":
        write(1, action_id=id, target_name=name, outcome=outcome, detail={"ended": name}, **fields)


def test_an_action_is_one_line_that_opens_to_both_rows(alice_reads: Client, write: Write) -> None:
    both(write, "one")
    both(write, "two", "failed", action="computer.double_click")
    html = read(alice_reads)
    assert targets(html) == ["two", "one"]
    assert html.count("<details") == 2 and html.count("<dl") == 2 * 2 + html.count('<dl class="shortcuts"')
    for words in (
        "computer: double click",
        "failed",
        "Bob",
        "192.0.2.2",
        "asked",
        "ended",
        "not chained yet",
    ):
        assert words in html


def test_what_is_under_way_says_so(alice_reads: Client, write: Write) -> None:
    both(write, "one", "requested")
    assert "under way" in read(alice_reads)


def test_an_outcome_whose_request_was_forgotten_is_a_line_too(alice_reads: Client, write: Write) -> None:
    write(1, target_name="alone", outcome="unknown")
    html = read(alice_reads)
    assert targets(html) == ["alone"] and "outcome unknown" in html


def test_nothing_done_yet_is_said(alice_reads: Client) -> None:
    assert "Nothing has been done yet" in read(alice_reads)
    assert "Nothing in the log fits" in read(alice_reads, q="x")


def test_pages_go_back_by_key_and_miss_nothing_while_the_log_grows(alice_reads: Client, write: Write) -> None:
    for number in range(PAGE + 5):
        write(1, target_name=f"t{number}")
    html = read(alice_reads, person="bob")
    assert targets(html)[0] == f"t{PAGE + 4}" and len(targets(html)) == PAGE
    link = re.search(r'href="\?([^"]*before=(\d+))"', html)
    assert link and "person=bob" in link[1]
    write(3, target_name="newer")
    html = read(alice_reads, person="bob", before=link[2])
    assert targets(html) == [f"t{number}" for number in range(4, -1, -1)]
    assert "Newest" in html and "Older" not in html


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"person": "vera"}, ["two"]),
        ({"action": "tab.close"}, ["three"]),
        ({"action": "tab."}, ["three", "two"]),
        ({"target": "thr"}, ["three"]),
        ({"target": "id-2"}, ["two"]),
        ({"target": "id-"}, []),
        ({"outcome": "failed"}, ["two"]),
        ({"outcome": "requested"}, ["three"]),
        ({"outcome": "succeeded"}, ["one"]),
        ({"q": "ended"}, ["two", "one"]),
        ({"q": "ASKED"}, ["three", "two", "one"]),
        ({"q": "192.0.2.9"}, ["three"]),
        ({"q": "größer"}, ["one"]),
        ({"q": "%"}, []),
        ({"q": 'say "no"'}, ["three"]),
        ({"person": "bob", "outcome": "succeeded", "q": "one"}, ["one"]),
    ],
)
def test_filters_leave_what_fits(
    alice_reads: Client, write: Write, fields: dict[str, Any], expected: list[str]
) -> None:
    both(write, "one", actor_name="Bob")
    write(1, action_id=f"{'one':x<32}", target_name="one", detail={"said": "größer"})
    both(write, "two", "failed", actor_name="Vera", action="tab.create", target_id="id-2")
    both(write, "three", "requested", action="tab.close", actor_address="192.0.2.9", target_id="id-3")
    write(1, action_id=f"{'three':x<32}", target_name="three", outcome="requested", detail={"a": 'say "no"'})
    assert targets(read(alice_reads, **fields)) == expected


def test_moments_leave_out_what_was_before_and_after(alice_reads: Client, write: Write) -> None:
    now = timezone.now()
    for days in (3, 2, 1):
        (key,) = write(1, target_name=f"d{days}")
        AuditEvent.objects.filter(pk=key).update(at=now - timedelta(days=days))
    since = (now - timedelta(days=2, hours=1)).strftime("%Y-%m-%dT%H:%M")
    until = (now - timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert targets(read(alice_reads, since=since)) == ["d1", "d2"]
    assert targets(read(alice_reads, until=until)) == ["d2", "d3"]
    html = read(alice_reads, since=since, until=until)
    assert targets(html) == ["d2"] and f'value="{since}"' in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"since": "yesterday"}, "Enter a valid date/time."),
        ({"outcome": "nice"}, "Select a valid choice"),
        ({"action": "computer.fly"}, "Select a valid choice"),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"person": "\x00"}, "invisible character (NUL)"),
    ],
)
def test_a_filter_that_cannot_be_meant_says_so_beside_it(
    alice_reads: Client, write: Write, fields: dict[str, Any], said: str
) -> None:
    write(1)
    html = read(alice_reads, 422, **fields)
    assert said in html and targets(html) == []


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "1.5", "²"])
def test_an_odd_page_is_the_newest(alice_reads: Client, write: Write, before: str) -> None:
    write(1, target_name="one")
    assert targets(read(alice_reads, before=before)) == ["one"]


def test_names_are_text_and_no_markup(alice: User, team: Team, alice_reads: Client, write: Write) -> None:
    User.objects.filter(pk=alice.pk).update(first_name=HOSTILE)
    Team.objects.filter(pk=team.pk).update(name=HOSTILE)
    write(1, actor_name=HOSTILE, target_name=HOSTILE, target_id=HOSTILE, detail={HOSTILE: HOSTILE})
    assert HOSTILE not in alice_reads.get("/audit/").content.decode()
    assert HOSTILE not in alice_reads.get("/audit/", {"q": HOSTILE}).content.decode()


# --- who reads what -------------------------------------------------------------------------------------------


def test_only_admins_read_it_and_only_they_are_led_there(
    alice: User, bob: User, vera: User, write: Write
) -> None:
    write(1)
    for user in (bob, vera):
        assert "An admin of the team can change that" in read(signed_in(user), 403)
        assert signed_in(user).get("/audit/export/csv/").status_code == 403
        assert 'href="/audit/"' not in signed_in(user).get("/tasks/").content.decode()
    assert 'href="/audit/"' in signed_in(alice).get("/tasks/").content.decode()


def test_a_stranger_reads_their_own_log_and_nothing_of_ours(charlie: User, write: Write) -> None:
    elsewhere = charlie.teams.get()
    both(write, "ours")
    both(write, "theirs", team=elsewhere)
    assert targets(read(signed_in(charlie))) == ["theirs"]
    assert read(signed_in(charlie), 404, team="home")
    assert signed_in(charlie).get("/audit/export/csv/?team=home").status_code == 404


def test_an_admin_of_two_teams_reads_both_or_one(charlie: User, team: Team, write: Write) -> None:
    both(write, "ours")
    both(write, "theirs", team=charlie.teams.get())
    Membership.objects.create(user=charlie, team=team, role=Role.ADMIN)
    assert targets(read(signed_in(charlie))) == ["theirs", "ours"]
    assert targets(read(signed_in(charlie), team="home")) == ["ours"]
    Membership.objects.filter(user=charlie, team=team).update(role=Role.OPERATOR)
    assert targets(read(signed_in(charlie))) == ["theirs"]


def test_nobody_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/audit/").status_code == 302
    assert Client().get("/audit/export/csv/").status_code == 302
