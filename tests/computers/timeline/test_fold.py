"""What a driver does, in a person's words. Pure: the seconds are the test's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computers.timeline.fold import TYPED_LIMIT, Fold, Folded
from computers.wire.keys import ALT, CTRL, SHIFT
from computers.wire.screen import Answer, Input, Key, Pointer, Text
from tests.computers.relay.items import down, move, pointer, text, up

LONG = 1000.0


def key(name: str, said: str = "", modifiers: int = 0, *, repeat: bool = False) -> list[Input]:
    return [Key(action, name, "", modifiers, said, repeat, 0, 0) for action in ("down", "up")]


def click(x: float, y: float, clicks: int = 1, button: str = "left", modifiers: int = 0) -> list[Input]:
    more: dict[str, Any] = {"clicks": clicks, "modifiers": modifiers}
    return [pointer(action, x, y, button, **more) for action in ("down", "up")]


def wheel(dy: float, x: float = 5.0, y: float = 6.0, dx: float = 0.0) -> Pointer:
    return pointer("wheel", x, y, "none", dx=dx, dy=dy)


def typed(said: str) -> list[Input]:
    return [item for letter in said for item in key(letter, letter)]


def folded(*items: Any, every: float = 0.1) -> list[Folded]:
    """All that becomes of the items, one every so many seconds, and of the end of driving."""
    fold, now, found = Fold(), 50.0, []
    for item in items:
        for one in item if isinstance(item, list) else [item]:
            found += fold.put(one, now)
            now += every
    return found + fold.finish()


def told(*items: Any, every: float = 0.1) -> list[str]:
    return [one.sentence for one in folded(*items, every=every)]


def steps(*items: Any) -> list[dict[str, Any] | None]:
    return [one.step for one in folded(*items)]


def test_a_press_and_a_release_are_a_click() -> None:
    (one,) = folded(click(412.4, 299.6))
    assert one.sentence == "clicked (412, 300)"
    assert one.step == {"type": "click", "x": 412.4, "y": 299.6}


def test_two_quick_ones_are_a_double_click() -> None:
    assert told(click(1, 2), click(1, 2, clicks=2)) == ["double-clicked (1, 2)"]
    assert steps(click(1, 2), click(1, 2, clicks=2)) == [{"type": "double_click", "x": 1, "y": 2}]


def test_two_slow_ones_are_two_clicks() -> None:
    assert told(click(1, 2), click(1, 2), every=2) == ["clicked (1, 2)"] * 2


def test_three_are_a_triple_click_which_no_action_repeats() -> None:
    (one,) = folded(click(1, 2), click(1, 2, clicks=2), click(1, 2, clicks=3))
    assert (one.sentence, one.step) == ("triple-clicked (1, 2)", None)


def test_a_second_click_that_is_held_long_still_belongs_to_the_first() -> None:
    fold = Fold()
    first, second = click(1, 2), click(1, 2, clicks=2)
    assert [*fold.put(first[0], 0), *fold.put(first[1], 0.1), *fold.put(second[0], 0.4)] == []
    assert fold.tick(0.9) == []
    assert fold.put(second[1], 1.0) == []
    assert [one.sentence for one in fold.finish()] == ["double-clicked (1, 2)"]


@pytest.mark.parametrize(
    "button, sentence, step",
    [
        ("right", "right-clicked (1, 2)", {"type": "right_click", "x": 1, "y": 2}),
        ("middle", "middle-clicked (1, 2)", {"type": "click", "button": "middle", "x": 1, "y": 2}),
        ("back", "pressed the back button", None),
    ],
)
def test_other_buttons(button: str, sentence: str, step: Any) -> None:
    (one,) = folded(click(1, 2, button=button))
    assert (one.sentence, one.step) == (sentence, step)


def test_a_click_with_a_key_held_says_so_and_is_no_step() -> None:
    (one,) = folded(click(1, 2, modifiers=CTRL | SHIFT))
    assert (one.sentence, one.step) == ("Ctrl+Shift+clicked (1, 2)", None)


def test_a_press_that_is_released_elsewhere_is_a_drag() -> None:
    (one,) = folded(down(x=1, y=2), move(50, 50), up(x=100, y=200))
    assert one.sentence == "dragged (1, 2) → (100, 200)"
    assert one.step == {"type": "drag", "x1": 1, "y1": 2, "x2": 100, "y2": 200}


def test_a_press_that_is_never_released_is_told_at_the_end() -> None:
    assert told(down(x=1, y=2)) == ["held the left button at (1, 2)"]


def test_moves_alone_are_nothing() -> None:
    assert told(move(1), move(2), move(3)) == []


def test_scrolling_is_one_thing() -> None:
    (one,) = folded(wheel(100), move(6, 7), wheel(100, x=9), wheel(100, dx=-20))
    assert one.sentence == "scrolled down 300 and left 20 at (5, 6)"
    assert one.step == {"type": "scroll", "dx": -20, "dy": 300, "x": 5, "y": 6}


def test_scrolling_somewhere_else_is_another() -> None:
    assert told(wheel(-100), wheel(-50, x=500)) == ["scrolled up 100 at (5, 6)", "scrolled up 50 at (500, 6)"]


def test_typing_is_counted_and_its_text_kept_apart() -> None:
    (one,) = folded(typed("hello"), text(" wörld!"))
    assert (one.sentence, one.typed, one.step) == ("typed 12 characters", "hello wörld!", {"type": "type"})
    assert "hello" not in repr(one)
    assert told(text("a")) == ["typed 1 character"]


def test_typing_after_a_pause_is_another() -> None:
    assert told(text("ab"), text("c"), every=3) == ["typed 2 characters", "typed 1 character"]


def test_typing_without_an_end_is_told_in_parts() -> None:
    assert told(text("x" * TYPED_LIMIT), text("y")) == [
        f"typed {TYPED_LIMIT} characters",
        "typed 1 character",
    ]


@pytest.mark.parametrize(
    "stroke, sentence, keys",
    [
        (key("Enter"), "pressed Enter", ["Enter"]),
        (key("Enter", "\r"), "pressed Enter", ["Enter"]),
        (key("Tab", "\t"), "pressed Tab", ["Tab"]),
        (key("a", modifiers=CTRL), "pressed Ctrl+A", ["ctrl", "a"]),
        (key("t", modifiers=CTRL | SHIFT), "pressed Ctrl+Shift+T", ["ctrl", "shift", "t"]),
        (key("Tab", modifiers=SHIFT), "pressed Shift+Tab", ["shift", "Tab"]),
        (key(" ", modifiers=CTRL), "pressed Ctrl+Space", ["ctrl", " "]),
    ],
)
def test_other_keys_have_names(stroke: list[Input], sentence: str, keys: list[str]) -> None:
    (one,) = folded(stroke)
    assert (one.sentence, one.step) == (sentence, {"type": "keypress", "keys": keys})


def test_modifiers_alone_are_nothing() -> None:
    assert told(key("Shift"), key("Control"), key("AltGraph"), key("Meta")) == []


@pytest.mark.parametrize("modifiers", [0, SHIFT, ALT, CTRL | ALT])
def test_a_key_that_types_is_typing_whatever_the_layout_holds_for_it(modifiers: int) -> None:
    (one,) = folded(key("@", "@", modifiers))
    assert (one.sentence, one.typed) == ("typed 1 character", "@")


@pytest.mark.parametrize("name", ["my password", "hunter2", "\u202eevil"])
def test_what_is_no_key_is_not_shown_as_one(name: str) -> None:
    assert told(key(name)) == ["pressed a key"]


def test_a_character_without_its_text_is_not_shown_either() -> None:
    assert told(key("s")) == ["typed 1 character"]


def test_a_key_held_down_is_told_once() -> None:
    repeats = [item for _ in range(14) for item in key("Backspace", repeat=True)]
    assert told(key("Backspace"), repeats) == ["pressed Backspace", "held Backspace: pressed 14 times more"]


def test_an_answered_dialog_is_told_without_what_was_said() -> None:
    (one,) = folded(Answer(True, "secret", 1, 0, 0))
    assert (one.sentence, one.typed) == ("answered a dialog with OK and 6 characters", "secret")
    assert told(Answer(False, "secret", 1, 0, 0)) == ["answered a dialog with Cancel"]


def test_everything_comes_in_its_order() -> None:
    assert told(click(1, 2), typed("ab"), key("Enter"), wheel(9), click(3, 4)) == [
        "clicked (1, 2)", "typed 2 characters", "pressed Enter", "scrolled down 9 at (5, 6)", "clicked (3, 4)",
    ]  # fmt: skip


def test_time_closes_what_is_open_and_says_when_it_will() -> None:
    fold = Fold()
    assert fold.due() is None
    fold.put(text("a"), 10.0)
    due = fold.due()
    assert due is not None and due > 10.0
    assert fold.tick(due - 0.01) == []
    assert [one.sentence for one in fold.tick(due)] == ["typed 1 character"]
    assert fold.due() is None and fold.tick(LONG) == []


# --- however time divides it, nothing is lost and nothing told twice ------------------------------------------------

coordinate = st.sampled_from([0.0, 1.0, 3.0, 50.0])
anything = st.one_of(
    st.builds(lambda said: [Text(said, 0, 0)], st.text(max_size=5)),
    st.builds(lambda letter: key(letter, letter), st.sampled_from("aß@")),
    st.builds(key, st.sampled_from(["Enter", "Backspace", "Shift"]), repeat=st.booleans()),
    st.builds(click, coordinate, coordinate, st.integers(1, 3)),
    st.builds(lambda dy, x: [wheel(dy, x)], st.sampled_from([-100.0, 50.0]), coordinate),
    st.builds(lambda x: [move(x)], coordinate),
)
waits = st.sampled_from([0.0, 0.3, 0.8, 2.5, 40.0])


def total(found: list[Folded]) -> dict[str, Any]:
    """What was done in all."""
    names = ("double-clicked", "triple-clicked", "clicked")
    clicks = sum({names[0]: 2, names[1]: 3, names[2]: 1}.get(one.sentence.split(" ")[0], 0) for one in found)
    repeats = [one.sentence.partition(": pressed ")[2] for one in found if one.sentence.startswith("held ")]
    held = sum(int(said.split(" ")[0].replace("once", "1")) for said in repeats)
    scrolls = [one.step["dy"] for one in found if one.step and one.step["type"] == "scroll"]
    return {
        "typed": "".join(one.typed for one in found),
        "clicks": clicks,
        "scrolled": sum(scrolls),
        "keys": sum(one.sentence.startswith("pressed ") for one in found) + held,
    }


@given(st.lists(st.tuples(anything, waits, st.booleans()), max_size=30))
def test_any_split_of_the_input_gives_the_same_total(parts: list[tuple[list[Input], float, bool]]) -> None:
    fold, now, found = Fold(), 0.0, []
    for items, wait, ends in parts:
        for item in items:
            found += fold.put(item, now)
        now += wait
        if ends:
            found += fold.tick(now)
    found += fold.finish()
    together = folded(*(items for items, _, _ in parts), every=0.0)
    assert total(found) == total(together)


def test_what_began_before_something_else_is_told_before_it_and_what_began_after_is_not() -> None:
    fold = Fold()
    for item in click(1, 2):
        fold.put(item, 50.0)
    assert fold.before(49.9) == []
    assert [one.sentence for one in fold.before(50.1)] == ["clicked (1, 2)"]
    assert fold.before(50.2) == fold.finish() == []


def test_a_button_that_is_held_meanwhile_is_held_still() -> None:
    fold, (press, release) = Fold(), click(1, 2)
    fold.put(press, 50.0)
    assert fold.before(60.0) == []
    assert [one.sentence for one in fold.put(release, 61.0) + fold.finish()] == ["clicked (1, 2)"]
