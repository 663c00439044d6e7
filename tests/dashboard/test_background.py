"""Background services start once, stop in reverse, and one's trouble is not the others'."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from dashboard import asgi, background
from dashboard.background import Services

happened: list[str] = []


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    happened.clear()


class First:
    name = "first"

    async def start(self) -> None:
        await asyncio.sleep(0)
        happened.append(f"{self.name} starts")

    async def stop(self) -> None:
        happened.append(f"{self.name} stops")


class Second(First):
    name = "second"


class Unhappy(First):
    name = "unhappy"

    async def stop(self) -> None:
        raise RuntimeError("cannot")


class Slow(First):
    async def stop(self) -> None:
        await asyncio.sleep(60)


async def test_they_start_once_however_many_ask() -> None:
    services = Services([First, Second])
    await asyncio.gather(*(services.start() for _ in range(5)))
    assert happened == ["first starts", "second starts"]


async def test_they_stop_in_reverse() -> None:
    services = Services([First, Second])
    await services.start()
    await services.stop()
    assert happened[2:] == ["second stops", "first stops"]


async def test_one_that_fails_to_stop_does_not_keep_the_others() -> None:
    services = Services([First, Unhappy])
    await services.start()
    await services.stop()
    assert happened[-1] == "first stops"


async def test_one_that_hangs_is_left_after_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "STOP_SECONDS", 0.05)
    services = Services([Slow])
    await services.start()
    await services.stop()


async def test_a_failed_start_is_tried_again_and_nothing_starts_twice() -> None:
    tries = []

    class Flaky(First):
        async def start(self) -> None:
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError("not yet")

    services = Services([First, Flaky])
    with pytest.raises(RuntimeError):
        await services.start()
    await services.start()
    assert len(tries) == 2
    assert happened == ["first starts"]


async def lifespan(application: Any) -> list[str]:
    inbox = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return next(inbox)

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    await application({"type": "lifespan"}, receive, send)
    return sent


async def test_lifespan_starts_and_stops_them() -> None:
    application = asgi.Lightdeck()
    application.services = Services([First])
    assert await lifespan(application) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert happened == ["first starts", "first stops"]


async def test_what_cannot_work_is_refused_at_start(settings: Settings) -> None:
    settings.REDIS_URL, settings.BACKGROUND = "", False
    application = asgi.Lightdeck()
    application.services = Services([First])
    assert await lifespan(application) == ["lifespan.startup.failed"]
    assert not happened


async def test_without_lifespan_the_first_call_starts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        happened.append("page")

    monkeypatch.setattr(asgi, "pages", page)
    application = asgi.Lightdeck()
    application.services = Services([First])
    for _ in range(2):
        await application({"type": "http"}, None, None)
    assert happened == ["first starts", "page", "page"]
