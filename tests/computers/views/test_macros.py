"""The pages of macros: listed, edited, refused, deleted; and everything that a form may say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from computers.models import Computer, Macro, RecordedText, TimelineEvent
from dashboard.models import AuditEvent, Membership, Team, User
from tests.computers.views.conftest import HTMX, Windows

WAIT = '[{"type":"wait","ms":5}]'


@pytest.fixture
def login(team: Team, bob: User) -> Macro:
    return Macro.objects.create(team=team, name="Log in", steps=WAIT, made_by=bob)


def _form(op: str, name: str = "Log in", *steps: dict[str, str], **more: str) -> dict[str, str]:
    fields = {"op": op, "name": name, "count": str(len(steps)), **more}
    for place, step in enumerate(steps):
        fields |= {f"step-{place}-{key}": value for key, value in step.items()}
    return fields


def _seen(window: Client, macro: Macro) -> str:
    page = window.get(f"/macros/{macro.pk}/").content.decode()
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1].replace("&#x2B;", "+").replace("&#43;", "+")


def test_the_list_shows_ones_own_teams_only(window: Windows, bob: User, charlie: User, login: Macro) -> None:
    assert "Log in" in window(bob).get("/macros/").content.decode()
    assert "Log in" not in window(charlie).get("/macros/").content.decode()


def test_a_viewer_reads_the_list_and_changes_nothing(window: Windows, vera: User, login: Macro) -> None:
    page = window(vera).get("/macros/").content.decode()
    assert "Log in" in page
    assert "Delete" not in page and "New macro" not in page
    for address in ("/macros/new/", f"/macros/{login.pk}/", f"/macros/{login.pk}/deletion/"):
        assert window(vera).get(address).status_code == 403


@pytest.mark.parametrize("pk", ["0", "999", "9" * 19, "9" * 60])
def test_a_macro_that_is_not_there_and_one_of_another_team_look_alike(
    window: Windows, charlie: User, login: Macro, pk: str
) -> None:
    for address in (f"/macros/{pk}/", f"/macros/{login.pk}/", f"/macros/{login.pk}/deletion/"):
        assert window(charlie).get(address).status_code == 404


def test_one_is_made_and_its_texts_are_in_no_log(window: Windows, bob: User, team: Team) -> None:
    typing = {"type": "type", "mode": "keep", "text": "sesame-7531"}
    answer = window(bob).post(
        "/macros/new/", _form("save", "Log in", {"type": "wait", "ms": "5"}, typing), headers=HTMX
    )
    assert answer["HX-Redirect"] == "/macros/"
    macro = Macro.objects.get()
    assert macro.team == team and "sesame-7531" in macro.steps
    with database.cursor() as cursor:
        cursor.execute("SELECT steps FROM computers_macro")
        assert "sesame" not in cursor.fetchone()[0]
    told = [
        (row.action, row.outcome, row.target_name, row.detail.get("steps"))
        for row in AuditEvent.objects.order_by("pk")
    ]
    assert told == [("macro.manage", "requested", "Log in", 2), ("macro.manage", "succeeded", "Log in", None)]
    assert "sesame" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_a_kept_text_is_masked_until_it_is_shown(window: Windows, bob: User, login: Macro) -> None:
    login.steps = '[{"type":"type","text":"sesame-7531"}]'
    login.save()
    page = window(bob).get(f"/macros/{login.pk}/")
    text = page.content.decode()
    assert "sesame" not in text and "11 characters" in text
    assert page["Cache-Control"] == "no-store"
    kept = re.search(r'name="step-0-kept" value="([^"]+)"', text)
    assert kept
    step = {"type": "type", "mode": "keep", "kept": kept[1]}
    shown = window(bob).post(f"/macros/{login.pk}/", _form("show:0", "Log in", step), headers=HTMX)
    assert "sesame-7531" in shown.content.decode()
    # Unshown, it is saved all the same.
    seen = _seen(window(bob), login)
    window(bob).post(f"/macros/{login.pk}/", _form("save", "Log in", step, seen=seen), headers=HTMX)
    login.refresh_from_db()
    assert "sesame-7531" in login.steps


def test_a_saved_recording_leads_back_to_its_computer(
    window: Windows, computer: Computer, bob: User, charlie: User
) -> None:
    form = _form("save", "Log in", {"type": "wait", "ms": "5"}, computer=computer.public_id)
    left = window(bob).post("/macros/new/", form, headers=HTMX)["HX-Redirect"]
    page = window(bob).get(left).content.decode()
    assert f'href="/computers/{computer.public_id}/"' in page and f"Back to {computer.label}" in page
    assert window(charlie).get(left).status_code == 404
    assert "take control, and press “Run macro…”" in window(bob).get("/macros/").content.decode()


def test_of_two_people_the_second_is_told(window: Windows, alice: User, bob: User, login: Macro) -> None:
    step = {"type": "wait", "ms": "7"}
    seen = _seen(window(bob), login)
    first = window(alice).post(f"/macros/{login.pk}/", _form("save", "A", step, seen=seen), headers=HTMX)
    second = window(bob).post(f"/macros/{login.pk}/", _form("save", "B", step, seen=seen), headers=HTMX)
    assert (first.status_code, second.status_code) == (204, 409)
    assert "Somebody else changed this macro meanwhile" in second.content.decode()
    login.refresh_from_db()
    assert login.name == "A"


def test_a_name_is_used_once_in_a_team(window: Windows, bob: User, login: Macro) -> None:
    answer = window(bob).post(
        "/macros/new/", _form("save", "Log in", {"type": "wait", "ms": "1"}), headers=HTMX
    )
    assert answer.status_code == 422
    assert "has a macro called “Log in” already" in answer.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "a\x00b", "a\nb"])
def test_a_name_that_is_none_is_refused(window: Windows, bob: User, name: str) -> None:
    answer = window(bob).post("/macros/new/", _form("save", name, {"type": "screenshot"}), headers=HTMX)
    assert answer.status_code == 422
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    "step",
    [
        {"type": "click", "x": "NaN", "y": "1"},
        {"type": "click", "x": "<b>", "y": "1"},
        {"type": "click", "x": "1" * 5000, "y": "1"},
        {"type": "wait", "ms": "-1"},
        {"type": "go_to_url", "url": "javascript:alert(1)"},
        {"type": "go_to_url", "url": "file:///etc/passwd"},
        {"type": "keypress", "keys": ""},
        {"type": "type", "mode": "keep", "text": "a\x01b"},
        {"type": "type", "mode": "keep", "kept": "gAAAA"},
        {"type": "type", "mode": "ask", "ask": ""},
    ],
)
def test_what_is_wrong_with_a_step_is_said_beside_it(
    window: Windows, bob: User, step: dict[str, str]
) -> None:
    answer = window(bob).post("/macros/new/", _form("save", "Odd", step), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Step 1 is not complete yet" in page
    assert "<b></b>" not in page and "<b>&" not in page
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [{"count": "x"}, {"count": "99999"}, {"count": "-1"}, {"count": "3"}, {"op": "\x00"}, {"team": "no"}],
)
def test_a_form_of_nonsense_is_no_error_of_ours(window: Windows, bob: User, odd: dict[str, str]) -> None:
    fields = {**_form("up:0", "N", {"type": "nonsense"}), **odd}
    assert window(bob).post("/macros/new/", fields, headers=HTMX).status_code in {200, 422}


def test_hostile_words_are_words(window: Windows, bob: User) -> None:
    evil = "<script>alert(1)</script>"
    window(bob).post(
        "/macros/new/", _form("save", evil, {"type": "type", "ask": evil, "mode": "ask"}), headers=HTMX
    )
    macro = Macro.objects.get()
    for address in ("/macros/", f"/macros/{macro.pk}/", f"/macros/{macro.pk}/deletion/"):
        assert evil not in window(bob).get(address).content.decode()


def test_steps_that_cannot_be_decrypted_are_a_sentence(
    window: Windows, bob: User, login: Macro, computer: Computer
) -> None:
    with database.cursor() as cursor:
        cursor.execute("UPDATE computers_macro SET steps = 'gAAAAnonsense'")
    assert "Log in" in window(bob).get("/macros/").content.decode()
    for address in (f"/macros/{login.pk}/", f"/computers/{computer.public_id}/macro/?macro={login.pk}"):
        answer = window(bob).get(address)
        assert answer.status_code == 200
        assert "cannot be read" in answer.content.decode()
    window(bob).post(f"/macros/{login.pk}/deletion/")
    assert not Macro.objects.exists()


def test_deleting_names_it_first(window: Windows, bob: User, login: Macro) -> None:
    assert "Delete the macro Log in?" in window(bob).get(f"/macros/{login.pk}/deletion/").content.decode()
    window(bob).post(f"/macros/{login.pk}/deletion/")
    assert not Macro.objects.exists()


def _entry(computer: Computer, number: int, user: User, step: Any, text: str = "") -> None:
    event = TimelineEvent.objects.create(
        computer=computer, number=number, kind="input", actor_id_copy=user.pk, sentence="did", step=step
    )
    if text:
        RecordedText.objects.create(event=event, text=text)


def test_entries_become_a_macro_and_texts_are_their_authors(
    window: Windows, computer: Computer, alice: User, bob: User
) -> None:
    _entry(computer, 1, bob, {"type": "click", "x": 4.0, "y": 5.0})
    _entry(computer, 2, bob, {"type": "type"}, "sesame-7531")
    _entry(computer, 3, alice, {"type": "type"}, "alices-own")
    query = f"computer={computer.public_id}&from=1&to=3"
    page = window(bob).get(f"/macros/new/?{query}").content.decode()
    assert "Step 2: Type" in page and "11 characters" in page and "Step 3" not in page
    chosen = window(bob).get(f"/macros/new/?computer={computer.public_id}&numbers=2&numbers=3&numbers=x")
    assert chosen.content.decode().count("data-changes") == 2
    assert chosen.content.decode().count("-kept") == 1
    form = _form(
        "save",
        "Mine",
        {"type": "wait", "ms": "1"},
        **{"computer": computer.public_id, "from": "1", "to": "3"},
    )
    window(bob).post("/macros/new/", form, headers=HTMX)
    assert [row.text for row in RecordedText.objects.all()] == ["alices-own"]


def test_discarding_forgets_what_was_typed(window: Windows, computer: Computer, bob: User) -> None:
    _entry(computer, 1, bob, {"type": "type"}, "sesame-7531")
    form = _form("discard", "", **{"computer": computer.public_id, "from": "1", "to": "1"})
    left = window(bob).post("/macros/new/", form, headers=HTMX)["HX-Redirect"]
    assert left == f"/macros/?computer={computer.public_id}"
    assert not RecordedText.objects.exists() and not Macro.objects.exists()


def test_a_macro_of_another_team_does_not_run_here(window: Windows, computer: Computer, bob: User) -> None:
    elsewhere = Team.objects.create(name="Else", slug="else")
    Membership.objects.create(user=bob, team=elsewhere, role="operator")
    macro = Macro.objects.create(team=elsewhere, name="Theirs", steps=WAIT)
    address = f"/computers/{computer.public_id}/macro/"
    assert window(bob).get(f"{address}?macro={macro.pk}").status_code == 404
    assert window(bob).post(address, {"macro": macro.pk}, headers=HTMX).status_code == 404
    for odd in ("x", "9" * 19, "-1"):
        assert window(bob).post(address, {"macro": odd}, headers=HTMX).status_code == 404


def test_whoever_does_not_drive_does_not_run(
    window: Windows, computer: Computer, bob: User, login: Macro
) -> None:
    address = f"/computers/{computer.public_id}/macro/"
    answer = window(bob).post(address, {"macro": login.pk}, headers=HTMX)
    assert answer.status_code == 409
    assert "Take control first" in answer.content.decode()
