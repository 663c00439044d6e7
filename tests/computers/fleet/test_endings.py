"""A computer ends when its own address says 404, and not otherwise."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from computers import records
from computers.fleet import poller as module
from computers.fleet.poller import Poller
from computers.models import Computer
from dashboard import live
from dashboard.database import unit
from tests.computers.conftest import every_computer, fresh, soon
from tests.computers.fleet.conftest import LISTED
from tests.computers.stub import HTML, Answer, Upstream

PATH = "/computers/comp_1"


@pytest.fixture
def listed(make_computer: Any) -> Computer:
    return make_computer(upstream_id="comp_1")  # type: ignore[no-any-return]


async def test_one_that_is_not_listed_and_not_found_has_ended(
    poller: Poller, upstream: Upstream, listed: Computer
) -> None:
    upstream.lists()
    await poller.round()
    row = await fresh(listed)
    assert row.is_gone and row.gone_reason == "ended by the service" and row.version == 1


async def test_one_that_is_not_listed_but_found_lives(
    poller: Poller, upstream: Upstream, listed: Computer
) -> None:
    upstream.lists()
    upstream.says("GET", PATH, LISTED)
    await poller.round()
    assert not (await fresh(listed)).is_gone


@pytest.mark.parametrize("answer", [Answer(500), Answer(401), Answer(429), HTML, Answer(200, "nonsense")])
async def test_no_other_answer_ends_one(
    poller: Poller, upstream: Upstream, listed: Computer, answer: Answer
) -> None:
    upstream.lists()
    upstream.says("GET", PATH, answer)
    await poller.round()
    assert not (await fresh(listed)).is_gone


@pytest.mark.parametrize(
    ("lifetime", "idle", "reason"),
    [
        (-60, None, "lifetime reached"),
        (600, -60, "idle limit reached"),
        (-60, -120, "idle limit reached"),
        (-120, -60, "lifetime reached"),
        (3, None, "lifetime reached"),
        (600, 600, "ended by the service"),
    ],
)
async def test_its_limits_say_why(
    poller: Poller, upstream: Upstream, make_computer: Any, lifetime: int, idle: int | None, reason: str
) -> None:
    now = timezone.now()
    limits = {"expires_at": now + timedelta(seconds=lifetime)}
    limits |= {"idle_expires_at": now + timedelta(seconds=idle)} if idle is not None else {}
    computer = await unit(make_computer)(upstream_id="comp_1", **limits)
    upstream.lists()
    await poller.round()
    row = await fresh(computer)
    assert row.gone_reason == reason
    assert row.gone_at and row.gone_at <= timezone.now()


async def test_a_list_that_is_suddenly_empty_ends_nobody_and_asks_for_a_few_at_a_time(
    poller: Poller, upstream: Upstream, make_computer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MISSING_PER_ROUND", 2)
    for number in range(5):
        await unit(make_computer)(upstream_id=f"comp_{number}")
        upstream.says("GET", f"/computers/comp_{number}", {**LISTED, "id": f"comp_{number}"})
    upstream.lists()
    await poller.round()
    assert len(upstream.requests) == 3
    assert not [row for row in await every_computer() if row.is_gone]


async def test_its_watchers_hear_of_the_end(
    poller: Poller, upstream: Upstream, listed: Computer, hearing: Any
) -> None:
    upstream.lists()
    async with hearing(live.computer_group(listed.public_id)) as news:
        await poller.round()
        await soon(lambda: len(news) == 2)
    assert [each.kind for each in news] == ["computer", "gone"]


async def test_a_list_that_lags_behind_a_termination_brings_nobody_back(
    poller: Poller, upstream: Upstream, make_computer: Any
) -> None:
    reason = {"gone_at": timezone.now() - timedelta(seconds=5), "gone_reason": "terminated by Bob"}
    ended = await unit(make_computer)(upstream_id="comp_1", **reason)
    upstream.lists(LISTED)
    await poller.round()
    assert (await fresh(ended)).gone_reason == "terminated by Bob"


async def test_one_that_is_listed_long_after_its_end_lives(
    poller: Poller, upstream: Upstream, make_computer: Any
) -> None:
    reason = {
        "gone_at": timezone.now() - timedelta(seconds=records.REVIVE_AFTER + 5),
        "gone_reason": "ended by the service",
    }
    ended = await unit(make_computer)(upstream_id="comp_1", **reason)
    upstream.lists(LISTED)
    await poller.round()
    row = await fresh(ended)
    assert not row.is_gone and row.gone_reason == "" and row.version == 1
