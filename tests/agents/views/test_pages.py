"""The pages of tasks, as they are rendered: nothing is hidden, nothing is executed, nobody sees another team's."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Step, Task, Template
from agents.views.playground.page import SCRIPTED
from computers.models import Capture, Computer, Connection
from dashboard.models import AuditEvent, User
from local_lightcone.agents.spec import DEFAULT_SECONDS, DEFAULT_STEPS
from tests.computers.views.conftest import HTMX, Windows


def make(connection: Connection, instruction: str = "Pay the invoices", **fields: Any) -> Task:
    wish = {"instruction": instruction, **fields.pop("wish", {})}
    return Task.objects.create(connection=connection, instruction=instruction, wish=wish, **fields)


def step(task: Task, number: int, kind: str = "thinking", text: str = "", **fields: Any) -> Step:
    Task.objects.filter(pk=task.pk).update(steps=number)
    return Step.objects.create(task=task, number=number, kind=kind, text=text, **fields)


def page(window: Windows, user: User, address: str) -> str:
    answer = window(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_filters_and_searches(window: Windows, connection: Connection, bob: User) -> None:
    make(connection, "Pay the invoices", state="running")
    make(connection, "Check the stock", state="paused", needs_human_why="Which shop?")
    make(connection, "Old work", state="completed")
    every = page(window, bob, "/tasks/")
    assert all(text in every for text in ("Pay the invoices", "Check the stock", "Old work", "All 3"))
    assert "Old work" not in page(window, bob, "/tasks/?show=running")
    assert "Check the stock" in page(window, bob, "/tasks/?show=paused")
    found = page(window, bob, "/tasks/?q=STOCK")
    assert "Check the stock" in found and "Old work" not in found
    assert "No task fits" in page(window, bob, "/tasks/?q=nothing+like+it")


def test_a_stranger_sees_none_of_them(window: Windows, connection: Connection, charlie: User) -> None:
    make(connection)
    assert "Pay the invoices" not in page(window, charlie, "/tasks/")


def test_an_empty_list_says_what_to_do(
    window: Windows, connection: Connection, bob: User, vera: User
) -> None:
    assert "Start the first task" in page(window, bob, "/tasks/")
    assert "An operator of your team can start one" in page(window, vera, "/tasks/")


def test_a_page_shows_every_step_newest_first_and_escapes_what_it_says(
    window: Windows, connection: Connection, bob: User
) -> None:
    task = make(connection, state="running", upstream_id="t1")
    step(task, 1, "thinking", "<script>alert(1)</script>")
    step(task, 2, "subagent", data={"type": "subagent", "depth": 2})
    step(task, 3, "gap", "The stream broke off.", ours=True)
    step(task, 4, "paused", "It is paused.", ours=True, data={"by": "Ada"})
    step(task, 5, "thinking", "x" * 1000, cut=7)
    text = page(window, bob, f"/tasks/{task.public_id}/")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert text.index('data-number="5"') < text.index('data-number="1"')
    assert "&quot;depth&quot;: 2" in text and "<b>Ada</b>" in text
    assert "7 more characters were left out" in text and "All of it" in text
    assert ">Pause</button>" in text and ">Resume</button>" not in text


def test_a_viewer_has_no_buttons(window: Windows, connection: Connection, vera: User) -> None:
    task = make(connection, state="running", upstream_id="t1")
    text = page(window, vera, f"/tasks/{task.public_id}/")
    assert ">Pause</button>" not in text and 'name="message"' not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "lost", "error": "The service does not know it."}, "The service does not know it."),
        ({"state": "running", "stuck_why": "Nothing has been heard."}, "Nothing has been heard."),
        ({"state": "completed", "result": "42 <b>"}, "42 &lt;b&gt;"),
        ({"state": "running", "gaps": 2}, "2 gaps"),
        ({"state": "running", "upstream_word": "contemplating"}, "contemplating"),
    ],
)
def test_the_head_tells_the_truth(
    window: Windows, connection: Connection, bob: User, fields: dict[str, Any], said: str
) -> None:
    task = make(connection, **fields)
    assert said in page(window, bob, f"/tasks/{task.public_id}/")


def test_a_picture_is_ours_and_its_absence_is_told(
    window: Windows, connection: Connection, computer: Computer, bob: User
) -> None:
    task = make(connection, computer=computer, state="running")
    capture = Capture.objects.create(computer=computer, kind="screenshot", media_type="image/jpeg", file="x")
    step(task, 1, "screenshot", capture=capture)
    step(task, 2, "screenshot", picture_url="https://secret.example/x?token=1")
    step(task, 3, "screenshot", picture_trouble="It is too large.")
    text = page(window, bob, f"/tasks/{task.public_id}/")
    assert f"/captures/{capture.name}/" in text and "being copied" in text and "It is too large." in text
    assert "secret.example" not in text


def test_steps_before_and_after_a_number(window: Windows, connection: Connection, bob: User) -> None:
    task = make(connection)
    for number in range(1, 121):
        step(task, number, text=f"n{number}.")
    newest = page(window, bob, f"/tasks/{task.public_id}/steps/")
    assert "n120." in newest and "n70." not in newest and 'data-earlier="yes"' in newest
    before = page(window, bob, f"/tasks/{task.public_id}/steps/?before=71")
    assert "n70." in before and "n71." not in before
    after = page(window, bob, f"/tasks/{task.public_id}/steps/?after=118")
    assert "n119." in after and "n118." not in after and 'data-complete="yes"' in after


def test_the_form_starts_one_task_on_each_computer(
    window: Windows, connection: Connection, make_computer: Any, bob: User
) -> None:
    computers = [make_computer(name=name) for name in ("a", "b")]
    asked = {"instruction": "Look", "computers": [each.public_id for each in computers], "metadata": "x = 1"}
    answer = window(bob).post("/tasks/new/", {**asked, "op": "start"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/tasks/")
    rows = Task.objects.order_by("pk")
    assert [row.wish["computer_id"] for row in rows] == [each.upstream_id for each in computers]
    assert rows[0].wish["metadata"] == {"x": "1"}


def test_the_form_says_what_is_taken_where_nothing_is_chosen(
    window: Windows, connection: Connection, bob: User
) -> None:
    text = page(window, bob, "/tasks/new/")
    assert f"locally {DEFAULT_STEPS}." in text and f"locally {DEFAULT_SECONDS // 60}." in text
    assert f"{SCRIPTED} built in, which is no language model" in text


def test_a_single_task_leads_to_its_page(window: Windows, connection: Connection, bob: User) -> None:
    answer = window(bob).post("/tasks/new/", {"instruction": "Look", "kind": "browser"})
    task = Task.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/tasks/{task.public_id}/")


def test_what_was_wrong_stands_beside_its_field(
    window: Windows, connection: Connection, bob: User, computer: Computer
) -> None:
    client = window(bob)
    answer = client.post("/tasks/new/", {"instruction": "Look", "max_steps": "0"}, headers=HTMX)
    assert answer.status_code == 422 and "has-errors" in answer.content.decode()
    make(connection, computer=computer, state="running")
    asked = {"instruction": "Look", "computers": computer.public_id}
    answer = client.post("/tasks/new/", asked, headers=HTMX)
    assert answer.status_code == 409 and "at work" in answer.content.decode()


def test_a_template_is_saved_offered_and_begun_with(
    window: Windows, connection: Connection, bob: User, charlie: User
) -> None:
    client = window(bob)
    asked = {"instruction": "Weekly report", "model": "m", "op": "template", "template_name": "Report"}
    answer = client.post("/tasks/new/", asked, headers=HTMX)
    assert answer.status_code == 200 and "was saved" in answer.content.decode()
    template = Template.objects.get()
    assert (template.name, template.fields) == ("Report", {"instruction": "Weekly report", "model": "m"})
    assert Task.objects.count() == 0
    text = page(window, bob, f"/tasks/new/?template={template.pk}")
    assert "Weekly report" in text and "Begin with" in text
    assert "Weekly report" not in page(window, charlie, f"/tasks/new/?template={template.pk}")
    assert "Begin with" in page(window, bob, "/tasks/new/?template=²")
    assert AuditEvent.objects.filter(action="task.template", outcome="succeeded").count() == 1
    answer = client.post("/tasks/new/", {**asked, "template_name": " "}, headers=HTMX)
    assert answer.status_code == 422 and "A name has" in answer.content.decode()


def test_one_like_it_begins_with_its_wish(window: Windows, connection: Connection, bob: User) -> None:
    task = make(connection, "Do it again", wish={"model": "special", "max_duration_seconds": 120})
    text = page(window, bob, f"/tasks/new/?like={task.public_id}")
    assert "Do it again" in text and 'value="special"' in text and 'value="2"' in text


def test_an_admin_switches_how_tasks_are_read(window: Windows, connection: Connection, alice: User) -> None:
    address = f"/team/home/connections/{connection.pk}/"
    asked = {"every_switch": "1", "attaches_tasks": "on", "name": "Test", "base_url": connection.base_url}
    assert window(alice).post(address, asked, headers=HTMX).status_code == 204
    connection.refresh_from_db()
    assert (connection.attaches_tasks, connection.streams_tasks) == (True, False)
    assert "gives no steps" in page(window, alice, "/tasks/")
