"""Opening a computer."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers.actions import Refused, machines
from computers.actions.machines import NewComputer
from computers.models import Computer, Connection
from computers.upstream import errors
from dashboard import live
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers.conftest import audit, every_computer, last_audit, soon
from tests.computers.stub import HALF_A_BODY, HTML, Answer, Silence, Upstream

WISH = NewComputer("browser", "checkout-1", 1280, 800, "example.com", 60, 15)
CREATED = {
    "id": "comp_288260313177191951",
    "kind": "browser",
    "status": "ready",
    "created_at": "2026-05-24T12:52:45Z",
    "expires_at": "2026-05-24T13:52:45Z",
    "idle_expires_at": "2026-05-24T13:07:45Z",
    "endpoints": {"cdp": "/computers/comp_288260313177191951/cdp"},
}
NAVIGATION = "/computers/comp_288260313177191951/navigate"


@pytest.fixture
def willing(upstream: Upstream) -> Upstream:
    upstream.says("POST", "/computers", Answer(201, CREATED))
    upstream.says("POST", NAVIGATION, {"status": "SUCCESS"})
    return upstream


async def test_it_asks_upstream_for_exactly_what_was_wished(
    as_bob: Actor, connection: Connection, willing: Upstream
) -> None:
    await machines.create(as_bob, connection, WISH)
    [asked] = willing.asked("POST", "/computers")
    assert asked.body == {
        "kind": "browser",
        "display": {"width": 1280, "height": 800, "scale": 1.0},
        "max_lifetime_seconds": 3600,
        "inactivity_timeout_seconds": 900,
    }


async def test_what_is_left_empty_is_upstreams_to_choose(
    as_bob: Actor, connection: Connection, willing: Upstream
) -> None:
    await machines.create(as_bob, connection, NewComputer("browser"))
    assert [request.body for request in willing.requests] == [{"kind": "browser"}]


async def test_the_row_holds_what_upstream_said_and_what_we_wished(
    as_bob: Actor, connection: Connection, willing: Upstream
) -> None:
    computer = await machines.create(as_bob, connection, WISH)
    [row] = await every_computer()
    assert row == computer
    assert (row.upstream_id, row.name, row.kind, row.status) == (
        CREATED["id"],
        "checkout-1",
        "browser",
        "ready",
    )
    assert (row.width, row.height, row.cdp_path) == (1280, 800, CREATED["endpoints"]["cdp"])  # type: ignore[index]
    assert row.expires_at and row.expires_at.isoformat() == "2026-05-24T13:52:45+00:00"


async def test_it_opens_the_start_page(as_bob: Actor, connection: Connection, willing: Upstream) -> None:
    computer = await machines.create(as_bob, connection, WISH)
    assert [request.body for request in willing.asked("POST", NAVIGATION)] == [
        {"url": "https://example.com/"}
    ]
    assert computer.notice == ""


async def test_a_start_page_that_fails_does_not_lose_the_computer(
    as_bob: Actor, connection: Connection, willing: Upstream
) -> None:
    failure = {"status": "EXECUTION_ERROR", "error_message": "net::ERR_NAME_NOT_RESOLVED"}
    willing.says("POST", NAVIGATION, failure)
    computer = await machines.create(as_bob, connection, WISH)
    assert computer.notice == (
        "The computer is open. The page could not be opened: the name could not be resolved."
    )
    assert (await audit())[-1] == ("Bob", "computer.create", "succeeded")


async def test_a_slow_start_page_is_not_waited_for(
    as_bob: Actor, connection: Connection, willing: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "START_PAGE_TIMEOUT", 0.1)
    willing.says("POST", NAVIGATION, Silence())
    assert (await machines.create(as_bob, connection, WISH)).notice == "The start page takes long to load."


async def test_the_log_says_who_opened_it(as_bob: Actor, connection: Connection, willing: Upstream) -> None:
    computer = await machines.create(as_bob, connection, WISH)
    assert await audit() == [("Bob", "computer.create", "requested"), ("Bob", "computer.create", "succeeded")]
    assert (await last_audit()).target_id == computer.public_id


async def test_every_wall_of_the_team_hears_of_it(
    as_bob: Actor, connection: Connection, willing: Upstream, hearing: Any
) -> None:
    async with hearing(live.team_group(connection.team_id)) as news:
        computer = await machines.create(as_bob, connection, WISH)
        await soon(lambda: news)
    assert news[0].payload == {"id": computer.public_id, "version": 1, "team": connection.team_id}


async def test_a_computer_that_the_listing_saw_first_keeps_its_address(
    as_bob: Actor, connection: Connection, willing: Upstream, make_computer: Any
) -> None:
    listed: Computer = await unit(make_computer)(upstream_id=CREATED["id"])
    computer = await machines.create(as_bob, connection, WISH)
    assert (computer.public_id, computer.name) == (listed.public_id, "checkout-1")


async def test_a_viewer_may_not(as_vera: Actor, connection: Connection, willing: Upstream) -> None:
    with pytest.raises(PermissionDenied):
        await machines.create(as_vera, connection, WISH)
    assert not willing.requests and not await audit()


async def test_a_stranger_may_not(as_charlie: Actor, connection: Connection, willing: Upstream) -> None:
    with pytest.raises(PermissionDenied):
        await machines.create(as_charlie, connection, WISH)
    assert not willing.requests


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (NewComputer("toaster"), "kind"),
        (NewComputer("browser", "x" * 81), "name"),
        (NewComputer("browser", "two\nlines"), "name"),
        (NewComputer("browser", width=1280), "size"),
        (NewComputer("browser", width=0, height=800), "size"),
        (NewComputer("browser", width=1280, height=99_999), "size"),
        (NewComputer("browser", lifetime_minutes=0), "lifetime_minutes"),
        (NewComputer("browser", idle_minutes=10**9), "idle_minutes"),
        (NewComputer("browser", start_page="file:///etc/passwd"), "address_scheme"),
    ],
)
async def test_an_impossible_wish_never_leaves(
    as_bob: Actor, connection: Connection, willing: Upstream, wish: NewComputer, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await machines.create(as_bob, connection, wish)
    assert refused.value.code == code
    assert not willing.requests and not await audit()


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (Answer(401, {"title": "Invalid token"}), errors.BadKey, "does not accept this connection's key"),
        (Answer(402), errors.OutOfCredit, "out of credit"),
        (Answer(429, {"title": "Concurrent limit reached"}), errors.Busy, "Concurrent limit reached"),
        (Answer(503, {"title": "Service unavailable"}), errors.UpstreamFailed, "Service unavailable"),
        (HTML, errors.NoAnswer, "failure of its own \\(502\\). If the computer was opened all the same"),
        (Answer(201, {"status": "ready"}), errors.NoAnswer, "it appears by itself"),
        (HALF_A_BODY, errors.NoAnswer, "it appears by itself"),
    ],
)
async def test_it_is_asked_for_once_whatever_upstream_says(
    as_bob: Actor,
    connection: Connection,
    upstream: Upstream,
    answer: Any,
    kind: type[Exception],
    sentence: str,
) -> None:
    upstream.says("POST", "/computers", answer)
    with pytest.raises(kind, match=sentence):
        await machines.create(as_bob, connection, WISH)
    assert len(upstream.requests) == 1
    assert await every_computer() == []
    outcome = "unknown" if kind is errors.NoAnswer else "failed"
    assert (await audit())[-1] == ("Bob", "computer.create", outcome)
