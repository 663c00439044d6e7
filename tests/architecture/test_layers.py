"""Design §3: an import points down only."""

from __future__ import annotations

import pytest

from tests.architecture.source import OWN, PACKAGES, Import, imports

#: From the top: a module belongs to the line with the longest of its prefixes. It may import its own line and below.
LAYERS: list[tuple[str, tuple[str, ...]]] = [
    (
        "composition",
        (
            "dashboard.asgi",
            "dashboard.urls",
            "dashboard.routing",
            "dashboard.services",
            "dashboard.settings",
            "dashboard.views",
            "dashboard.management",
            "dashboard.supervisor",
        ),
    ),
    ("agents", ("agents",)),
    (
        "computers: views, consumers and services",
        (
            "computers.views",
            "computers.consumers",
            "computers.fleet",
            "computers.timeline.follower",
            "computers.timeline.listening",
            "computers.urls",
            "computers.templatetags",
        ),
    ),
    ("computers: actions", ("computers.actions", "computers.macros")),
    ("computers: relay", ("computers.relay",)),
    ("computers: connections", ("computers.connections",)),
    ("computers: upstream", ("computers.upstream",)),
    ("computers: rows", ("computers",)),
    ("computers: wire", ("computers.wire",)),
    ("foundation", ("dashboard",)),
]

#: Pure formats: no Django, no sockets, no clock.
WIRE_MAY_NOT = ("django", "channels", "asyncio", "socket", "time", "httpx", "websockets", "dashboard")
NETWORK = ("httpx", "httpx_sse", "websockets")
#: The server's side of a browser's socket, where frames are written past ASGI: no connection is opened there.
SERVER_SIDE = ("dashboard.direct",)


def layer(module: str) -> int | None:
    """The number of its line, from the top, by the longest prefix; None if it is not ours."""
    fitting = [
        (len(prefix), number)
        for number, (_, prefixes) in enumerate(LAYERS)
        for prefix in prefixes
        if module == prefix or module.startswith(prefix + ".")
    ]
    return max(fitting)[1] if fitting else None


def is_ours(target: str) -> bool:
    return target.split(".")[0] in OWN


def describe(found: list[Import]) -> str:
    return "\n".join(str(one) for one in found)


def test_no_import_points_up() -> None:
    wrong = []
    for found in imports("dashboard", "computers", "agents"):
        own, other = layer(found.module), layer(found.target)
        if own is not None and other is not None and other < own and not found.typing_only:
            wrong.append(found)
    assert not wrong, describe(wrong)


def test_the_local_server_and_the_house_do_not_know_each_other() -> None:
    house = [
        one for one in imports("dashboard", "computers", "agents") if one.target.startswith("local_lightcone")
    ]
    local = [one for one in imports("local_lightcone") if is_ours(one.target)]
    wrong = house + [one for one in local if not one.target.startswith("local_lightcone")]
    assert not wrong, describe(wrong)


def test_none_of_our_packages_is_imported_inside_a_function() -> None:
    wrong = [one for one in imports(*PACKAGES) if one.inside and is_ours(one.target)]
    assert not wrong, describe(wrong)


def test_the_product_does_not_import_its_tests() -> None:
    wrong = [one for one in imports(*PACKAGES) if one.target.startswith("tests.")]
    assert not wrong, describe(wrong)


def test_only_upstream_speaks_to_the_network() -> None:
    wrong = [
        one
        for one in imports("dashboard", "computers", "agents")
        if one.target.split(".")[0] in NETWORK
        and not one.module.startswith("computers.upstream")
        and one.module not in SERVER_SIDE
    ]
    assert not wrong, describe(wrong)


@pytest.mark.parametrize("forbidden", WIRE_MAY_NOT)
def test_the_wire_is_pure(forbidden: str) -> None:
    wrong = [
        one
        for one in imports("computers")
        if one.module.startswith("computers.wire") and one.target.split(".")[0] == forbidden
    ]
    assert not wrong, describe(wrong)
