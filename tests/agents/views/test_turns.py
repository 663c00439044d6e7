"""Taking over and handing back, as pages and replies say it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agents.models import Task
from computers.models import Computer, Connection, ControlLease, Kind, TimelineEvent
from dashboard.models import User
from tests.computers.views.conftest import HTMX, Windows

TAB = {**HTMX, "X-Lightdeck-Client": "bobs-tab"}


@pytest.fixture
def task(connection: Connection, computer: Computer) -> Task:
    """One that runs on the computer; its service cannot be reached."""
    made = Task.objects.create(
        connection=connection, computer=computer, instruction="Look", state="running", upstream_id="t1"
    )
    known = {"agent_task": made.public_id, "agent_label": "Look", "agent_state": "running"}
    Computer.objects.filter(pk=computer.pk).update(**known)
    return made


def lease() -> ControlLease:
    return ControlLease.objects.select_related("holder").get()


def test_an_agent_that_cannot_be_stopped_brings_the_other_way(window: Windows, task: Task, bob: User) -> None:
    address = f"/tasks/{task.public_id}/take-over/"
    answer = window(bob).post(address, {"from": "cockpit"}, headers=TAB)
    said = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dialog")
    assert "The agent was left as it is; nobody drives." in said
    assert "Take control anyway" in said and 'value="cockpit"' in said
    assert (lease().holder, lease().state) == (None, "")
    page = window(bob).post(address).content.decode()
    assert "Skip to the content" in page and "Take control anyway" in page


def test_control_anyway_is_for_the_tab_that_asked(window: Windows, task: Task, bob: User) -> None:
    address = f"/tasks/{task.public_id}/take-over/"
    wrong = window(bob).post(address, {"op": "anyway", "reason": " "}, headers=TAB)
    assert wrong.status_code == 422 and "Say why" in wrong.content.decode()
    answer = window(bob).post(
        address, {"op": "anyway", "reason": "It pays twice", "from": "cockpit"}, headers=TAB
    )
    assert "took-over" in answer["HX-Trigger"] and "dialog-done" in answer["HX-Trigger"]
    assert "may act at the same time" in answer.content.decode()
    assert (lease().holder, lease().client) == (bob, "bobs-tab")


def test_from_anywhere_else_it_leads_to_the_cockpit(
    window: Windows, task: Task, computer: Computer, bob: User
) -> None:
    address = f"/tasks/{task.public_id}/take-over/"
    fields = {"op": "anyway", "reason": "It pays twice"}
    answer = window(bob).post(address, fields, headers=TAB)
    assert (answer.status_code, answer["HX-Redirect"]) == (
        204,
        f"/computers/{computer.public_id}/#driving",
    )


def test_who_drives_is_named_to_whoever_comes_second(
    window: Windows, task: Task, computer: Computer, alice: User, bob: User
) -> None:
    ControlLease.objects.create(
        computer=computer, state="taking_over", reserved_by=alice, reserved_at=timezone.now(), reservation="x"
    )
    answer = window(bob).post(f"/tasks/{task.public_id}/take-over/", headers=TAB)
    assert answer.status_code == 409 and "Alice is taking over here just now" in answer.content.decode()


def test_the_dialog_has_the_note(window: Windows, task: Task, computer: Computer, bob: User) -> None:
    since = timezone.now()
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", taken_at=since)
    TimelineEvent.objects.create(
        computer=computer, number=1, kind=Kind.INPUT, actor_id_copy=bob.pk, sentence="clicked <(1, 2)>"
    )
    address = f"/tasks/{task.public_id}/hand-back/"
    said = window(bob).get(address, headers=TAB).content.decode()
    assert "- clicked &lt;(1, 2)&gt;" in said
    other_tab = window(bob).post(address, {"note": "mine"}, headers={**HTMX, "X-Lightdeck-Client": "another"})
    assert other_tab.status_code == 409 and other_tab["HX-Retarget"] == "#dialog"
    assert "another tab" in other_tab.content.decode() and ">mine</textarea>" in other_tab.content.decode()


def test_each_sees_the_buttons_that_are_theirs(
    window: Windows, task: Task, computer: Computer, bob: User, alice: User, vera: User
) -> None:
    def page(user: User, address: str = f"/tasks/{task.public_id}/") -> str:
        return str(window(user).get(address).content.decode())

    assert ">Take over</button>" in page(bob) and ">Take over</button>" not in page(vera)
    assert "Take over checkout-1" in page(bob, "/") and "Take over checkout-1" not in page(vera, "/")
    Task.objects.filter(pk=task.pk).update(state="paused")
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab")
    assert "Hand back" in page(bob) and "you drive" in page(bob)
    assert "Hand back" not in page(alice) and "Bob drives" in page(alice) and ">Resume<" not in page(alice)
    Computer.objects.filter(pk=computer.pk).update(gone_at=timezone.now())
    ControlLease.objects.update(holder=None, client="")
    assert ">Take over</button>" not in page(bob)
