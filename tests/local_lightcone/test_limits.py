import asyncio
import time
from collections.abc import Callable

import pytest
from tzafon import Lightcone, NotFoundError, RateLimitError

from .harness import LocalServer, devtools


def gone_after(sdk: Lightcone, computer_id: str, seconds: float = 8.0) -> float:
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            sdk.computers.retrieve(computer_id)
        except NotFoundError:
            return time.monotonic() - started
        time.sleep(0.05)
    pytest.fail("it is still there")


def test_an_idle_computer_ends(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    assert 0.5 < gone_after(sdk, fresh(inactivity_timeout_seconds=1)) < 5


def test_keepalive_holds_off_the_idle_limit_but_not_the_lifetime(
    sdk: Lightcone, fresh: Callable[..., str]
) -> None:
    computer, started = fresh(inactivity_timeout_seconds=2, max_lifetime_seconds=3), time.monotonic()
    with pytest.raises(NotFoundError):
        while time.monotonic() - started < 12:
            sdk.computers.keepalive(computer)
            time.sleep(0.1)
    assert 2.5 < time.monotonic() - started < 8


async def test_watching_over_cdp_does_not_keep_a_computer_alive(
    server: LocalServer, sdk: Lightcone, computer: str
) -> None:
    before = sdk.computers.retrieve_status(computer).last_activity_at
    async with devtools(server, computer) as client:
        await client("Page.startScreencast", client.page, format="jpeg")
        await asyncio.sleep(1.1)
        await client("Browser.getVersion")
        await client("Page.screencastFrameAck", client.page, sessionId=1)
        assert sdk.computers.retrieve_status(computer).last_activity_at == before


async def test_driving_over_cdp_does(server: LocalServer, sdk: Lightcone, computer: str) -> None:
    before = sdk.computers.retrieve_status(computer).last_activity_at
    async with devtools(server, computer) as client:
        await asyncio.sleep(1.1)
        await client("Input.dispatchMouseEvent", client.page, type="mouseMoved", x=5, y=5)
        assert sdk.computers.retrieve_status(computer).last_activity_at != before


def test_one_computer_too_many_is_429(another_server: Callable[..., LocalServer]) -> None:
    with another_server(LIGHTDECK_LOCAL_MAX_COMPUTERS="1").sdk() as sdk:
        sdk.computers.create()
        with pytest.raises(RateLimitError) as error:
            sdk.computers.create()
        assert "Concurrent limit reached" in str(error.value.body)
