"""Every address × nobody, a stranger, a viewer, an operator. What is not one's own looks like what is not there."""

from __future__ import annotations

import pytest
from django.test import Client

from computers.models import Computer
from computers.urls import urlpatterns
from dashboard.models import User
from tests.computers.views.conftest import HTMX, Windows

#: (address name, method) → status for a stranger, a viewer, an operator who does not drive.
MATRIX = {
    ("fleet", "get"): (422, 403, 200),
    ("fleet", "post"): (422, 403, 200),
    ("creation", "get"): (200, 403, 200),
    ("creation", "post"): (200, 403, 422),
    ("saved", "get"): (200, 200, 200),
    ("cockpit", "get"): (404, 200, 200),
    ("navigation", "post"): (404, 403, 409),
    ("back", "post"): (404, 403, 409),
    ("forward", "post"): (404, 403, 409),
    ("reload", "post"): (404, 403, 409),
    ("tabs", "get"): (404, 502, 502),
    ("tabs", "post"): (404, 403, 409),
    ("tab_closure", "post"): (404, 403, 409),
    ("tab_switch", "post"): (404, 403, 409),
    ("selection", "post"): (404, 403, 502),
    ("keep_alive", "post"): (404, 403, 502),
    ("hold", "get"): (404, 403, 200),
    ("hold", "post"): (404, 403, 502),
    ("hold_end", "post"): (404, 403, 200),
    ("acting", "get"): (404, 403, 200),
    ("acting", "post"): (404, 403, 409),
    ("screenshot", "post"): (404, 403, 502),
    ("html", "post"): (404, 403, 502),
    ("capture", "get"): (404, 404, 404),
    ("viewport", "get"): (404, 403, 200),
    ("viewport", "post"): (404, 403, 409),
    ("proxy", "get"): (404, 403, 200),
    ("proxy", "post"): (404, 403, 409),
    ("connection_new", "get"): (404, 403, 403),
    ("connection_new", "post"): (404, 403, 403),
    ("connection", "get"): (404, 403, 403),
    ("connection", "post"): (404, 403, 403),
    ("connection_test", "post"): (404, 403, 403),
    ("connection_removal", "get"): (404, 403, 403),
    ("connection_removal", "post"): (404, 403, 403),
    ("timeline", "get"): (404, 200, 200),
    ("timeline_export", "get"): (404, 200, 200),
    ("recording", "get"): (404, 403, 404),
    ("recording", "post"): (404, 403, 409),
    ("recording_end", "post"): (404, 403, 409),
    ("macro_run", "get"): (404, 403, 200),
    ("macro_run", "post"): (404, 403, 422),
    ("macros", "get"): (200, 200, 200),
    ("macro_new", "get"): (200, 403, 200),
    ("macro_new", "post"): (200, 403, 200),
    ("macro", "get"): (404, 404, 404),
    ("macro", "post"): (404, 404, 404),
    ("macro_deletion", "get"): (404, 404, 404),
    ("macro_deletion", "post"): (404, 404, 404),
    ("pin", "post"): (404, 204, 204),
    ("termination", "get"): (404, 403, 200),
    ("termination", "post"): (404, 403, 409),
}
PLACES = {
    "fleet": "/fleet/termination/",
    "creation": "/computers/new/",
    "saved": "/computers/new/saved/",
    "cockpit": "/computers/{id}/",
    "navigation": "/computers/{id}/navigation/",
    "back": "/computers/{id}/navigation/back/",
    "forward": "/computers/{id}/navigation/forward/",
    "reload": "/computers/{id}/navigation/reload/",
    "tabs": "/computers/{id}/tabs/",
    "tab_closure": "/computers/{id}/tabs/T1/closure/",
    "tab_switch": "/computers/{id}/tabs/T1/switch/",
    "selection": "/computers/{id}/selection/",
    "keep_alive": "/computers/{id}/keep-alive/",
    "hold": "/computers/{id}/hold/",
    "hold_end": "/computers/{id}/hold/end/",
    "acting": "/computers/{id}/actions/click/",
    "screenshot": "/computers/{id}/screenshot/",
    "html": "/computers/{id}/html/",
    "capture": "/computers/{id}/captures/none/",
    "viewport": "/computers/{id}/viewport/",
    "proxy": "/computers/{id}/proxy/",
    "connection_new": "/team/home/connections/new/",
    "connection": "/team/home/connections/{connection}/",
    "connection_test": "/team/home/connections/{connection}/test/",
    "connection_removal": "/team/home/connections/{connection}/removal/",
    "timeline": "/computers/{id}/timeline/",
    "timeline_export": "/computers/{id}/timeline/export/",
    "recording": "/computers/{id}/recording/",
    "recording_end": "/computers/{id}/recording/end/",
    "macro_run": "/computers/{id}/macro/",
    "macros": "/macros/",
    "macro_new": "/macros/new/",
    "macro": "/macros/77/",
    "macro_deletion": "/macros/77/deletion/",
    "pin": "/computers/{id}/pin/",
    "termination": "/computers/{id}/termination/",
}


#: What every form is sent: each takes its own.
ASKED = {"url": "example.org", "x": "1", "y": "2", "width": "800", "height": "600", "scale_factor": "1"}


def _ask(client: Client, name: str, method: str, computer: Computer) -> int:
    address = PLACES[name].format(id=computer.public_id, connection=computer.connection_id)
    asked = {**ASKED, "computers": computer.public_id}
    status: int = getattr(client, method)(address, asked, headers=HTMX).status_code
    return status


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PLACES) == {name for name, _ in MATRIX}


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_nobody_is_sent_to_sign_in(computer: Computer, name: str, method: str) -> None:
    address = PLACES[name].format(id=computer.public_id, connection=computer.connection_id)
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_each_role_gets_what_the_matrix_says(
    window: Windows, computer: Computer, bob: User, vera: User, charlie: User, name: str, method: str
) -> None:
    found = tuple(_ask(window(user), name, method, computer) for user in (charlie, vera, bob))
    assert found == MATRIX[name, method]


@pytest.mark.parametrize("name", [name for name in PLACES if "{id}" in PLACES[name]])
def test_an_unknown_computer_is_not_found(window: Windows, bob: User, name: str) -> None:
    method = "get" if (name, "get") in MATRIX else "post"
    assert getattr(window(bob), method)(PLACES[name].format(id="no-such-id")).status_code == 404


def test_a_fragment_asked_for_after_the_session_ended_sends_the_whole_page_to_sign_in(
    computer: Computer,
) -> None:
    answer = Client().post(f"/computers/{computer.public_id}/navigation/", headers=HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2F"
