"""Where a computer's page goes."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers import leases
from computers.actions import Refused, browse
from computers.models import Computer
from computers.upstream.errors import ActionFailed, NoAnswer
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers.conftest import FakeLink, audit, fresh, last_audit


async def test_the_driver_opens_an_address(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leases.take(computer, as_bob)
    assert await browse.navigate(as_bob, await fresh(computer), "example.com") == "https://example.com/"
    assert link.told == [("navigate", "https://example.com/")]
    assert await audit() == [
        ("Bob", "computer.navigate", "requested"),
        ("Bob", "computer.navigate", "succeeded"),
    ]


@pytest.mark.parametrize("step", ["back", "forward", "reload"])
async def test_the_driver_takes_a_step(as_bob: Actor, computer: Computer, link: FakeLink, step: str) -> None:
    await leases.take(computer, as_bob)
    await getattr(browse, step)(as_bob, await fresh(computer))
    assert link.told == [("history", step)]
    assert (await audit())[-1] == ("Bob", f"computer.{step}", "succeeded")


async def test_nobody_drives_without_taking_control(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    with pytest.raises(Refused, match="Take control first") as refused:
        await browse.reload(as_bob, await fresh(computer))
    assert refused.value.code == "not_driving"
    assert not link.told and not await audit()


async def test_whoever_does_not_drive_is_told_who_does(
    as_alice: Actor, as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(Refused, match="Bob is driving this computer"):
        await browse.navigate(as_alice, await fresh(computer), "example.com")
    assert not link.told


async def test_ones_own_other_tab_does_not_drive(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(Refused, match="from another tab"):
        await browse.back(Actor(as_bob.user, "another-tab"), await fresh(computer))


async def test_a_viewer_may_not_whatever_they_type(
    as_vera: Actor, computer: Computer, link: FakeLink
) -> None:
    with pytest.raises(PermissionDenied):
        await browse.navigate(as_vera, await fresh(computer), "file:///etc/passwd")


async def test_a_refused_address_never_leaves(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leases.take(computer, as_bob)
    with pytest.raises(Refused, match="cannot be opened"):
        await browse.navigate(as_bob, await fresh(computer), "file:///etc/passwd")
    assert not link.told and not await audit()


async def test_a_computer_that_ended_says_why(as_bob: Actor, make_computer: Any, link: FakeLink) -> None:
    ended = await unit(make_computer)(
        name="old", gone_at="2026-05-24T12:52:45Z", gone_reason="idle limit reached"
    )
    with pytest.raises(Refused, match="old has ended: idle limit reached"):
        await browse.reload(as_bob, await fresh(ended))


async def test_a_page_that_does_not_open_says_why_and_the_log_keeps_the_code(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leases.take(computer, as_bob)
    link.trouble = ActionFailed("net::ERR_CONNECTION_REFUSED")
    with pytest.raises(ActionFailed, match="could not be opened: the server refused the connection"):
        await browse.navigate(as_bob, await fresh(computer), "localhost:1")
    row = await last_audit()
    assert (row.outcome, row.detail["code"]) == ("failed", "net::ERR_CONNECTION_REFUSED")


async def test_no_answer_means_that_nobody_knows(as_bob: Actor, computer: Computer, link: FakeLink) -> None:
    await leases.take(computer, as_bob)
    link.trouble = NoAnswer("This computer is not connected right now.")
    with pytest.raises(NoAnswer):
        await browse.reload(as_bob, await fresh(computer))
    assert (await audit())[-1] == ("Bob", "computer.reload", "unknown")


async def test_the_log_keeps_no_password_of_an_address(
    as_bob: Actor, computer: Computer, link: FakeLink
) -> None:
    await leases.take(computer, as_bob)
    await browse.navigate(as_bob, await fresh(computer), "https://bob:secret@example.com/")
    assert link.told == [("navigate", "https://bob:secret@example.com/")]
    assert "secret" not in repr(await audit()) + repr((await last_audit()).detail)
