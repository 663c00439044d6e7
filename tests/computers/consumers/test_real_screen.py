"""The screen socket of the running product, with a real browser behind it."""

from __future__ import annotations

import io

import pytest
import websockets
from PIL import Image

from tests.support.stage import HEIGHT, WIDTH, Page, Stage


async def test_the_picture_is_the_page(stage: Stage, page: Page) -> None:
    await page.ask("document.body.style.background = 'rgb(0, 128, 255)'")
    async with stage.screen() as screen:
        await screen.shown()
        await screen.until(lambda: _colour(screen.pictures[-1])[2] > 200)
        assert Image.open(io.BytesIO(screen.pictures[-1])).size == (WIDTH, HEIGHT)
        assert screen.frames[-1][6:] == (WIDTH, HEIGHT)
        await page.ask("document.body.style.background = 'rgb(255, 0, 0)'")
        await screen.until(lambda: _colour(screen.pictures[-1])[0] > 200)


async def test_a_page_that_does_not_change_is_shown_to_whoever_comes_late(stage: Stage, page: Page) -> None:
    async with stage.screen() as screen:
        await screen.heard("state", state="idle")
        async with stage.screen("vera") as other:
            await other.shown()
            assert other.pictures[0] == screen.pictures[-1]


async def test_the_cast_goes_on_over_navigations_to_other_sites(stage: Stage, page: Page) -> None:
    async with stage.screen() as screen:
        await screen.shown()
        for number, (url, colour) in enumerate(
            (("data:text/html,<body bgcolor=red>", 0), ("about:blank", 1))
        ):
            await page.tools("Page.navigate", page.tools.page, url=url)
            if number:
                await page.ask("(document.body.style.background = 'rgb(0, 255, 0)', 1)")
            await screen.until(lambda colour=colour: _colour(screen.pictures[-1])[colour] > 200)  # type: ignore[misc]


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1", "null"])
async def test_a_page_from_elsewhere_opens_no_socket(stage: Stage, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with stage.screen(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_people_without_a_right_to_it_are_told_in_a_code(stage: Stage) -> None:
    async with stage.screen("charlie") as screen:
        assert await screen.closed() == 4004
    stage.cookies["nobody"] = "nonsense"
    async with stage.screen("nobody") as screen:
        assert await screen.closed() == 4001


async def test_a_message_of_over_a_megabyte_ends_that_socket_only(stage: Stage, page: Page) -> None:
    async with stage.screen("vera") as other, stage.screen() as screen:
        await other.shown()
        await screen.shown()
        await screen.raw("x" * 131_073)
        await screen.heard("error", code="too_large")
        await screen.raw("x" * (1024 * 1024 + 1))
        assert await screen.closed() in {1009, 1006}
        before = len(other.frames)
        await page.ask("document.body.style.background = 'rgb(1, 2, 200)'")
        await other.until(lambda: len(other.frames) > before)
        assert other.code is None


async def test_a_flood_ends_that_socket_only(stage: Stage, page: Page) -> None:
    async with stage.screen("vera") as other, stage.screen() as screen:
        await other.shown()
        await screen.shown()
        for _ in range(3000):
            if screen.code is None:
                try:
                    await screen.say("ping")
                except websockets.ConnectionClosed:
                    break
        assert await screen.closed() == 4008
        before = len(other.frames)
        await page.ask("document.body.style.background = 'rgb(1, 200, 2)'")
        await other.until(lambda: len(other.frames) > before)


async def test_binary_and_malformed_messages_are_one_error_each(stage: Stage) -> None:
    async with stage.screen() as screen:
        await screen.shown()
        await screen.raw(b"binary")
        await screen.raw("{")
        await screen.until(lambda: screen.errors == ["malformed", "malformed"])
        await screen.say("ping", at=1)
        await screen.heard("pong", at=1)


def _colour(picture: bytes) -> tuple[int, ...]:
    pixel = Image.open(io.BytesIO(picture)).convert("RGB").getpixel((WIDTH - 5, HEIGHT - 5))
    assert isinstance(pixel, tuple)
    return tuple(int(part) for part in pixel)
