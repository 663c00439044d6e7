"""Input folded into the action endpoints' gestures."""

from typing import Any

from computers.wire.gestures import Call, Gestures, merged
from computers.wire.screen import Key, Pointer, Text


def pointer(
    action: str, x: float, y: float, button: str = "none", clicks: int = 0, **changes: Any
) -> Pointer:
    fields = {"buttons": 0, "modifiers": 0, "dx": 0.0, "dy": 0.0, "view": 0, "epoch": 0}
    return Pointer(action, x, y, button, clicks=clicks, **{**fields, **changes})


def press(gestures: Gestures, x: float, y: float, clicks: int = 1, button: str = "left") -> list[Call]:
    down, up = (pointer(action, x, y, button, clicks) for action in ("down", "up"))
    return [*gestures.fold(down), *gestures.fold(up)]


def key(name: str, text: str = "", modifiers: int = 0, action: str = "down") -> Key:
    return Key(action, name, "", modifiers, text, False, 0, 0)


AT = {"x": 10.0, "y": 20.0}


def test_a_click_waits_to_see_whether_it_becomes_a_double_one() -> None:
    gestures = Gestures()
    assert press(gestures, 10, 20) == [] and gestures.waits
    assert gestures.flush() == [("click", AT)] and not gestures.waits


def test_two_clicks_are_one_double_click() -> None:
    gestures = Gestures()
    assert press(gestures, 10, 20) + press(gestures, 10, 20, clicks=2) == []
    assert gestures.flush() == [("double-click", AT)]


def test_a_triple_click_is_a_double_and_a_single_one() -> None:
    gestures = Gestures()
    for clicks in (1, 2, 3):
        assert press(gestures, 10, 20, clicks) == []
    assert gestures.flush() == [("double-click", AT), ("click", AT)]


def test_a_click_elsewhere_ends_the_wait() -> None:
    gestures = Gestures()
    press(gestures, 10, 20)
    assert press(gestures, 50, 60) == [("click", AT)]
    assert gestures.flush() == [("click", {"x": 50.0, "y": 60.0})]


def test_a_small_tremble_is_still_a_click() -> None:
    gestures = Gestures()
    gestures.fold(pointer("down", 10, 20, "left", 1))
    assert gestures.fold(pointer("up", 13, 22, "left", 1)) == []
    assert gestures.flush() == [("click", {"x": 13.0, "y": 22.0})]


def test_a_drag_is_told_from_press_to_release() -> None:
    gestures = Gestures()
    gestures.fold(pointer("down", 10, 20, "left", 1))
    assert gestures.fold(pointer("move", 50, 50, buttons=1)) == []
    assert gestures.fold(pointer("up", 90, 20, "left", 1)) == [
        ("drag", {"x1": 10, "y1": 20, "x2": 90, "y2": 20})
    ]


def test_a_drag_of_the_second_click_tells_the_first_click_before() -> None:
    gestures = Gestures()
    press(gestures, 10, 20)
    gestures.fold(pointer("down", 10, 20, "left", 2))
    assert [verb for verb, _ in gestures.fold(pointer("up", 90, 20, "left", 2))] == ["click", "drag"]


def test_a_right_click_is_told_at_once_and_after_what_waited() -> None:
    gestures = Gestures()
    press(gestures, 1, 1)
    calls = press(gestures, 10, 20, button="right")
    assert calls == [("click", {"x": 1.0, "y": 1.0}), ("right-click", AT)]


def test_a_release_without_a_press_is_nothing() -> None:
    assert Gestures().fold(pointer("up", 1, 1, "left", 1)) == []


def test_moving_is_nothing() -> None:
    assert Gestures().fold(pointer("move", 1, 1)) == []


def test_places_are_counted_in_picture_pixels() -> None:
    gestures = Gestures(scale=2.0)
    press(gestures, 10, 20)
    assert gestures.flush() == [("click", {"x": 20.0, "y": 40.0})]


def test_the_wheel_scrolls_where_the_pointer_is() -> None:
    calls = Gestures().fold(pointer("wheel", 10, 20, dx=5.0, dy=-7.0))
    assert calls == [("scroll", {"dx": 5.0, "dy": -7.0, **AT})]


def test_the_wheel_scrolls_by_picture_pixels_too() -> None:
    calls = Gestures(scale=2.0).fold(pointer("wheel", 5, 10, dx=5.0, dy=-7.0))
    assert calls == [("scroll", {"dx": 10.0, "dy": -14.0, **AT})]


def test_a_printable_key_types() -> None:
    assert Gestures().fold(key("a", "a")) == [("type", {"text": "a"})]
    assert Gestures().fold(key("A", "A", modifiers=8)) == [("type", {"text": "A"})]


def test_a_key_with_a_modifier_is_a_hotkey() -> None:
    assert Gestures().fold(key("a", modifiers=2)) == [("hotkey", {"keys": ["ctrl", "a"]})]
    assert Gestures().fold(key("T", "T", modifiers=10)) == [("hotkey", {"keys": ["ctrl", "shift", "T"]})]


def test_a_named_key_is_a_hotkey() -> None:
    assert Gestures().fold(key("Enter")) == [("hotkey", {"keys": ["Enter"]})]


def test_a_modifier_alone_and_every_release_is_nothing() -> None:
    assert Gestures().fold(key("Shift", modifiers=8)) == []
    assert Gestures().fold(key("a", "a", action="up")) == []


def test_typing_comes_after_the_click_that_waited() -> None:
    gestures = Gestures()
    press(gestures, 10, 20)
    assert gestures.fold(Text("hello", 0, 0)) == [("click", AT), ("type", {"text": "hello"})]


def test_waiting_text_merges() -> None:
    assert merged(("type", {"text": "he"}), ("type", {"text": "y"})) == ("type", {"text": "hey"})


def test_waiting_scrolling_merges_at_one_place_only() -> None:
    one, other = ({"dx": 1.0, "dy": 2.0, **AT}, {"dx": 1.0, "dy": 2.0, "x": 0.0, "y": 0.0})
    assert merged(("scroll", one), ("scroll", one)) == ("scroll", {"dx": 2.0, "dy": 4.0, **AT})
    assert merged(("scroll", one), ("scroll", other)) is None


def test_nothing_else_merges() -> None:
    assert merged(("click", AT), ("click", AT)) is None
    assert merged(("type", {"text": "a"}), ("hotkey", {"keys": ["Enter"]})) is None
