"""News between whoever works on the same things."""

import asyncio
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from django.db import transaction

from dashboard import live
from dashboard.database import atomic_unit, unit
from dashboard.live import News, listen, publish, publish_on_commit

WAIT_SECONDS = 15.0


async def first(all_news: Any) -> News:
    async with asyncio.timeout(WAIT_SECONDS):
        return await anext(all_news)


async def silent(all_news: Any) -> bool:
    try:
        async with asyncio.timeout(0.2):
            await anext(all_news)
    except TimeoutError:
        return True
    return False


async def test_a_listener_hears_what_is_published_to_its_groups() -> None:
    async with listen(["computer.a", "team.1"]) as all_news:
        await publish("team.1", "computer", id="a", version=3)
        assert await first(all_news) == News("computer", {"id": "a", "version": 3})


async def test_it_hears_nothing_of_other_groups() -> None:
    async with listen(["computer.a"]) as all_news:
        await publish("computer.b", "control")
        assert await silent(all_news)


async def test_every_listener_hears_it() -> None:
    async with listen(["team.1"]) as mine, listen(["team.1"]) as theirs:
        await publish("team.1", "computer")
        assert (await first(mine)).kind == (await first(theirs)).kind == "computer"


async def test_nothing_is_told_before_the_commit(transactional_db: None) -> None:
    told_too_early: list[bool] = []

    @atomic_unit
    def work(loop: asyncio.AbstractEventLoop, all_news: Any) -> None:
        publish_on_commit("team.1", "computer")
        told_too_early.append(
            not asyncio.run_coroutine_threadsafe(silent(all_news), loop).result(WAIT_SECONDS)
        )

    async with listen(["team.1"]) as before:
        await work(asyncio.get_running_loop(), before)
    assert told_too_early == [False]


async def test_it_is_told_after_the_commit(transactional_db: None) -> None:
    async with listen(["team.1"]) as all_news:
        await atomic_unit(publish_on_commit)("team.1", "computer", id="a")
        assert await first(all_news) == News("computer", {"id": "a"})


async def test_what_is_rolled_back_is_never_told(transactional_db: None) -> None:
    @unit
    def work() -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish_on_commit("team.1", "computer")
            _ = 1 / 0

    async with listen(["team.1"]) as all_news:
        await work()
        assert await silent(all_news)


async def test_a_layer_that_is_down_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise ConnectionError("no Redis")

    monkeypatch.setattr(InMemoryChannelLayer, "group_send", broken)
    await publish("team.1", "computer")
    assert "Could not publish computer to team.1" in caplog.text


def test_groups_have_names_that_every_layer_takes() -> None:
    layer = InMemoryChannelLayer()
    groups = (live.computer_group("aB3_-xYz"), live.team_group(7), live.user_group(7))
    assert all(layer.require_valid_group_name(group) for group in groups)
    assert len(set(groups)) == 3
