"""Where the page goes: a refusal is a sentence beside the toolbar, with htmx and without."""

from __future__ import annotations

from typing import Any

import pytest

from computers.actions import Refused, browse
from computers.models import Computer
from computers.upstream.errors import NoAnswer
from dashboard.models import User
from dashboard.permissions import Actor
from tests.computers.views.conftest import HTMX, Windows


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """(actor, address) of each navigation; an exception put first into it is raised instead."""
    calls: list[Any] = []

    async def navigate(actor: Actor, computer: Computer, address: str) -> str:
        if calls and isinstance(calls[0], Exception):
            raise calls[0]
        calls.append((actor, address))
        return address

    monkeypatch.setattr(browse, "navigate", navigate)
    return calls


def _go(window: Windows, user: User, computer: Computer, **headers: str) -> Any:
    return window(user).post(
        f"/computers/{computer.public_id}/navigation/", {"url": "example.org"}, headers=headers
    )


def test_it_acts_as_the_person_in_the_tab_they_act_from(
    window: Windows, asked: list[Any], computer: Computer, bob: User
) -> None:
    answer = _go(window, bob, computer, **HTMX, **{"X-Lightdeck-Client": "bobs-tab"})
    assert answer.status_code == 200 and answer.content.strip() == b""
    ((actor, address),) = asked
    assert (actor.user, actor.client, actor.address, address) == (bob, "bobs-tab", "127.0.0.1", "example.org")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refused("That is not a web address.", "address_invalid"), 400),
        (Refused("Alice is driving this computer.", "held"), 409),
        (Refused("checkout-1 has ended.", "gone"), 410),
        (NoAnswer("The Lightcone service did not answer."), 502),
    ],
)
def test_a_refusal_is_a_sentence_with_a_status(
    window: Windows, asked: list[Any], computer: Computer, bob: User, refusal: Exception, status: int
) -> None:
    asked.append(refusal)
    answer = _go(window, bob, computer, **HTMX)
    assert answer.status_code == status
    assert str(refusal) in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_without_scripts_one_comes_back_to_the_cockpit_and_reads_it_there(
    window: Windows, asked: list[Any], computer: Computer, bob: User
) -> None:
    asked.append(Refused("That is not a web address.", "address_invalid"))
    place = f"/computers/{computer.public_id}/"
    answer = window(bob).post(f"{place}navigation/", {"url": "nonsense"}, follow=True)
    assert answer.redirect_chain == [(place, 302)]
    assert "That is not a web address." in answer.content.decode()
