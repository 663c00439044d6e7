"""The keyboard on a real page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.screens import Screen
from tests.support.stage import FIELD, Page

VALUE = "document.querySelector('#field').value"


@pytest.fixture
async def field(driver: Screen, page: Page) -> AsyncIterator[Screen]:
    await driver.click(*FIELD)
    await page.until("document.activeElement.id === 'field'")
    yield driver


async def test_it_types(field: Screen, page: Page) -> None:
    for letter in "hello":
        await field.strike(letter, f"Key{letter.upper()}", letter)
    await page.until(f"{VALUE} === 'hello'")
    down = (await page.log("keydown"))[0]
    assert (down["key"], down["code"], down["which"], down["repeat"]) == ("h", "KeyH", 72, False)


async def test_a_key_with_modifiers_types_nothing_and_says_which(field: Screen, page: Page) -> None:
    await field.strike("a", "KeyA", "a")
    await field.key("down", "Control", "ControlLeft", modifiers=2)
    await field.strike("b", "KeyB", modifiers=2)
    await field.key("up", "Control", "ControlLeft")
    await page.until("log.some(e => e.type === 'keyup' && e.key === 'Control')")
    down = next(entry for entry in await page.log("keydown") if entry["key"] == "b")
    assert down["ctrl"] and not down["alt"] and await page.ask(VALUE) == "a"


async def test_control_a_selects_everything_and_typing_replaces_it(field: Screen, page: Page) -> None:
    await field.text("old words")
    await page.until(f"{VALUE} === 'old words'")
    await field.key("down", "Control", "ControlLeft", modifiers=2)
    await field.strike("a", "KeyA", modifiers=2)
    await field.key("up", "Control", "ControlLeft")
    await field.strike("n", "KeyN", "n")
    await page.until(f"{VALUE} === 'n'")


async def test_a_repeated_key_repeats(field: Screen, page: Page) -> None:
    await field.key("down", "x", "KeyX", text="x")
    for _ in range(3):
        await field.key("down", "x", "KeyX", text="x", repeat=True)
    await field.key("up", "x", "KeyX")
    await page.until(f"{VALUE} === 'xxxx'")
    assert [entry["repeat"] for entry in await page.log("keydown")] == [False, True, True, True]


async def test_text_that_no_key_types_arrives_whole(field: Screen, page: Page) -> None:
    await field.text("漢字 żółw 👩‍🚀")
    await page.until(f"{VALUE} === '漢字 żółw 👩‍🚀'")
    assert await page.log("keydown") == []


async def test_a_character_of_alt_graph_is_typed(field: Screen, page: Page) -> None:
    await field.key("down", "AltGraph", "AltRight")
    await field.strike("@", "KeyQ", "@")
    await field.key("up", "AltGraph", "AltRight")
    await page.until(f"{VALUE} === '@'")


async def test_named_keys_edit(field: Screen, page: Page) -> None:
    await field.text("abc")
    await field.strike("ArrowLeft", "ArrowLeft")
    await field.strike("Backspace", "Backspace")
    await page.until(f"{VALUE} === 'ac'")
    await field.strike("Home", "Home")
    await field.strike("Delete", "Delete")
    await page.until(f"{VALUE} === 'c'")


async def test_enter_submits_a_form(field: Screen, page: Page) -> None:
    await page.ask(
        "(() => { const f = document.createElement('form'); f.onsubmit = () => { log.push({type: 'submit'});"
        " return false; }; const i = document.querySelector('#field'); i.replaceWith(f); f.append(i); i.focus(); })()"
    )
    await field.strike("Enter", "Enter")
    await page.until("log.some(e => e.type === 'submit')")


async def test_tab_moves_the_focus(field: Screen, page: Page) -> None:
    await field.strike("Tab", "Tab")
    await page.until("document.activeElement.id !== 'field'")


async def test_the_keypad_and_both_shift_keys_are_told_apart(field: Screen, page: Page) -> None:
    await field.strike("7", "Numpad7", "7")
    await field.key("down", "Shift", "ShiftRight", modifiers=8)
    await field.key("up", "Shift", "ShiftRight")
    await page.until(f"{VALUE} === '7' && log.some(e => e.type === 'keyup' && e.key === 'Shift')")
    locations = {entry["key"]: entry["location"] for entry in await page.log("keydown")}
    assert locations == {"7": 3, "Shift": 2}
