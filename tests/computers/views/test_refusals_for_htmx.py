"""What is refused before a view can explain itself: a page for a browser, a fragment for htmx."""

from __future__ import annotations

import pytest

from computers.models import Computer
from dashboard.models import User
from dashboard.views import errors
from tests.computers.views.conftest import HTMX, Windows


@pytest.mark.parametrize(
    ("id", "status", "sentence"), [("", 403, errors.NOT_ALLOWED), ("no-such-id", 404, errors.NOT_FOUND)]
)
def test_htmx_gets_a_sentence_and_a_browser_a_page(
    window: Windows, computer: Computer, vera: User, id: str, status: int, sentence: str
) -> None:
    address = f"/computers/{id or computer.public_id}/termination/"
    fragment = window(vera).get(address, headers=HTMX)
    assert fragment.status_code == status
    assert fragment.content.decode() == f'<p class="errorlist" role="alert">{sentence}</p>'
    page = window(vera).get(address)
    assert page.status_code == status and b"<html" in page.content


def test_first_fields_have_the_focus(window: Windows, connection: object, bob: User) -> None:
    assert window(bob).get("/computers/new/").content.count(b"autofocus") == 1
