"""Many computers at once: the question names the count, and each tells what came of it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from computers.models import Computer, ControlLease
from computers.relay.hub import HUB
from computers.views import bulk
from dashboard.models import AuditEvent, Membership, Team, User
from tests.computers.stub import Answer, Upstream
from tests.computers.views.conftest import HTMX, Windows

Make = Callable[..., Computer]


def ask(window: Windows, user: User, verb: str, *computers: Computer) -> str:
    chosen = {"computers": [each.public_id for each in computers]}
    return str(window(user).get(f"/fleet/{verb}/", chosen, headers=HTMX).content.decode())


def act(window: Windows, user: User, verb: str, *computers: Computer, **fields: str) -> str:
    """What a person who was asked confirms, and what they are told."""
    question = ask(window, user, verb, *computers)
    hidden = re.findall(r'type="hidden"\s+name="(epoch-[^"]+)"\s+value="(\d+)"', question)
    sent: dict[str, Any] = {"computers": [each.public_id for each in computers], **dict(hidden), **fields}
    return str(window(user).post(f"/fleet/{verb}/", sent, headers=HTMX).content.decode())


def results(page: str) -> list[str]:
    """Each line of the answer as text."""
    lines = re.findall(r"<li class=\"is-\w+\">(.*?)</li>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


@pytest.fixture
def three(make_computer: Make, upstream: Upstream) -> list[Computer]:
    made = [make_computer(name=name) for name in ("a", "b", "c")]
    for each in made:
        upstream.says("DELETE", f"/computers/{each.upstream_id}", Answer(204))
        upstream.says("POST", f"/computers/{each.upstream_id}/keepalive", {})
        upstream.says("GET", f"/computers/{each.upstream_id}/status", {"id": each.upstream_id})
    return made


def test_the_question_names_the_count_and_those_who_drive(
    window: Windows, make_computer: Make, alice: User, bob: User
) -> None:
    made = [make_computer(name=f"shop-{number}") for number in range(15)]
    ControlLease.objects.create(computer=made[14], holder=bob, client="t", epoch=3)
    page = ask(window, alice, "termination", *made)
    assert "Terminate 15 computers?" in page and "and 3 more" in page
    assert "shop-14" in page and "(Bob is driving it)" in page
    assert "Terminate 1 computer?" in ask(window, alice, "termination", made[0])


def test_each_tells_what_came_of_it_refusals_first(
    window: Windows, three: list[Computer], upstream: Upstream, bob: User
) -> None:
    path = f"/computers/{three[1].upstream_id}"
    upstream.says("DELETE", path, Answer(500, {"title": "boom", "status": 500}))
    page = act(window, bob, "termination", *three)
    assert "2 of 3 were terminated." in page
    found = results(page)
    assert found[0].startswith("b ") and "boom" in found[0]
    assert found[1:] == ["a It was terminated.", "c It was terminated."]
    gone = {each.name for each in Computer.objects.exclude(gone_at=None)}
    assert gone == {"a", "c"}
    outcomes = AuditEvent.objects.exclude(outcome="requested").values_list("target_name", "outcome")
    assert len(outcomes) == 3 and ("a", "succeeded") in outcomes


def test_one_whose_driver_changed_meanwhile_is_left_alone(
    window: Windows, three: list[Computer], upstream: Upstream, alice: User, bob: User
) -> None:
    question = ask(window, alice, "termination", *three)
    ControlLease.objects.create(computer=three[0], holder=bob, client="t", epoch=1)
    hidden = dict(re.findall(r'type="hidden"\s+name="(epoch-[^"]+)"\s+value="(\d+)"', question))
    sent = {"computers": [each.public_id for each in three], **hidden}
    page = window(alice).post("/fleet/termination/", sent, headers=HTMX).content.decode()
    assert "has changed meanwhile" in results(page)[0] and "2 of 3" in page
    assert not upstream.asked("DELETE", f"/computers/{three[0].upstream_id}")


def test_nothing_is_done_to_what_is_not_theirs(
    window: Windows, three: list[Computer], upstream: Upstream, bob: User, charlie: User
) -> None:
    elsewhere = Team.objects.create(name="Third", slug="third")
    Membership.objects.create(user=charlie, team=elsewhere, role="owner")
    assert "None of them is there" in act(window, charlie, "termination", *three)
    assert upstream.requests == [] and not Computer.objects.exclude(gone_at=None).exists()


def test_so_many_at_a_time_and_no_more(
    window: Windows, make_computer: Make, upstream: Upstream, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    lock, now, most = threading.Lock(), 0, 0
    answers = upstream.answer_to

    def counted(method: str, path: str) -> Any:
        nonlocal now, most
        with lock:
            now, most = now + 1, max(most, now + 1)
        threading.Event().wait(0.05)
        with lock:
            now -= 1
        return answers(method, path)

    monkeypatch.setattr(upstream, "answer_to", counted)
    made = [make_computer(name=f"n{number}") for number in range(9)]
    for each in made:
        upstream.says("DELETE", f"/computers/{each.upstream_id}", Answer(204))
    assert "9 of 9 were terminated." in act(window, bob, "termination", *made)
    assert most == 3


def test_more_than_can_be_meant_is_refused(window: Windows, bob: User) -> None:
    ids = [str(number) for number in range(bulk.LIMIT + 1)]
    answer = window(bob).post("/fleet/keep-alive/", {"computers": ids}, headers=HTMX)
    assert (answer.status_code, "at most 500" in answer.content.decode()) == (422, True)


def test_an_address_that_cannot_be_one_is_said_beside_it_and_nothing_is_asked(
    window: Windows, three: list[Computer], upstream: Upstream, bob: User
) -> None:
    sent = {"computers": [each.public_id for each in three], "url": "file:///etc/passwd"}
    answer = window(bob).post("/fleet/navigation/", sent, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 400 and "Send 3 computers to an address?" in page
    assert 'value="file:///etc/passwd"' in page and upstream.requests == []


def test_whoever_drives_is_not_disturbed_and_control_is_given_back(
    window: Windows, three: list[Computer], alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[str] = []

    async def navigate(_actor: Any, computer: Computer, url: str) -> str:
        went.append(computer.name)
        return url

    monkeypatch.setattr("computers.views.bulk_verbs.browse.navigate", navigate)
    for computer, driver in zip(three, (alice, bob), strict=False):
        ControlLease.objects.create(computer=computer, holder=driver, client="t", epoch=1)
    found = results(act(window, bob, "navigation", *three, url="example.org"))
    assert "Alice is driving this computer." in found[0] and "from another tab" in found[1]
    assert found[2] == "c It shows example.org" and went == ["c"]
    assert not ControlLease.objects.get(computer=three[2]).holder
    assert HUB.opened(three[2]) is None


def test_without_htmx_it_is_a_page_of_its_own(window: Windows, three: list[Computer], bob: User) -> None:
    page = window(bob).get("/fleet/keep-alive/", {"computers": three[0].public_id}).content.decode()
    assert "<html" in page and "Keep 1 computer alive?" in page
    assert window(bob).get("/fleet/dancing/").status_code == 404
