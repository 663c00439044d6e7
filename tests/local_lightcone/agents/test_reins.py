"""Pause, resume and messages, without a computer or a model."""

from __future__ import annotations

import asyncio

import pytest

from local_lightcone.agents import reins as module
from local_lightcone.agents.reins import Reins
from local_lightcone.problems import Problem


async def test_a_pause_waits_for_the_border() -> None:
    reins = Reins()
    assert reins.word == "running"
    assert reins.pause() == "pausing"
    assert (reins.word, reins.wanted) == ("running", True)
    standing = asyncio.create_task(reins.stand(5))
    await asyncio.sleep(0)
    assert (reins.word, reins.pause()) == ("paused", "paused")
    assert reins.resume() == "running"
    await standing
    assert (reins.word, reins.wanted) == ("running", False)


async def test_one_who_pauses_again_at_once_stays_paused() -> None:
    reins = Reins()
    reins.pause()
    standing = asyncio.create_task(reins.stand(5))
    await asyncio.sleep(0)
    reins.resume()
    reins.pause()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not standing.done() and reins.word == "paused"
    reins.resume()
    await standing


async def test_a_pause_that_was_taken_back_is_none() -> None:
    reins = Reins()
    reins.pause()
    reins.resume()
    assert not reins.wanted
    assert await reins.unless_paused(asyncio.sleep(0, "done")) == "done"


async def test_what_may_be_interrupted_is() -> None:
    reins, ended = Reins(), asyncio.Event()

    async def long() -> str:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()
        return "never"

    work = asyncio.create_task(reins.unless_paused(long()))
    await asyncio.sleep(0.01)
    reins.pause()
    assert await asyncio.wait_for(work, 1) is None
    assert ended.is_set()


async def test_nobody_resumes_it_in_time() -> None:
    reins = Reins()
    reins.pause()
    with pytest.raises(TimeoutError):
        await reins.stand(0.01)


async def test_the_time_of_a_pause_is_not_the_tasks_own() -> None:
    now = 100.0
    reins = Reins(clock=lambda: now)
    now = 107.0
    reins.pause()
    standing = asyncio.create_task(reins.stand(5))
    await asyncio.sleep(0)
    now = 1000.0
    assert reins.used() == 7
    reins.resume()
    await standing
    now = 1003.0
    assert reins.used() == 10


async def test_a_question_is_open_until_somebody_resumes() -> None:
    reins = Reins()
    reins.ask("Which one?")
    assert (reins.question, reins.wanted) == ("Which one?", True)
    reins.resume()
    assert reins.question is None


def test_messages_are_taken_once_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MESSAGES", 2)
    monkeypatch.setattr(module, "LONGEST_MESSAGE", 5)
    reins = Reins()
    reins.say("one")
    reins.say("two")
    with pytest.raises(Problem) as many:
        reins.say("three")
    with pytest.raises(Problem) as long:
        reins.say("too long")
    assert (many.value.status, long.value.status) == (429, 400)
    with pytest.raises(Problem) as together:
        monkeypatch.setattr(module, "MOST_MESSAGES", 9)
        monkeypatch.setattr(module, "MOST_CHARACTERS", 10)
        reins.say("three")
    assert together.value.status == 429
    assert (reins.take(), reins.take(), reins.waiting) == (["one", "two"], [], False)
