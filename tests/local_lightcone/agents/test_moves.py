"""A model's actions become a computer's: 0–999 becomes pixels, and every documented one is known."""

from __future__ import annotations

from typing import Any

import pytest

from local_lightcone.actions.perform import named
from local_lightcone.agents.answers import end_of
from local_lightcone.agents.moves import describe, moves

DOCUMENTED = (
    *(
        "click",
        "double_click",
        "triple_click",
        "right_click",
        "type",
        "key",
        "keypress",
        "key_down",
        "key_up",
    ),
    *("scroll", "hscroll", "navigate", "drag", "wait", "terminate", "answer", "done"),
    *("move", "mouse_down", "mouse_up", "point_and_type", "screenshot"),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            {"type": "click", "x": 500, "y": 230, "button": "left"},
            {"type": "click", "x": 640.0, "y": 165.6, "button": "left"},
        ),
        ({"type": "move", "x": 0, "y": 999}, {"type": "move", "x": 0.0, "y": 719.3}),
        ({"type": "double_click", "x": "500", "y": 500.0}, {"type": "double_click", "x": 640.0, "y": 360.0}),
        (
            {"type": "scroll", "x": 500, "y": 500, "scroll_x": 0, "scroll_y": 300},
            {"type": "scroll", "x": 640.0, "y": 360.0, "dx": 0, "dy": 300},
        ),
        (
            {"type": "hscroll", "x": 1, "y": 1, "scroll_y": 200},
            {"type": "scroll", "x": 1.3, "y": 0.7, "dx": 200, "dy": 0},
        ),
        (
            {"type": "drag", "path": [{"x": 0, "y": 0}, {"x": 500, "y": 500}]},
            {"type": "drag", "path": [{"x": 0.0, "y": 0.0}, {"x": 640.0, "y": 360.0}]},
        ),
        (
            {"type": "drag", "x": 0, "y": 0, "end_x": 500, "end_y": 500},
            {"type": "drag", "x": 0.0, "y": 0.0, "end_x": 640.0, "end_y": 360.0},
        ),
        ({"type": "keypress", "keys": ["ctrl", "a"]}, {"type": "keypress", "keys": ["ctrl", "a"]}),
        ({"type": "key", "key": "Enter"}, {"type": "keypress", "keys": ["Enter"]}),
        ({"type": "navigate", "url": "https://a.example"}, {"type": "go_to_url", "url": "https://a.example"}),
        ({"type": "wait", "seconds": 2}, {"type": "wait", "ms": 2000}),
        ({"type": "wait"}, {"type": "wait", "ms": None}),
        ({"type": "click", "x": None, "y": True}, {"type": "click", "y": True}),
    ],
)
def test_an_action_in_pixels(wanted: dict[str, Any], expected: dict[str, Any]) -> None:
    assert moves(wanted, 1280, 720) == [expected]


def test_pointing_and_typing_are_two() -> None:
    done = moves({"type": "point_and_type", "x": 500, "y": 500, "text": "a"}, 800, 600)
    assert done == [{"type": "click", "x": 400.0, "y": 300.0}, {"type": "type", "text": "a"}]


def test_keys_are_held_one_by_one() -> None:
    done = moves({"type": "key_down", "keys": ["ctrl", "shift"]}, 800, 600)
    assert done == [{"type": "key_down", "key": "ctrl"}, {"type": "key_down", "key": "shift"}]


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_every_documented_action_is_known(kind: str) -> None:
    known = moves({"type": kind, "x": 1, "y": 1, "keys": ["a"]}, 100, 100)
    if known is None:
        assert end_of({"type": kind})
    else:
        assert all(named(action) for action in known)


@pytest.mark.parametrize("kind", ["debug", "exec", "list_tabs", "change_proxy", "", None, 7])
def test_a_computers_other_actions_are_not_a_models(kind: object) -> None:
    assert moves({"type": kind, "command": "ls"}, 100, 100) is None


def test_a_description_is_one_short_line_without_credentials() -> None:
    assert describe({"type": "click", "x": 640.0, "y": 165.6}) == "click at (640, 166)"
    assert describe({"type": "keypress", "keys": ["ctrl", "a"]}) == "keypress ctrl+a"
    assert "secret" not in describe({"type": "go_to_url", "url": "https://me:secret@a.example/"})
    assert describe({"type": "click", "x": float("inf"), "y": "far"}) == "click at (inf, far)"
    assert len(describe({"type": "type", "text": "x\n" * 100_000})) < 500
