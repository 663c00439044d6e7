"""Database work from async code."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from django.db import connection, transaction

from dashboard.database import DATABASE_THREADS, atomic_unit, unit
from dashboard.models import Team

WAIT_SECONDS = 15.0


async def test_a_unit_gives_its_result_and_raises_its_error() -> None:
    @unit
    def double(number: int) -> int:
        if number < 0:
            raise ValueError("negative")
        return 2 * number

    assert await double(4) == 8
    with pytest.raises(ValueError, match="negative"):
        await double(-1)


async def test_a_slow_unit_delays_neither_the_loop_nor_other_units() -> None:
    go_on = threading.Event()
    slow, quick = unit(lambda: go_on.wait(WAIT_SECONDS)), unit(lambda: None)
    waiting = asyncio.ensure_future(slow())
    await asyncio.sleep(0)
    await quick()
    assert not waiting.done()
    go_on.set()
    assert await waiting


async def test_no_more_units_than_threads_run_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    @unit
    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    await asyncio.gather(*(work() for _ in range(3 * DATABASE_THREADS)))
    assert most <= DATABASE_THREADS


async def test_a_cancelled_caller_leaves_the_unit_to_its_end() -> None:
    done, begun = threading.Event(), threading.Event()

    @unit
    def work() -> None:
        begun.set()
        time.sleep(0.1)
        done.set()

    task = asyncio.ensure_future(work())
    assert await asyncio.to_thread(begun.wait, WAIT_SECONDS)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(done.wait, WAIT_SECONDS)


async def test_a_unit_runs_outside_any_transaction(transactional_db: None) -> None:
    assert await unit(lambda: connection.in_atomic_block)() is False


async def test_an_atomic_unit_is_one_transaction(transactional_db: None) -> None:
    @atomic_unit
    def fail() -> None:
        Team.objects.create(name="Half", slug="half")
        raise ValueError

    with pytest.raises(ValueError):
        await fail()
    assert not await unit(Team.objects.filter(slug="half").exists)()


async def test_after_a_broken_transaction_the_next_unit_works(transactional_db: None) -> None:
    @atomic_unit
    def fail() -> None:
        with transaction.atomic():
            Team.objects.create(name="One", slug="same")
        Team.objects.create(name="Two", slug="same")

    for _ in range(DATABASE_THREADS):
        with pytest.raises(Exception, match=r"(?i)unique"):
            await fail()
    assert await unit(Team.objects.count)() == 0
