"""No address and no socket without a line in an access matrix: whoever adds one says who may reach it."""

from __future__ import annotations

from dashboard.routing import urlpatterns as sockets
from tests.dashboard.access.test_sockets import SOCKETS
from tests.support.addresses import ACCOUNTS, addresses, matrices, patterns


def test_every_address_is_in_a_matrix() -> None:
    listed = {
        id(pattern)
        for module in matrices()
        for pattern in module.urlpatterns
        if pattern.name in module.PLACES and any(name == pattern.name for name, _ in module.MATRIX)
    }
    missing = [
        f"{route} ({pattern.name})"
        for route, pattern in patterns()
        if id(pattern) not in listed and not route.startswith(ACCOUNTS)
    ]
    assert not missing, "a line in MATRIX and PLACES of a test_access.py is missing for: " + ", ".join(
        missing
    )


def test_every_line_is_asked_with_a_method() -> None:
    assert [each.name for each in addresses() if not each.methods] == []


def test_every_socket_is_in_the_matrix() -> None:
    assert {str(pattern.pattern) for pattern in sockets} == set(SOCKETS), (
        "see tests/dashboard/access/test_sockets.py"
    )
