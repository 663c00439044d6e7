"""Two web processes and the background services on PostgreSQL and Redis, as compose.yaml runs them: whoever looks or
drives need not know which process they are on, nor that one of them dies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.support import services
from tests.support.deployed import Deployed, Part, deployed
from tests.support.processes import wait_until
from tests.support.stage import EMPTY

# A start of all parts is seven programs: on a busy machine it takes a while.
pytestmark = [pytest.mark.programs, pytest.mark.timeout(300)]

ALICE, BOB = "alices-own-tab", "bobs-own-tab"
#: Within this long a fact reaches the other process, seconds.
NEWS_SECONDS = 3.0


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with services.postgres_database() as database_url:
        with deployed(tmp_path_factory.mktemp("deployed"), database_url, services.redis()) as running:
            yield running


@pytest.fixture
def first(parts: Deployed) -> Part:
    return parts.ready(0)


@pytest.fixture
def second(parts: Deployed) -> Part:
    return parts.ready(1)


async def test_one_watches_here_what_another_drives_there_and_control_goes_across(
    parts: Deployed, first: Part, second: Part
) -> None:
    async with (
        parts.page() as page,
        parts.screen(first, "alice", ALICE) as alice,
        parts.screen(second, "bob", BOB) as bob,
    ):
        await alice.shown()
        await bob.shown()
        figures = first.figures(parts.metrics_token), second.figures(parts.metrics_token)
        assert [each["lightdeck_viewers"] for each in figures] == [1, 1]
        await bob.take_control()
        await alice.until(lambda: _holder(alice) == "bob", NEWS_SECONDS)
        before = len(alice.frames)
        await bob.click(111, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 111)")
        await page.ask("document.body.style.background = 'gold'")
        await alice.until(lambda: len(alice.frames) > before)
        # Taken at once by Bob's leave, driven from the other process, seen by the first.
        await bob.press(*EMPTY)
        await page.until("log.some(e => e.type === 'mousedown' && e.x === 700)")
        await bob.release_control()
        await page.until("log.filter(e => e.type === 'mouseup').length === 2")
        await alice.until(lambda: _holder(alice) is None, NEWS_SECONDS)
        await alice.take_control()
        await bob.until(lambda: _holder(bob) == "alice", NEWS_SECONDS)
        await alice.click(333, 222)
        await page.until("log.some(e => e.type === 'click' && e.x === 333)")
        # Bob's hands are off, whatever his tab still says.
        await bob.pointer("move", 444, 222)
        await bob.until(lambda: "stale_lease" in bob.errors)
        assert not [entry for entry in await page.log("mousemove") if entry["x"] == 444]
        await alice.release_control()


async def test_a_process_that_is_killed_in_a_drag_leaves_nothing_pressed_and_its_driver_goes_on(
    parts: Deployed, first: Part, second: Part
) -> None:
    async with parts.page() as page, parts.screen(second, "bob", BOB) as bob:
        await bob.shown()
        async with parts.screen(first, "alice", ALICE) as alice:
            await alice.shown()
            await alice.take_control()
            epoch = alice.epoch
            await alice.press(*EMPTY)
            await alice.pointer("move", EMPTY[0] - 30, EMPTY[1], buttons=1)
            await page.until("log.some(e => e.type === 'mousemove' && e.buttons === 1)")
            first.kill()
            await alice.until(lambda: alice.code is not None)
        assert _held(parts)["buttons"], "nobody could note that it was released"
        async with parts.screen(second, "alice", ALICE) as again:
            await again.until(lambda: again.of("control") and again.of("control")[-1]["you_hold"])
            assert again.epoch == epoch, "it is the same lease"
            await page.until("log.some(e => e.type === 'mouseup')")
            await again.shown()
            await again.click(111, 222)
            await page.until("log.some(e => e.type === 'click' && e.x === 111)")
            # Whoever watched on the living process missed nothing.
            assert bob.code is None and _holder(bob) == "alice"
            await again.release_control()
            await bob.until(lambda: _holder(bob) is None, NEWS_SECONDS)


async def test_the_background_services_chain_what_both_processes_wrote(parts: Deployed, second: Part) -> None:
    waiting = "SELECT count(*) FROM dashboard_auditevent WHERE chain_seq IS NULL"
    wait_until(lambda: parts.ask(waiting) == [(0,)], 15, "the appender")
    verified = parts.manage("audit", "verify")
    assert verified.process.returncode == 0 and "rows hold" in verified.output, verified.output
    assert second.figures(parts.metrics_token)["lightdeck_audit_unchained"] == 0
    assert time.time() - parts.beat.stat().st_mtime < 30


def _holder(screen: object) -> str | None:
    told = screen.of("control")  # type: ignore[attr-defined]
    holder = told[-1]["holder"] if told else None
    return str(holder["name"]).lower() if holder else None


def _held(parts: Deployed) -> dict[str, object]:
    query = "SELECT held FROM computers_controllease JOIN computers_computer c ON c.id = computer_id"
    ((held,),) = parts.ask(query + " WHERE c.public_id = %s", parts.public_id)
    return dict(json.loads(held) if isinstance(held, str) else held)
