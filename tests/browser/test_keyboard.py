"""What is pressed here is pressed there: keys, text, modifiers, repeats and releases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

Heard = Callable[[], Awaitable[list[Any]]]

WIRE = """async () => {
  const { Keyboard } = await import("input/keyboard.js");
  window.heard = [];
  window.area = document.getElementById("area");
  window.keyboard = new Keyboard(area, {
    onKey: (stroke) => heard.push(stroke),
    onText: (text) => heard.push(text),
    onLeave: () => heard.push("leave"),
  });
  area.focus();
}"""


@pytest.fixture
def heard(page: Page) -> Heard:
    """What came since the last call; the first call wires the keyboard."""

    async def read() -> list[Any]:
        if not await page.evaluate("'heard' in window"):
            await page.evaluate(WIRE)
        found: list[Any] = await page.evaluate("heard.splice(0)")
        return found

    return read


def _short(strokes: list[Any]) -> list[str]:
    """Strokes as "+Shift", "-Shift"; text that was typed as it is."""
    return [
        each if isinstance(each, str) else ("+" if each["action"] == "down" else "-") + each["key"]
        for each in strokes
    ]


async def _press(page: Page, kind: str, **event: object) -> None:
    """An event as some keyboard would send it; Playwright's own has one layout only."""
    await page.evaluate(
        """([kind, event]) => {
          const graph = event.altGraph; delete event.altGraph;
          const made = new KeyboardEvent(kind, { bubbles: true, cancelable: true, ...event });
          if (graph) Object.defineProperty(made, "getModifierState", { value: (name) => name === "AltGraph" });
          area.dispatchEvent(made);
        }""",
        [kind, event],
    )


async def test_a_letter_carries_its_text_and_its_release_does_not(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.press("a")
    down, up = await heard()
    assert down == {"action": "down", "key": "a", "code": "KeyA", "modifiers": 0, "text": "a"}
    assert up == {"action": "up", "key": "a", "code": "KeyA", "modifiers": 0}


async def test_shift_is_a_key_of_its_own_and_changes_the_text(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.press("Shift+A")
    strokes = await heard()
    assert _short(strokes) == ["+Shift", "+A", "-A", "-Shift"]
    assert (strokes[1]["modifiers"], strokes[1]["text"]) == (8, "A")


@pytest.mark.parametrize(("modifier", "bit"), [("Control", 2), ("Meta", 4), ("Alt", 1)])
async def test_a_command_carries_no_text(page: Page, heard: Heard, modifier: str, bit: int) -> None:
    await heard()
    await page.keyboard.press(f"{modifier}+k")
    strokes = await heard()
    assert strokes[1]["key"] == "k" and strokes[1]["modifiers"] == bit
    assert "text" not in strokes[1]


async def test_a_held_key_repeats(page: Page, heard: Heard) -> None:
    await heard()
    for _ in range(3):
        await page.keyboard.down("x")
    await page.keyboard.up("x")
    strokes = await heard()
    assert [stroke.get("repeat", False) for stroke in strokes] == [False, True, True, False]


async def test_a_release_says_the_key_that_was_pressed(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keydown", key="A", code="KeyQ", shiftKey=True)
    await _press(page, "keyup", key="q", code="KeyQ")
    assert _short(await heard()) == ["+A", "-A"]


async def test_a_release_without_its_press_is_not_sent(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keyup", key="Enter", code="Enter")
    assert await heard() == []


async def test_altgr_chooses_a_character_and_is_no_shortcut(page: Page, heard: Heard) -> None:
    await heard()
    # Windows: a Control that nobody pressed comes first.
    await _press(page, "keydown", key="Control", code="ControlLeft", ctrlKey=True)
    await _press(page, "keydown", key="AltGraph", code="AltRight", ctrlKey=True, altKey=True, altGraph=True)
    await _press(page, "keydown", key="@", code="KeyQ", ctrlKey=True, altKey=True, altGraph=True)
    strokes = await heard()
    assert _short(strokes) == ["+Control", "-Control", "+AltGraph", "+@"]
    assert (strokes[3]["text"], strokes[3]["modifiers"]) == ("@", 0)


async def test_option_on_a_mac_chooses_a_character(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keydown", key="Alt", code="AltLeft", altKey=True)
    await _press(page, "keydown", key="å", code="KeyA", altKey=True)
    strokes = await heard()
    assert _short(strokes) == ["+Alt", "-Alt", "+å"]
    assert (strokes[2]["text"], strokes[2]["modifiers"]) == ("å", 0)


async def test_everything_held_is_released_on_blur_modifiers_last(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.down("Control")
    await page.keyboard.down("a")
    await heard()
    await page.evaluate("area.blur()")
    assert _short(await heard()) == ["-a", "-Control"]


async def test_a_modifier_let_go_in_another_window_is_released(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keydown", key="Alt", code="AltLeft", altKey=True)
    await _press(page, "keydown", key="b", code="KeyB")
    assert _short(await heard()) == ["+Alt", "-Alt", "+b"]


async def test_a_mac_releases_letters_with_meta(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keydown", key="Meta", code="MetaLeft", metaKey=True)
    await _press(page, "keydown", key="c", code="KeyC", metaKey=True)
    await _press(page, "keyup", key="Meta", code="MetaLeft")
    assert _short(await heard()) == ["+Meta", "+c", "-Meta", "-c"]


async def test_escape_twice_is_forwarded_and_then_leaves(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    assert _short(await heard()) == ["+Escape", "-Escape", "+Escape", "leave", "-Escape"]


async def test_escape_slowly_or_with_a_key_between_does_not_leave(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(600)
    await page.keyboard.press("Escape")
    assert "leave" not in await heard()


async def test_a_composition_arrives_as_one_text(page: Page, heard: Heard) -> None:
    await heard()
    session = await page.context.new_cdp_session(page)
    await session.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    await session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    await session.send("Input.insertText", {"text": "日本"})
    assert await heard() == ["日本"]


async def test_a_dead_key_waits_for_its_letter(page: Page, heard: Heard) -> None:
    await heard()
    await _press(page, "keydown", key="Dead", code="BracketLeft")
    await _press(page, "keyup", key="Dead", code="BracketLeft")
    await _press(page, "keydown", key="ê", code="KeyE")
    strokes = await heard()
    assert _short(strokes) == ["+ê"]
    assert strokes[0]["text"] == "ê"


async def test_a_phones_keyboard_types_and_deletes(page: Page, heard: Heard) -> None:
    await heard()
    await page.keyboard.insert_text("word")
    await page.evaluate("document.execCommand('delete')")
    assert _short(await heard()) == ["word", "+Backspace", "-Backspace"]


async def test_the_paste_combination_is_left_to_the_browser(page: Page, heard: Heard) -> None:
    # One clipboard serves every window of a browser: what a test before left there is not ours to expect.
    await page.context.grant_permissions(["clipboard-write"])
    await page.evaluate("navigator.clipboard.writeText('pasted')")
    await page.context.clear_permissions()
    await heard()
    await page.keyboard.press("Control+v")
    assert _short(await heard()) == ["+Control", "pasted", "-Control"]


@pytest.mark.parametrize(
    ("name", "strokes"),
    [
        ("Ctrl+W", ["+Control 2", "+w 2", "-w 2", "-Control 0"]),
        ("Ctrl+Shift+Tab", ["+Control 2", "+Shift 10", "+Tab 10", "-Tab 10", "-Shift 2", "-Control 0"]),
        ("Meta", ["+Meta 4", "-Meta 0"]),
        ("F11", ["+F11 0", "-F11 0"]),
    ],
)
async def test_a_named_shortcut_is_pressed_in_order_and_released_in_reverse(
    page: Page, name: str, strokes: list[str]
) -> None:
    made = await page.evaluate("async (name) => (await import('input/keys.js')).chord(name)", name)
    signs = {"down": "+", "up": "-"}
    assert [f"{signs[each['action']]}{each['key']} {each['modifiers']}" for each in made] == strokes
