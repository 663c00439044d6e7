"""Browsers without a window: the cast, signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dashboard.models import User

Windows = Callable[[User], Client]

#: What htmx sends along.
HTMX = {"HX-Request": "true"}


@pytest.fixture
def window() -> Windows:
    """`window(bob)`: a browser in which that person is signed in."""

    def open_for(user: User) -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return open_for
