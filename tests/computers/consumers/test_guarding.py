"""What is typed while a macro is recorded is kept only where it is known to be no secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from computers.consumers.guarding import Guard
from computers.upstream.errors import NoAnswer
from computers.wire.screen import Key, Pointer, Text
from tests.computers.conftest import soon
from tests.computers.relay.items import down, key, text


class Page:
    """Answers as it is told to, once it may."""

    def __init__(self) -> None:
        self.answer: bool | Exception | None = False
        self.asked = 0
        self.may = asyncio.Event()
        self.may.set()

    async def __call__(self) -> bool | None:
        self.asked += 1
        answer = self.answer
        await self.may.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def page() -> Page:
    return Page()


@pytest.fixture
async def guard(page: Page) -> AsyncIterator[Guard]:
    found = Guard(page)
    await soon(lambda: page.asked == 1)
    await asyncio.sleep(0.02)
    yield found
    found.close()


LETTER: Text = text("a")
CLICK: Pointer = down()
TAB: Key = key("down", "Tab")


async def settled(page: Page) -> None:
    asked = page.asked
    await asyncio.sleep(0.03)
    assert page.asked >= asked


async def test_typing_into_a_plain_field_is_kept(guard: Guard, page: Page) -> None:
    for _ in range(3):
        guard.sent(LETTER)
    await settled(page)
    assert guard.keeps()
    # The next burst is judged anew.
    assert not guard.keeps()


@pytest.mark.parametrize("answer", [True, None, NoAnswer("away")])
async def test_typing_where_a_secret_may_be_is_not_kept(
    guard: Guard, page: Page, answer: bool | Exception | None
) -> None:
    page.answer = answer
    guard.sent(CLICK)
    await settled(page)
    guard.sent(LETTER)
    await settled(page)
    assert not guard.keeps()


@pytest.mark.parametrize("move", [CLICK, TAB, key("down", "Enter")])
async def test_what_was_typed_before_the_answer_is_not_kept(
    guard: Guard, page: Page, move: Pointer | Key
) -> None:
    page.may.clear()
    guard.sent(move)
    guard.sent(LETTER)
    page.may.set()
    guard.sent(LETTER)
    await settled(page)
    assert not guard.keeps()


async def test_a_focus_that_moves_by_itself_is_noticed(guard: Guard, page: Page) -> None:
    guard.sent(LETTER)
    await settled(page)
    page.answer = True
    guard.sent(LETTER)
    await settled(page)
    assert not guard.keeps()


async def test_an_answer_about_an_earlier_focus_counts_for_nothing(guard: Guard, page: Page) -> None:
    page.may.clear()
    guard.sent(CLICK)
    await settled(page)
    page.answer = True
    guard.sent(TAB)
    page.may.set()
    await settled(page)
    guard.sent(LETTER)
    await settled(page)
    assert not guard.keeps()
