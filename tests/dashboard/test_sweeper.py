"""What every sweeper does: it looks, survives a failure, looks again, and ends when told to."""

from __future__ import annotations

import asyncio

import pytest

from dashboard.background import Sweeper


class Trying(Sweeper):
    every = 0.001

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.thrice = asyncio.Event()

    async def sweep(self) -> None:
        self.looks += 1
        if self.looks == 1:
            raise RuntimeError("not yet")
        if self.looks == 3:
            self.thrice.set()


async def test_a_look_that_fails_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    sweeper = Trying()
    await sweeper.start()
    async with asyncio.timeout(5):
        await sweeper.thrice.wait()
    await sweeper.stop()
    assert ["Trying failed" in record.message for record in caplog.records] == [True]


async def test_it_ends_in_the_middle_of_a_look_and_looks_no_more() -> None:
    ended = asyncio.Event()

    class Slow(Trying):
        async def sweep(self) -> None:
            self.looks += 1
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()

    sweeper = Slow()
    await sweeper.start()
    await asyncio.sleep(0)
    await sweeper.stop()
    assert ended.is_set() and sweeper.looks == 1


async def test_one_that_never_started_stops() -> None:
    await Trying().stop()
