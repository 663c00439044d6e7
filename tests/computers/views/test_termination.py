"""Ending a computer: asked first, naming the driver; asked again if the driver changed meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from computers.actions import machines
from computers.models import Computer, ControlLease
from computers.upstream.errors import UpstreamFailed
from dashboard.models import User
from tests.computers.views.conftest import HTMX, Windows


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each computer that was ended; an exception put first into it is raised instead."""
    calls: list[Any] = []

    async def terminate(actor: Any, computer: Computer) -> None:
        if calls and isinstance(calls[0], Exception):
            raise calls[0]
        calls.append(computer)

    monkeypatch.setattr(machines, "terminate", terminate)
    return calls


def _place(computer: Computer) -> str:
    return f"/computers/{computer.public_id}/termination/"


def test_the_question_names_the_computer_and_the_driver(
    window: Windows, computer: Computer, alice: User, bob: User
) -> None:
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", epoch=1)
    question = window(alice).get(_place(computer), headers=HTMX).content.decode()
    assert "Terminate checkout-1?" in question and "Bob is driving it." in question
    assert ">Confirm</button>" in question and "<html" not in question


def test_nothing_ends_before_it_is_confirmed(
    window: Windows, ended: list[Any], computer: Computer, bob: User
) -> None:
    window(bob).get(_place(computer))
    window(bob).post(_place(computer))
    assert ended == []


def test_confirmed_it_ends_and_leads_back_to_the_wall(
    window: Windows, ended: list[Any], computer: Computer, bob: User
) -> None:
    answer = window(bob).post(_place(computer), {"epoch": "0"}, headers=HTMX)
    assert answer["HX-Redirect"] == "/"
    assert ended == [computer]


def test_a_driver_who_came_meanwhile_is_named_first(
    window: Windows, ended: list[Any], computer: Computer, alice: User, bob: User
) -> None:
    ControlLease.objects.create(computer=computer, holder=bob, client="bobs-tab", epoch=1)
    answer = window(alice).post(_place(computer), {"epoch": "0"}, headers=HTMX)
    assert answer.status_code == 409 and ended == []
    assert "Bob is driving it." in answer.content.decode()


def test_upstreams_refusal_is_said_in_the_dialog(
    window: Windows, ended: list[Any], computer: Computer, bob: User
) -> None:
    ended.append(UpstreamFailed("The Lightcone service had a failure of its own (500)."))
    answer = window(bob).post(_place(computer), {"epoch": "0"}, headers=HTMX)
    assert answer.status_code == 502
    assert "a failure of its own" in answer.content.decode()
