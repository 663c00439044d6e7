"""The pointer on a real page: what was done here is what happened there."""

from __future__ import annotations

from tests.support.screens import Screen
from tests.support.stage import EMPTY, FIELD, SCROLLER, SOURCE, TARGET, WORDS, Page


async def test_the_pointer_hovers(driver: Screen, page: Page) -> None:
    await driver.pointer("move", *WORDS)
    await page.until("document.querySelector('#words').matches(':hover')")
    await driver.pointer("move", *EMPTY)
    await page.until("!document.querySelector('#words').matches(':hover')")


async def test_a_click_lands_exactly_where_it_was_aimed(driver: Screen, page: Page) -> None:
    await driver.click(123, 457)
    await page.until("log.some(e => e.type === 'click')")
    for entry in await page.log("mousedown", "mouseup", "click"):
        assert (entry["x"], entry["y"], entry["button"], entry["detail"]) == (123, 457, 0, 1)


async def test_a_double_click_selects_a_word(driver: Screen, page: Page) -> None:
    await driver.click(*WORDS, times=2)
    await page.until("log.some(e => e.type === 'dblclick')")
    assert (await page.ask("String(getSelection())")).strip() == "alpha"


async def test_a_triple_click_selects_the_paragraph(driver: Screen, page: Page) -> None:
    await driver.click(*WORDS, times=3)
    await page.until("log.some(e => e.type === 'click' && e.detail === 3)")
    assert (await page.ask("String(getSelection())")).strip() == "alpha beta gamma"


async def test_a_right_click_opens_the_menu(driver: Screen, page: Page) -> None:
    await driver.click(*WORDS, button="right")
    await page.until("log.some(e => e.type === 'contextmenu')")
    (down,) = await page.log("mousedown")
    assert (down["button"], down["buttons"]) == (2, 2)


async def test_a_middle_click_is_one(driver: Screen, page: Page) -> None:
    await driver.click(*EMPTY, button="middle")
    await page.until("log.some(e => e.type === 'auxclick' && e.button === 1)")


async def test_a_drag_holds_its_button_all_the_way_and_may_leave_the_screen(
    driver: Screen, page: Page
) -> None:
    await driver.pointer("move", *EMPTY)
    await driver.press(*EMPTY)
    for step in range(1, 6):
        await driver.pointer("move", EMPTY[0] + 40 * step, EMPTY[1], buttons=1)
    await driver.let_go(1200, 500)
    await page.until("log.some(e => e.type === 'mouseup')")
    log = await page.log("mousedown", "mousemove", "mouseup")
    down = next(index for index, entry in enumerate(log) if entry["type"] == "mousedown")
    assert all(entry["buttons"] == 1 for entry in log[down:-1]) and log[-1]["buttons"] == 0
    assert (log[-1]["x"], log[-1]["y"]) == (799, 500)


async def test_text_is_selected_by_dragging(driver: Screen, page: Page) -> None:
    await driver.pointer("move", 21, 35)
    await driver.press(21, 35)
    await driver.pointer("move", 150, 35, buttons=1)
    await driver.pointer("move", 315, 35, buttons=1)
    await driver.let_go(315, 35)
    await page.until("String(getSelection()).startsWith('alpha beta gamma')")


async def test_html_drag_and_drop_carries_its_data(driver: Screen, page: Page) -> None:
    await driver.pointer("move", *SOURCE)
    await driver.press(*SOURCE)
    for step in range(1, 11):
        x = SOURCE[0] + (TARGET[0] - SOURCE[0]) * step / 10
        await driver.pointer("move", x, SOURCE[1], buttons=1)
    await page.until("log.some(e => e.type === 'dragstart')")
    await driver.pointer("move", *TARGET, buttons=1)
    await driver.let_go(*TARGET)
    await page.until("log.some(e => e.type === 'drop')")
    (drop,) = await page.log("drop")
    assert (drop["x"], drop["y"], drop["data"]) == (*TARGET, "cargo")
    await page.until("log.some(e => e.type === 'dragend')")
    await driver.click(*EMPTY)
    await page.until("log.some(e => e.type === 'click')")


async def test_the_wheel_turns_in_both_axes(driver: Screen, page: Page) -> None:
    await driver.pointer("wheel", *SCROLLER, dx=0, dy=300)
    await page.until("document.querySelector('#scroller').scrollTop === 300")
    await driver.pointer("wheel", *SCROLLER, dx=150, dy=-100)
    await page.until("document.querySelector('#scroller').scrollLeft === 150")
    await page.until("document.querySelector('#scroller').scrollTop === 200")


async def test_a_click_with_shift_held_says_so(driver: Screen, page: Page) -> None:
    await driver.key("down", "Shift", "ShiftLeft", modifiers=8)
    await driver.pointer("down", *EMPTY, "left", buttons=1, clicks=1, modifiers=8)
    await driver.pointer("up", *EMPTY, "left", clicks=1, modifiers=8)
    await driver.key("up", "Shift", "ShiftLeft")
    await page.until("log.some(e => e.type === 'click' && e.shift)")


async def test_a_burst_of_moves_before_a_button_arrives_with_the_last_one_first(
    driver: Screen, page: Page
) -> None:
    for x in range(100, 400, 3):
        await driver.pointer("move", x, 500)
    await driver.press(399, 500)
    await driver.let_go(399, 500)
    await page.until("log.some(e => e.type === 'mouseup')")
    log = await page.log("mousemove", "mousedown")
    assert (log[-2]["type"], log[-1]["type"]) == ("mousemove", "mousedown")
    assert log[-1]["x"] == 399 and log[-2]["x"] in {397, 399}


async def test_a_field_is_focused_by_a_click(driver: Screen, page: Page) -> None:
    await driver.click(*FIELD)
    await page.until("document.activeElement.id === 'field'")
