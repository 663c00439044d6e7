"""What is pressed, noted and released."""

from typing import Any

import pytest

from computers.relay.held import Held, presses_what_is_noted
from computers.wire.screen import Input
from tests.computers.relay.items import down, key, move, pointer, text, up


def held(*items: Input) -> Held:
    pressed = Held()
    for item in items:
        pressed.apply(item)
    return pressed


def test_a_pressed_button_is_held_where_the_pointer_is_now() -> None:
    assert held(down("left", 1, 2), move(5, 6)).buttons == {"left": (5, 6)}


def test_released_it_is_not() -> None:
    pressed = held(down("left"), down("right"), up("left"))
    assert list(pressed.buttons) == ["right"]


def test_a_wheel_and_text_press_nothing() -> None:
    assert held(pointer("wheel", 1, 1, "none"), text("abc")) == Held()


def test_both_shift_keys_are_two_keys() -> None:
    pressed = held(
        key("down", "Shift", "ShiftLeft"), key("down", "Shift", "ShiftRight"), key("up", "Shift", "ShiftLeft")
    )
    assert pressed.modifiers == {"ShiftRight": "Shift"}


def test_a_key_is_released_by_its_place_even_if_the_layout_changed_meanwhile() -> None:
    assert held(key("down", "y", "KeyZ"), key("up", "z", "KeyZ")).keys == {}


def test_a_key_without_a_place_goes_by_its_name() -> None:
    assert held(key("down", "a"), key("down", "b"), key("up", "a")).keys == {"b": "b"}


def test_of_the_keys_only_modifiers_and_those_that_last_are_noted() -> None:
    pressed = held(down("left", 1, 2), key("down", "Control", "ControlLeft"), key("down", "a", "KeyA"))
    assert pressed.noted() == {"buttons": {"left": [1, 2]}, "modifiers": {"ControlLeft": "Control"}}
    pressed.lasts("KeyA")
    assert pressed.noted()["keys"] == {"KeyA": "a"}
    pressed.apply(key("up", "a", "KeyA"))
    assert "keys" not in pressed.noted()


def test_what_is_released_does_not_last_and_more_than_fingers_are_not_noted() -> None:
    pressed = held(key("down", "a", "KeyA"), key("up", "a", "KeyA"))
    pressed.lasts("KeyA")
    assert pressed == Held()
    many = held(*(key("down", "a", f"Key{number}") for number in range(30)))
    for number in range(30):
        many.lasts(f"Key{number}")
    assert len(many.noted()["keys"]) == 20 and len(many.releases()) == 30


def test_nothing_that_matters_is_noted_as_nothing() -> None:
    assert held(key("down", "a", "KeyA")).noted() == {}


def test_what_was_noted_can_be_read() -> None:
    pressed = held(down("left", 1, 2), key("down", "Control", "ControlLeft"), key("down", "a", "KeyA"))
    pressed.lasts("KeyA")
    assert Held.read(pressed.noted()) == pressed


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"buttons": None, "modifiers": None},
        {"buttons": {"sixth": [1, 2]}, "modifiers": {"KeyA": "a"}},
        {"buttons": {"left": [1]}},
        {"buttons": {"left": "here"}},
        {"keys": ["KeyA"]},
        {"tab": "T1", "unknown": 5},
    ],
)
def test_what_is_odd_in_the_row_is_left_out(odd: dict[str, Any]) -> None:
    assert Held.read(odd) == Held()


def test_everything_is_released_buttons_first_and_keys_in_reverse() -> None:
    pressed = held(
        key("down", "Control", "ControlLeft"), key("down", "Shift", "ShiftLeft"), key("down", "a", "KeyA"),
        down("left", 3, 4),
    )  # fmt: skip
    releases = pressed.releases()
    assert [(item.action, getattr(item, "button", None) or getattr(item, "code", None)) for item in releases] == [
        ("up", "left"), ("up", "KeyA"), ("up", "ShiftLeft"), ("up", "ControlLeft"),
    ]  # fmt: skip
    for item in releases:
        pressed.apply(item)
    assert pressed == Held()


def test_only_a_release_of_what_is_held_is_one() -> None:
    pressed = held(down("left"), key("down", "a", "KeyA"), key("down", "Shift", "ShiftLeft"))
    assert pressed.is_release_of_held(up("left"))
    assert pressed.is_release_of_held(key("up", "a", "KeyA"))
    assert pressed.is_release_of_held(key("up", "Shift", "ShiftLeft"))
    assert not pressed.is_release_of_held(up("right"))
    assert not pressed.is_release_of_held(key("up", "b", "KeyB"))
    assert not pressed.is_release_of_held(down("left"))
    assert not pressed.is_release_of_held(text("a"))


def test_buttons_and_modifiers_are_noted_before_they_are_pressed() -> None:
    assert presses_what_is_noted(down("left"))
    assert presses_what_is_noted(key("down", "Alt", "AltLeft"))


@pytest.mark.parametrize(
    "item",
    [
        up("left"),
        move(1),
        key("down", "a", "KeyA"),
        key("up", "Alt"),
        text("a"),
        key("down", "Shift", repeat=True),
    ],
)
def test_nothing_else_is(item: Input) -> None:
    assert not presses_what_is_noted(item)
