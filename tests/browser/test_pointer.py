"""The mouse: clicks are counted, drags leave the canvas, moves never fall behind a button, nothing stays pressed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

Heard = Callable[[], Awaitable[list[Any]]]

# The stage is at (60, 50), 840×600: one page pixel is one remote pixel.
WIRE = """async () => {
  const { Pointer } = await import("input/pointer.js");
  const { Wheel } = await import("input/wheel.js");
  window.heard = []; window.on = true; window.refused = 0;
  const stage = document.getElementById("stage");
  const at = {
    viewport: { width: 840, height: 600 },
    toRemote: ({ x, y }) => ({ x: Math.min(Math.max(x - 60, 0), 839), y: Math.min(Math.max(y - 50, 0), 599) }),
    isOnPicture: ({ x, y }) => x >= 60 && x < 900 && y >= 50 && y < 650,
  };
  const rules = { isOn: () => on, onRefused: () => { refused += 1; }, onGesture: (gesture) => heard.push(gesture) };
  window.pointer = new Pointer(stage, at, rules);
  window.wheel = new Wheel(stage, at, { ...rules, locate: (event) => pointer.locate(event) });
}"""


@pytest.fixture
def heard(page: Page) -> Heard:
    """What came since the last call; the first call wires the devices."""

    async def read() -> list[Any]:
        if not await page.evaluate("'heard' in window"):
            await page.evaluate(WIRE)
        await page.wait_for_timeout(40)
        found: list[Any] = await page.evaluate("heard.splice(0)")
        return found

    return read


def _short(gestures: list[Any]) -> list[str]:
    return [
        f"{each['action']} {each['button']} {each['buttons']} {each['clicks']}"
        for each in gestures
        if each["action"] != "move"
    ]


async def test_clicks_are_counted_as_the_browser_counts_them(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.click(200, 200, click_count=3)
    clicks = [each["clicks"] for each in await heard() if each["action"] == "down"]
    assert clicks == [1, 2, 3]


@pytest.mark.parametrize(("button", "bit"), [("left", 1), ("middle", 4), ("right", 2)])
async def test_each_button_has_its_name_and_its_bit(page: Page, heard: Heard, button: Any, bit: int) -> None:
    await heard()
    await page.mouse.click(200, 200, button=button)
    assert _short(await heard()) == [f"down {button} {bit} 1", f"up {button} 0 1"]


async def test_a_second_button_joins_the_first(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.move(200, 200)
    await page.mouse.down()
    await page.mouse.down(button="right")
    await page.mouse.up(button="right")
    await page.mouse.up()
    assert [entry[:-2] for entry in _short(await heard())] == [
        "down left 1", "down right 3", "up right 1", "up left 0",
    ]  # fmt: skip


async def test_a_drag_leaves_the_canvas_and_still_ends(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.move(200, 200)
    await page.mouse.down()
    await page.mouse.move(990, 790, steps=3)
    gestures = await heard()
    assert gestures[-1] | {"modifiers": 0} == {
        "action": "move", "x": 839, "y": 599, "button": "none", "buttons": 1, "clicks": 0,
        "modifiers": 0, "dx": 0, "dy": 0,
    }  # fmt: skip
    await page.mouse.up()
    assert _short(await heard()) == ["up left 0 1"]


async def test_the_pending_move_goes_before_the_button(page: Page, heard: Heard) -> None:
    await heard()
    order = await page.evaluate(
        """() => {
          const stage = document.getElementById("stage");
          const fire = (Kind, name, x, more = {}) =>
            stage.dispatchEvent(new Kind(name, { clientX: x, clientY: 100, cancelable: true, detail: 1, ...more }));
          for (const x of [100, 110, 120, 130]) fire(PointerEvent, "pointermove", x);
          fire(MouseEvent, "mousedown", 130, { button: 0, buttons: 1 });
          return heard.splice(0).map(({ action, x }) => [action, x]);
        }"""
    )
    assert order == [["move", 40], ["move", 70], ["down", 70]]


async def test_a_press_on_the_bars_does_nothing(page: Page, heard: Heard) -> None:
    await heard()
    await page.evaluate("document.getElementById('stage').style.inset = '0'")
    await page.mouse.click(30, 30)
    assert await heard() == []


async def test_whoever_only_watches_is_told_so(page: Page, heard: Heard) -> None:
    await heard()
    await page.evaluate("on = false")
    await page.mouse.click(200, 200)
    assert await heard() == []
    assert await page.evaluate("refused") == 1


async def test_everything_pressed_can_be_released_where_it_is(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.move(300, 300)
    await page.mouse.down()
    await page.mouse.down(button="right")
    await heard()
    await page.evaluate("pointer.releaseAll()")
    released = await heard()
    assert [(each["action"], each["button"], each["x"], each["y"]) for each in released] == [
        ("up", "left", 240, 250), ("up", "right", 240, 250),
    ]  # fmt: skip
    await page.mouse.up()
    assert _short(await heard()) == []


async def test_a_release_in_another_window_is_noticed(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.move(300, 300)
    await page.mouse.down()
    await heard()
    await page.evaluate(
        """document.getElementById("stage").dispatchEvent(
          new PointerEvent("pointermove", { clientX: 310, clientY: 300, buttons: 0 }))"""
    )
    assert [(each["action"], each["buttons"]) for each in await heard()] == [("up", 0), ("move", 0)]


async def test_the_context_menu_is_the_remote_pages_only_while_driving(page: Page, heard: Heard) -> None:
    await heard()
    offered = """(driving) => {
      on = driving;
      return document.getElementById("stage").dispatchEvent(new MouseEvent("contextmenu", { cancelable: true }));
    }"""
    assert await page.evaluate(offered, True) is False
    assert await page.evaluate(offered, False) is True


async def test_the_wheel_turns_in_both_axes_and_adds_up(page: Page, heard: Heard) -> None:
    await heard()
    await page.mouse.move(200, 200)
    await heard()
    await page.mouse.wheel(0, 120)
    await page.mouse.wheel(-50, 30)
    turns = [each for each in await heard() if each["action"] == "wheel"]
    assert (sum(each["dx"] for each in turns), sum(each["dy"] for each in turns)) == (-50, 150)


@pytest.mark.parametrize(("mode", "expected"), [(0, 3), (1, 120), (2, 1800)])
async def test_lines_and_pages_become_pixels(page: Page, mode: int, expected: int) -> None:
    turned = await page.evaluate(
        """async (mode) => (await import("input/wheel.js"))
          .pixelsOf({ deltaX: 0, deltaY: 3, deltaMode: mode }, { width: 840, height: 600 }).dy""",
        mode,
    )
    assert turned == expected
