"""Input as DevTools commands."""

from typing import Any

import orjson
import pytest

from computers.wire.cdp import drag_command, encode, key_command, pointer_command, text_command
from computers.wire.screen import Key, Pointer, Text


def pointer(action: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "x": 3.5,
        "y": 4.0,
        "button": "none",
        "buttons": 0,
        "clicks": 0,
        "modifiers": 0,
        "dx": 0.0,
        "dy": 0.0,
    }
    method, params = pointer_command(Pointer(action, **{**fields, "view": 0, "epoch": 0, **changes}))
    assert method == "Input.dispatchMouseEvent"
    return params


def key(action: str, name: str, code: str = "", **changes: Any) -> dict[str, Any]:
    fields = {"modifiers": 0, "text": "", "repeat": False, "view": 0, "epoch": 0}
    method, params = key_command(Key(action, name, code, **{**fields, **changes}))
    assert method == "Input.dispatchKeyEvent"
    return params


def test_a_command_names_its_session_only_when_there_is_one() -> None:
    assert orjson.loads(encode(1, "A.b", {"c": 2}, "")) == {"id": 1, "method": "A.b", "params": {"c": 2}}
    assert orjson.loads(encode(1, "A.b", {}, "S"))["sessionId"] == "S"


def test_a_move_says_where_and_what_is_held() -> None:
    params = pointer("move", buttons=5, modifiers=8)
    assert params["type"] == "mouseMoved" and (params["x"], params["y"]) == (3.5, 4.0)
    assert (params["buttons"], params["button"], params["modifiers"]) == (5, "left", 8)
    assert "clickCount" not in params


@pytest.mark.parametrize(
    ("buttons", "button"),
    [(0, "none"), (1, "left"), (2, "right"), (4, "middle"), (8, "back"), (16, "forward")],
)
def test_a_move_names_the_held_button(buttons: int, button: str) -> None:
    assert pointer("move", buttons=buttons)["button"] == button


@pytest.mark.parametrize(("action", "kind"), [("down", "mousePressed"), ("up", "mouseReleased")])
def test_a_button_says_which_and_the_how_many_eth_click_it_is(action: str, kind: str) -> None:
    params = pointer(action, button="right", buttons=2, clicks=2)
    assert (params["type"], params["button"], params["clickCount"]) == (kind, "right", 2)


def test_a_click_counts_at_least_one() -> None:
    assert pointer("down", button="left", buttons=1, clicks=0)["clickCount"] == 1


def test_a_wheel_turns_in_both_axes() -> None:
    params = pointer("wheel", dx=-10.0, dy=120.0)
    assert (params["type"], params["deltaX"], params["deltaY"]) == ("mouseWheel", -10.0, 120.0)


def test_a_key_with_text_types_it() -> None:
    params = key("down", "a", "KeyA", text="a")
    assert (params["type"], params["text"], params["unmodifiedText"]) == ("keyDown", "a", "a")
    assert (params["windowsVirtualKeyCode"], params["code"], params["location"]) == (65, "KeyA", 0)


def test_a_key_without_text_goes_down_raw() -> None:
    params = key("down", "a", "KeyA", modifiers=2)
    assert params["type"] == "rawKeyDown" and "text" not in params and params["modifiers"] == 2


def test_enter_carries_its_control_character() -> None:
    assert key("down", "Enter", "Enter")["text"] == "\r"


def test_no_key_types_when_it_goes_up() -> None:
    params = key("up", "a", "KeyA", text="a")
    assert params["type"] == "keyUp" and "text" not in params


def test_a_repeated_key_says_so() -> None:
    assert key("down", "a", "KeyA", text="a", repeat=True)["autoRepeat"] is True


def test_the_keypad_is_told_apart() -> None:
    params = key("down", "7", "Numpad7", text="7")
    assert params["isKeypad"] is True and params["location"] == 3


def test_text_is_inserted_as_an_input_method_does() -> None:
    assert text_command(Text("漢字", 0, 0)) == ("Input.insertText", {"text": "漢字"})


def test_a_drag_carries_the_browsers_own_data() -> None:
    item = Pointer("move", 1.0, 2.0, "none", 1, 0, 8, 0.0, 0.0, 0, 0)
    assert drag_command("dragOver", item, {"items": []}) == (
        "Input.dispatchDragEvent",
        {"type": "dragOver", "x": 1.0, "y": 2.0, "data": {"items": []}, "modifiers": 8},
    )
