"""What `/events` says, whatever its keys are called (contract §4), and how it reads beside our own entries."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from computers.timeline.others import sentence, without_letters
from computers.upstream.events import Answered, Asked, Missed, Output, read_event

SECRET = "hunter2"


def read(name: str = "message", **told: Any) -> Any:
    return read_event(name, orjson.dumps(told).decode())


def test_events_are_told_apart_by_their_keys() -> None:
    assert read(request_id="r", data="aGVsbG8K", is_stderr=False) == Output("r", 6)
    assert read(request_id="r", exit_code=3) == Answered("r", "", 3)
    assert read(request_id="r", status="SUCCESS") == Answered("r", "")
    assert read(request_id="r", status="EXECUTION_ERROR", error_message="No.") == Answered("r", "No.")
    assert read(request_id="r", status="timeout") == Answered("r", "The computer answered timeout.")
    assert read(type="action_request", request_id="r", action="click", x=1, y=2) == Asked(
        "r", "click", {"x": 1, "y": 2}
    )
    assert read("gap", dropped=7) == Missed(7)


@pytest.mark.parametrize(
    "told",
    [
        {"action": {"type": "click", "x": 1, "y": 2}},
        {"type": "action_request", "request": {"type": "click", "x": 1, "y": 2}},
        {"type": "click", "x": 1, "y": 2},
        {"action_type": "click", "x": 1, "y": 2},
    ],
)
def test_an_action_is_found_wherever_it_stands(told: dict[str, Any]) -> None:
    assert read(request_id="r", **told) == Asked("r", "click", {"x": 1, "y": 2})


@pytest.mark.parametrize("data", ["", "{", "[]", "7", '"x"', "null", "{}", '{"x": 1}'])
def test_what_says_nothing_is_passed_over(data: str) -> None:
    assert read_event("message", data) is None


@pytest.mark.parametrize(
    "odd",
    [{"x": "here", "y": None}, {"x": True}, {"text": 7}, {"url": ["a"]}, {"keys": "ab"}, {"keys": [1, None]}],
)
def test_odd_fields_are_left_out(odd: dict[str, Any]) -> None:
    assert read(request_id="r", action="click", **odd) == Asked("r", "click", {})


def test_no_secret_is_taken_over() -> None:
    told = read(
        request_id="r", action="type", text=SECRET, proxy_url=f"http://a:{SECRET}@p:1", password=SECRET,
        url=f"https://a:{SECRET}@shop.example/", env={"KEY": SECRET},
    )  # fmt: skip
    assert told == Asked("r", "type", {"characters": 7, "url": "https://shop.example/"})


@pytest.mark.parametrize(
    "action, fields, said",
    [
        ("click", {"x": 10, "y": 20}, "clicked (10, 20)"),
        ("double_click", {"x": 10, "y": 20}, "double-clicked (10, 20)"),
        ("click", {}, "clicked"),
        ("scroll", {"x": 1, "y": 2, "dy": 300}, "scrolled down 300 at (1, 2)"),
        ("scroll", {"scroll_y": -30}, "scrolled up 30"),
        ("drag", {"x1": 1, "y1": 2, "x2": 3, "y2": 4}, "dragged (1, 2) → (3, 4)"),
        ("type", {"characters": 7}, "typed 7 characters"),
        ("type", {}, "typed something"),
        ("hotkey", {"keys": ["Control", "c"]}, "pressed Ctrl+C"),
        ("keypress", {"keys": ["ctrl+shift+t"]}, "pressed Ctrl+Shift+T"),
        ("keypress", {"keys": ["Enter"]}, "pressed Enter"),
        ("keypress", {"keys": ["s"]}, "pressed a key that types"),
        ("hotkey", {"keys": ["Control", SECRET]}, "pressed Ctrl+…"),
        ("keypress", {"keys": [SECRET]}, "pressed …"),
        ("key_down", {}, "pressed a key"),
        ("navigate", {"url": "https://a.example/"}, "opened https://a.example/"),
        ("set_viewport", {"width": 800, "height": 600}, "made the screen 800 × 600"),
        ("exec", {"command": "ls"}, "ran a command"),
        ("teleport", {}, "did “teleport”"),
        ("", {}, "did something"),
    ],
)
def test_it_reads_like_our_own_entries(action: str, fields: dict[str, Any], said: str) -> None:
    assert sentence(action, fields) == f"somebody else: {said}"


def test_letters_struck_alone_are_not_kept() -> None:
    assert without_letters({"keys": ["s"], "x": 1}) == {"x": 1}
    assert without_letters({"keys": ["Control", "s"]}) == {"keys": ["Control", "s"]}
    assert without_letters({"keys": ["ctrl+shift+t"]}) == {"keys": ["ctrl+shift+t"]}
    assert without_letters({"keys": ["Control", SECRET, f"ctrl+{SECRET}"]}) == {"keys": ["Control", "…", "…"]}
