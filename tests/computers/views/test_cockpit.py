"""The cockpit's page: the names that people and tests rely on, for each role and for a computer that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone

from computers.models import Computer, Connection
from dashboard.models import User
from tests.computers.views.conftest import Windows


def _page(window: Windows, user: User, computer: Computer) -> str:
    return str(window(user).get(f"/computers/{computer.public_id}/").content.decode())


def test_the_live_screen_is_an_application_of_that_name(
    window: Windows, computer: Computer, bob: User
) -> None:
    page = _page(window, bob, computer)
    assert re.search(r'role="application"\s+aria-label="Live screen"', page)


def test_neither_the_key_nor_upstreams_address_reaches_the_browser(
    window: Windows, connection: Connection, computer: Computer, bob: User
) -> None:
    page = _page(window, bob, computer)
    assert "sk_test" not in page and connection.base_url not in page


def test_a_viewer_may_look_but_not_drive(window: Windows, computer: Computer, vera: User) -> None:
    page = _page(window, vera, computer)
    assert 'data-may-drive="no"' in page and "Your role lets you watch." in page
    assert 'title="Terminate"' not in page


def test_one_that_ended_says_why_and_offers_another_like_it(
    window: Windows, make_computer: Callable[..., Computer], bob: User
) -> None:
    gone = make_computer(name="checkout-1", gone_at=timezone.now(), gone_reason="idle limit reached")
    page = _page(window, bob, gone)
    assert "This computer ended: idle limit reached." in page
    assert f"/computers/new/?like={gone.public_id}" in page
    assert 'title="Terminate"' not in page


def test_a_name_is_text_wherever_it_stands(
    window: Windows, make_computer: Callable[..., Computer], bob: User
) -> None:
    page = _page(window, bob, make_computer(name='"><script>alert(1)</script>'))
    assert "<script>alert" not in page
