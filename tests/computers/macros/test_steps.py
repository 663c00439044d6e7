"""A macro's steps: what they may hold, how they are stored, asked for and told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from computers.actions.refusal import Invalid
from computers.macros import rows, steps

places = some.integers(0, 5000) | some.floats(0, 5000).map(lambda value: round(value, 2))
typable = some.text(
    some.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc", "Cs"]), min_size=1
)
POINTS = ["click", "double_click", "mouse_down"]


def _at(*names: str) -> some.SearchStrategy[dict[str, Any]]:
    return some.fixed_dictionaries(dict.fromkeys(names, places))


any_step = some.one_of(
    some.builds(lambda kind, at: {"type": kind, **at}, some.sampled_from(POINTS), _at("x", "y")),
    _at("x1", "y1", "x2", "y2").map(lambda at: {"type": "drag", **at}),
    _at("dx", "dy").map(lambda way: {"type": "scroll", **way}),
    typable.map(lambda text: {"type": "type", "text": text}),
    some.booleans().map(lambda hide: {"type": "type", "ask": "Password", **({"hide": True} if hide else {})}),
    some.lists(some.sampled_from(["ctrl", "a", "Enter"]), min_size=1, max_size=3, unique=True).map(
        lambda keys: {"type": "keypress", "keys": keys}
    ),
    some.integers(0, steps.WAIT_LIMIT).map(lambda ms: {"type": "wait", "ms": ms}),
    some.just({"type": "go_to_url", "url": "https://example.org/"}),
    some.just({"type": "screenshot"}),
)
NAMES = some.text() | some.sampled_from(["type", "x", "text", "ask", "keys", "url", "ms"])
anything = some.recursive(
    some.none() | some.booleans() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(NAMES, inner),
)


@given(some.lists(any_step, min_size=1, max_size=10))
def test_what_is_stored_is_read_again(given: list[steps.Step]) -> None:
    assert steps.parsed(steps.dumped(given)) == given


@given(some.lists(any_step, min_size=1, max_size=10))
def test_what_is_edited_and_left_as_it_is_stays_as_it_is(given: list[steps.Step]) -> None:
    found, told = rows.to_steps(rows.of_steps(given))
    assert found == given
    assert all(not row.errors for row in told)


@given(anything)
def test_whatever_a_step_is_said_to_be_is_taken_or_refused_with_a_sentence(said: Any) -> None:
    for kind in steps.TYPES:
        try:
            steps.described(steps.checked({**said, "type": kind} if isinstance(said, dict) else said))
        except Invalid as refusal:
            assert str(refusal)


@pytest.mark.parametrize(
    ("step", "field", "words"),
    [
        ({"type": "click", "x": float("nan"), "y": 1}, "x", "must be a number"),
        ({"type": "click", "x": True, "y": 1}, "x", "must be a number"),
        ({"type": "click", "x": 1e9, "y": 1}, "x", "between"),
        ({"type": "click", "x": 1, "y": 1, "button": "<b>"}, "x", "left, middle or right"),
        ({"type": "scroll", "dx": 0, "dy": 1, "x": 3}, "x", "both x and y"),
        ({"type": "wait", "ms": 60_001}, "ms", "between 0 and 60000"),
        ({"type": "go_to_url", "url": "javascript:alert(1)"}, "url", "javascript: cannot be opened"),
        ({"type": "go_to_url", "url": "file:///etc/passwd"}, "url", "file: cannot be opened"),
        ({"type": "go_to_url", "url": 7}, "url", "is a text"),
        ({"type": "keypress", "keys": ["a"] * 9}, "keys", "At most 8"),
        ({"type": "keypress", "keys": [{"deep": 1}]}, "keys", "name a key"),
        ({"type": "type", "text": "a\x00b"}, "text", "control characters"),
        ({"type": "type", "text": "a" * 10_001}, "text", "too long"),
        ({"type": "type", "ask": " "}, "ask", "what is asked for"),
        ({"type": "type", "ask": "a" * 81}, "ask", "at most 80"),
        ({"type": "change_proxy"}, "type", "no such type"),
        ({"type": ["click"]}, "type", "no such type"),
        ([], "type", "JSON object"),
    ],
)
def test_a_step_that_cannot_be_is_refused(step: Any, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        steps.checked(step)
    assert refusal.value.code == field


def test_what_is_stored_may_be_anything_and_is_a_sentence_at_worst() -> None:
    for text in (
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '[{"type": "click", "x": NaN}]',
        "[1]",
        "x" * 300_000,
    ):
        with pytest.raises(steps.Unreadable):
            steps.parsed(text)


def test_a_macro_is_bounded() -> None:
    with pytest.raises(Invalid, match="at most 100 steps"):
        steps.checked_list([{"type": "screenshot"}] * 101)
    with pytest.raises(Invalid, match="at most 256 kB"):
        steps.dumped([{"type": "type", "text": "a" * 10_000}] * 30)


def test_texts_are_filled_in_where_they_are_asked_for() -> None:
    macro = steps.checked_list(
        [{"type": "type", "text": "user"}, {"type": "type", "ask": "Password", "hide": True}]
    )
    assert steps.asked(macro) == [steps.Asked(1, "Password", True)]
    assert steps.filled(macro, {1: "secret"}) == [
        {"type": "type", "text": "user"},
        {"type": "type", "text": "secret"},
    ]
    with pytest.raises(Invalid, match="Password is empty"):
        steps.filled(macro, {})


def test_no_text_is_in_what_a_step_is_called() -> None:
    assert steps.described({"type": "type", "text": "sesame"}) == "Type 6 characters"
    assert steps.described({"type": "click", "x": 4, "y": 5.5}) == "Click (4, 5.5)"


def test_rows_are_added_moved_copied_and_removed_and_the_focus_follows() -> None:
    made, focus = rows.changed([], "add", "wait")
    assert (made[0].values["ms"], focus) == ("1000", "step-0")
    made, _ = rows.changed(made, "add", "screenshot")
    made, focus = rows.changed(made, "up:1")
    assert ([row.type for row in made], focus) == (["screenshot", "wait"], "step-0")
    made, focus = rows.changed(made, "copy:1")
    assert ([row.type for row in made], focus) == (["screenshot", "wait", "wait"], "step-2")
    made, focus = rows.changed(made, "down:0")
    assert ([row.type for row in made], focus) == (["wait", "screenshot", "wait"], "step-1-down")
    made, focus = rows.changed(made, "remove:2")
    assert ([row.type for row in made], focus) == (["wait", "screenshot"], "step-1")
    for odd in ("", "remove:9", "up:x", "down:-1", "up:0", "boil:1", "remove:" + "9" * 99):
        assert rows.changed(made, odd)[0] == made


def test_entries_become_rows_and_what_cannot_be_repeated_is_named() -> None:
    made, left_out = rows.of_entries(
        [
            ({"type": "click", "x": 1.5, "y": 2.0, "tab_id": "T"}, ""),
            ({"type": "type"}, "kept"),
            ({"type": "type"}, ""),
            ({"type": "switch_tab", "tab_id": "T"}, ""),
            ("odd", ""),
        ]
    )
    assert left_out == ["switch_tab", "?"]
    assert rows.to_steps(made)[0] == [
        {"type": "click", "x": 1.5, "y": 2},
        {"type": "type", "text": "kept"},
        {"type": "type", "ask": "Text"},
    ]


def test_a_kept_text_passes_the_page_encrypted_and_only_for_its_person() -> None:
    token = rows.seal("sesame", 7)
    assert "sesame" not in token
    assert rows.unseal(token, 7) == "sesame"
    assert rows.unseal(token, 8) is None
    assert rows.unseal("nonsense", 7) is None
    lost = rows.of_post({"count": "1", "step-0-type": "type", "step-0-mode": "keep", "step-0-kept": "x"}, 7)
    assert rows.to_steps(lost)[1][0].errors["text"]
