"""What models answer: every documented action, every item, and whatever else may come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computers.wire import chat, images, responses
from computers.wire.chat import Delta, read_chunk
from computers.wire.model_actions import read_action
from computers.wire.models import Usage, read_models
from computers.wire.responses import Call, Function, ModelResponse, Other, Said, Thought
from tests.support.pictures import jpeg_of, png_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
#: The 17 of the documentation, and those that only the SDK's types have: as a model gives them, and in words.
ACTIONS = [
    ({"type": "click", "x": 500, "y": 230, "button": "left"}, "Click at (640, 166)"),
    ({"type": "click", "x": 500, "y": 230, "button": "right"}, "Click at (640, 166) with the right button"),
    ({"type": "double_click", "x": 500, "y": 230}, "Double-click at (640, 166)"),
    ({"type": "triple_click", "x": "500", "y": "230.0"}, "Triple-click at (640, 166)"),
    ({"type": "right_click", "x": 500, "y": 230}, "Right-click at (640, 166)"),
    ({"type": "type", "text": "two\nlines"}, "Type “two lines”"),
    ({"type": "key", "key": "ctrl+a"}, "Press ctrl+a"),
    ({"type": "keypress", "keys": ["ctrl", "a"]}, "Press ctrl+a"),
    ({"type": "key_down", "keys": ["shift"]}, "Hold shift"),
    ({"type": "key_up", "key": "shift"}, "Let go of shift"),
    ({"type": "scroll", "x": 500, "y": 500, "scroll_x": 0, "scroll_y": 300}, "Scroll by (0, 300) at (640, 360)"),
    ({"type": "scroll", "dx": 10, "dy": -20}, "Scroll by (10, -20)"),
    ({"type": "hscroll", "amount": 120, "x": 1, "y": 1}, "Scroll by (120, 0) at (1, 1)"),
    ({"type": "navigate", "url": "https://example.com"}, "Open https://example.com"),
    ({"type": "drag", "x": 0, "y": 0, "end_x": 999, "end_y": 999}, "Drag (0, 0) to (1279, 719)"),
    ({"type": "drag", "path": [{"x": 100, "y": 0}, {"x": 5, "y": 5}, {"x": 200, "y": 0}]}, "Drag (128, 0) to (256, 0)"),
    ({"type": "wait"}, "Wait"),
    ({"type": "wait", "ms": 1500}, "Wait 1500 ms"),
    ({"type": "wait", "seconds": 2}, "Wait 2000 ms"),
    ({"type": "move", "x": 500, "y": 230}, "Move the mouse to (640, 166)"),
    ({"type": "mouse_down", "x": 500, "y": 230}, "Press the mouse at (640, 166)"),
    ({"type": "mouse_up", "x": 500, "y": 230}, "Let go of the mouse at (640, 166)"),
    ({"type": "point_and_type", "x": 500, "y": 230, "text": "x"}, "Click at (640, 166) and type “x”"),
    ({"type": "screenshot"}, "Take a new screenshot"),
]  # fmt: skip
ENDINGS = [
    ({"type": "terminate", "status": "failure", "result": "no such page"}, "It ends the work: no such page"),
    ({"type": "answer", "result": "42"}, "It answers: 42"),
    ({"type": "done", "text": "All is bought."}, "It says that it is done: All is bought."),
]


@pytest.mark.parametrize(("given_", "words"), ACTIONS)
def test_each_documented_action_is_understood(given_: dict[str, Any], words: str) -> None:
    action = read_action(given_)
    assert (action.words(1280, 720), action.trouble, action.known) == (words, "", True)
    assert action.raw == given_


@pytest.mark.parametrize(("given_", "words"), ENDINGS)
def test_an_end_is_words_and_nothing_to_run(given_: dict[str, Any], words: str) -> None:
    action = read_action(given_)
    assert action.words() == words and action.ends
    assert action.trouble == "There is nothing to run."


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({"type": "click"}, "did not say where"),
        ({"type": "click", "x": 5, "y": True}, "did not say where"),
        ({"type": "click", "x": "[555, 965]", "y": 1}, "did not say where"),
        ({"type": "click", "x": 1000, "y": 5}, "outside the picture"),
        ({"type": "click", "x": -1, "y": 5}, "outside the picture"),
        ({"type": "drag", "x": 1, "y": 5}, "where to"),
        ({"type": "drag", "path": [{"x": 1, "y": 5}, "there"]}, "where to"),
        ({"type": "type"}, "what to type"),
        ({"type": "point_and_type", "x": 1, "y": 1}, "what to type"),
        ({"type": "keypress", "keys": []}, "no key"),
        ({"type": "navigate", "url": 7}, "no address"),
        ({"type": "levitate", "x": 1, "y": 1}, "in no documentation"),
        ({}, "in no documentation"),
        ("click", "in no documentation"),
        (None, "in no documentation"),
    ],
)
def test_what_cannot_be_run_says_why_and_is_kept(given_: Any, why: str) -> None:
    action = read_action(given_)
    assert why in action.trouble
    assert not isinstance(given_, dict) or action.raw == given_


def nested(times: int) -> Any:
    return json.loads("[" * times + "]" * times)


@pytest.mark.parametrize("part", [{"x": nested(400)}, {"text": "x" * 70_000}])
def test_an_action_that_no_page_can_bear_is_not_kept(part: dict[str, Any]) -> None:
    action = read_action({"type": "type", "text": "t", **part})
    assert "too large" in action.trouble and action.raw == {"type": "type"}


def test_however_deep_an_answer_is_nested_it_is_read() -> None:
    deep = nested(400)
    checks = [{"id": "s", "message": "Sure?", "more": deep}, deep]
    call = {
        "type": "computer_call",
        "call_id": "c",
        "action": {"type": "wait"},
        "pending_safety_checks": checks,
    }
    answer = answer_of({"type": "odd", "deep": deep}, {"type": "function_call", "arguments": deep}, call)
    assert [type(item) for item in answer.items] == [Other, Function, Call]
    assert answer.calls[0].checks == ({"id": "s", "message": "Sure?"},)
    calls = json.dumps({"choices": [{"delta": {"tool_calls": deep}}]})
    assert read_chunk(calls) == Delta(calls=chat.TOO_DEEP)


@given(JSON, JSON, JSON)
def test_nothing_that_a_model_says_breaks_anything(action: Any, item: Any, whole: Any) -> None:
    assert read_action(action).words(1280, 720)
    read_action({"type": "click", "x": action, "y": item, "path": whole, "keys": whole, "text": item})
    answer = ModelResponse.read(
        {"output": [item, {"type": "computer_call", "action": action}], "usage": whole}
    )
    assert len(answer.items) == 2
    Usage.read(whole)


def answer_of(*output: Any, **more: Any) -> ModelResponse:
    return ModelResponse.read({"id": "resp_1", "status": "completed", "output": list(output), **more})


def test_a_whole_answer_is_read_item_by_item() -> None:
    answer = answer_of(
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "First the button."}]},
        {"type": "message", "content": [{"type": "output_text", "text": "a"}, {"type": "output_text", "text": "b"}]},
        {"type": "computer_call", "call_id": "c1", "pending_safety_checks": [{"id": "s", "message": "Sure?"}],
         "action": {"type": "click", "x": 1, "y": 2}},
        {"type": "function_call", "call_id": "c2", "name": "done", "arguments": "{}"},
        {"type": "web_search_call", "id": "w"},
        model="m", previous_response_id="resp_0", usage={"input_tokens": 3, "output_tokens": 1},
    )  # fmt: skip
    thought, said, call, function, other = answer.items
    assert thought == Thought("First the button.") and said == Said("a\nb")
    assert isinstance(call, Call) and call.id == "c1" and call.checks == ({"id": "s", "message": "Sure?"},)
    assert [action.kind for action in call.actions] == ["click"]
    assert function == Function("c2", "done", "{}")
    assert isinstance(other, Other) and other.kind == "web_search_call" and '"w"' in other.json
    assert (answer.previous, str(answer.usage)) == ("resp_0", "3 in, 1 out (tokens)")


POINT = {"type": "click", "x": 1, "y": 2}


@pytest.mark.parametrize(
    "call",
    [
        {"type": "computer_call", "id": "cu", "action": {"type": "click", "x": 1.5, "y": "2"}},
        {"type": "computer_call", "id": "cu", "call_id": None, "status": None, "action": POINT},
        {"type": "computer_call", "id": "cu", "pending_safety_checks": None, "actions": [POINT]},
    ],
)  # fmt: skip
def test_a_call_that_the_sdk_would_leave_a_dict_is_one_all_the_same(call: dict[str, Any]) -> None:
    (found,) = answer_of(call).calls
    assert found.id == "cu" and found.actions[0].kind == "click" and not found.actions[0].trouble


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"error": {"message": "out of memory"}}, "out of memory"),
        ({"error": "boom"}, "boom"),
        ({"error": {"code": 7}}, "says that it failed"),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, "not complete: max_output_tokens"),
        ({"error": None}, ""),
    ],
)
def test_why_an_answer_is_none_is_a_sentence(more: dict[str, Any], error: str) -> None:
    found = answer_of(**more).error
    assert error in found and bool(found) == bool(error)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"object": "response"}])
def test_what_is_no_answer_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="answer"):
        ModelResponse.read(data)


def test_an_answer_is_bounded() -> None:
    long = {"type": "message", "content": [{"text": "x" * (responses.TEXT_LIMIT + 5)}]}
    answer = answer_of(*[long] * (responses.ITEMS_LIMIT + 2))
    assert (len(answer.items), answer.left_out) == (responses.ITEMS_LIMIT, 2)
    said = answer.items[0]
    assert isinstance(said, Said) and (len(said.text), said.cut) == (responses.TEXT_LIMIT, 5)


def test_a_refusal_in_words_is_marked() -> None:
    (said,) = answer_of({"type": "message", "content": [{"type": "refusal", "refusal": "I will not."}]}).items
    assert said == Said("I will not.", refused=True)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"object": "list", "data": [{"id": "a"}, {"id": "b", "features": {}}, {"id": "a"}]}, ["a", "b"]),
        (["a", {"id": 7}, None, {"id": "x" * 300}], ["a"]),
        ({"data": []}, []),
    ],
)
def test_models_are_listed_by_name(data: Any, names: list[str]) -> None:
    assert read_models(data) == names


@pytest.mark.parametrize("data", [None, {}, "a", {"data": "a"}])
def test_what_is_no_list_of_models_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="list"):
        read_models(data)


def chunk(**choice: Any) -> str:
    return json.dumps({"choices": [choice]})


@pytest.mark.parametrize(
    ("data", "delta"),
    [
        (chunk(delta={"content": "hi"}), Delta(text="hi")),
        (chunk(delta={"reasoning_content": "hm"}), Delta(thought="hm")),
        (chunk(delta={}, finish_reason="length"), Delta(finish="length")),
        (chunk(message={"content": "whole"}, finish_reason="stop"), Delta(text="whole", finish="stop")),
        (chunk(delta={"tool_calls": [{"id": "t"}]}), Delta(calls='[{"id":"t"}]')),
        ('{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}', Delta(usage=Usage(2, 3, None))),
        ('{"error":{"message":"the worker died"}}', Delta(error="the worker died")),
        (chunk(delta={"content": ""}), None),
        ('{"choices":"none"}', None),
    ],
)
def test_a_piece_of_a_chat(data: str, delta: Delta | None) -> None:
    assert read_chunk(data) == delta


@pytest.mark.parametrize("data", ["[1]", "7", "{half", "null"])
def test_what_is_no_piece_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        read_chunk(data)


@pytest.mark.parametrize("make", [jpeg_of, png_of])
def test_a_pictures_own_bytes_say_how_large_it_is(make: Any) -> None:
    assert images.size(make(640, 480)) == (640, 480)
    assert images.size(make(640, 480)[:8]) is None
    assert images.size(make(0, 480)) is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg width='9'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_anything_else_is_no_picture(content: bytes) -> None:
    assert images.size(content) is None
