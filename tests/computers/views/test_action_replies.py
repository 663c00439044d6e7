"""What a form's answer holds: only what changes on the page, and the whole form where its errors must go."""

from __future__ import annotations

import pytest
from django.test import Client

from computers.models import Computer, ControlLease
from dashboard.models import User
from tests.computers.stub import Upstream
from tests.computers.views.conftest import HTMX, Windows

TAB = "bobs-tab"
OK = {"status": "SUCCESS", "request_id": "req-7", "result": {"n": 1}}


@pytest.fixture
def driving(window: Windows, computer: Computer, bob: User, upstream: Upstream) -> Client:
    """Bob drives, and upstream does what he wants."""
    ControlLease.objects.create(computer=computer, epoch=1, holder=bob, client=TAB)
    for verb in ("click", "type"):
        upstream.says("POST", f"/computers/{computer.upstream_id}/{verb}", OK)
    return window(bob)


def press(
    client: Client, computer: Computer, form: str, fields: dict[str, str], **headers: str
) -> tuple[str, dict[str, str]]:
    answer = client.post(
        f"/computers/{computer.public_id}/actions/{form}/",
        fields,
        headers={"X-Lightdeck-Client": TAB, **headers},
    )
    return answer.content.decode(), dict(answer.headers)


def test_success_sends_the_result_and_says_where_it_belongs(driving: Client, computer: Computer) -> None:
    page, headers = press(driving, computer, "click", {"x": "1", "y": "2"}, **HTMX)
    assert "req-7" in page
    assert "<form" not in page and "<input" not in page
    assert headers["HX-Retarget"] == "#act-click-result"
    assert headers["HX-Reswap"] == "innerHTML"
    form, _ = press(driving, computer, "click", {"x": "", "y": "2"}, **HTMX)
    assert 'id="act-click-result"' in form


def test_a_form_that_showed_errors_is_sent_whole_and_without_them(
    driving: Client, computer: Computer
) -> None:
    wrong, headers = press(driving, computer, "click", {"x": "", "y": "2"}, **HTMX)
    assert 'name="shows_errors"' in wrong and "act-click-x_error" in wrong
    assert "HX-Retarget" not in headers
    right, headers = press(driving, computer, "click", {"x": "1", "y": "2", "shows_errors": "1"}, **HTMX)
    assert "<form" in right and "req-7" in right
    assert "shows_errors" not in right and "has-errors" not in right
    assert "HX-Retarget" not in headers


def test_what_was_typed_is_emptied_and_not_sent_back(driving: Client, computer: Computer) -> None:
    page, _ = press(driving, computer, "type", {"text": "sesame-7531"}, **HTMX)
    assert "sesame" not in page
    assert 'id="act-type-text"' in page and 'hx-swap-oob="true"' in page
    whole, _ = press(driving, computer, "type", {"text": "sesame-7531", "shows_errors": "1"}, **HTMX)
    assert "sesame" not in whole and "hx-swap-oob" not in whole


def test_without_htmx_the_answer_is_a_page(driving: Client, computer: Computer) -> None:
    page, _ = press(driving, computer, "click", {"x": "1", "y": "2"})
    assert "<html" in page and "req-7" in page and "<form" in page
