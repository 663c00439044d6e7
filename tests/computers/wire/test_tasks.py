"""Agent tasks: every event of the contract, and what is not in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computers.wire import tasks
from computers.wire.tasks import TaskEvent, TaskStarted, TaskStatus, read_answer, start_body


def event(**told: Any) -> TaskEvent:
    found = TaskEvent.read("3", json.dumps(told))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"type": "thinking", "content": "I open it"}, "I open it"),
        ({"type": "progress_update", "state": "planning"}, "planning"),
        ({"type": "executed", "action": "click (1, 2)"}, "click (1, 2)"),
        ({"type": "executed", "action": {"type": "click", "x": 1}}, '{"type":"click","x":1}'),
        ({"type": "error", "error": "no answer"}, "no answer"),
        ({"type": "completed", "result": "42"}, "42"),
        ({"type": "failed", "error_code": "MAX", "retryable": False}, "MAX"),
        ({"type": "login_required", "message": "Sign in"}, "Sign in"),
    ],
)
def test_each_type_says_what_it_says(told: dict[str, Any], text: str) -> None:
    found = event(**told)
    assert (found.id, found.kind, found.text, found.data) == ("3", told["type"], text, {})


@pytest.mark.parametrize("frame", ['{"type":"x","d":%s}', '{"type":"thinking","content":%s}', "%s"])
def test_however_deep_it_is_nested_it_is_an_event(frame: str) -> None:
    found = TaskEvent.read("1", frame % ("[" * 300 + "]" * 300))
    assert found is not None
    assert tasks.TOO_DEEP in (found.text, found.data.get("beginning"))


def test_a_start_names_computer_and_model() -> None:
    found = event(type="started", computer_id="comp_1", model="tzafon.lightcone-1")
    assert (found.computer_id, found.model, found.data) == ("comp_1", "tzafon.lightcone-1", {})


@pytest.mark.parametrize("image", ["https://x/a.jpeg", "data:image/jpeg;base64,/9j/"])
def test_a_screenshot_is_a_link_or_a_data_url(image: str) -> None:
    assert event(type="screenshot", image=image).image == image


@pytest.mark.parametrize("image", [None, 3, {"url": "x"}, "https://x/" + "a" * 5000])
def test_a_screenshot_that_is_neither_keeps_its_json(image: Any) -> None:
    found = event(type="screenshot", image=image)
    assert found.image == "" and found.data


def test_an_unknown_type_is_kept_raw() -> None:
    told = {"type": "subagent", "depth": 2}
    assert (event(**told).kind, event(**told).data) == ("subagent", told)


@pytest.mark.parametrize(("data", "kind"), [("[1]", "text"), ('"hello"', "text"), ("{half", "unreadable")])
def test_what_is_no_object_is_kept_as_text(data: str, kind: str) -> None:
    found = TaskEvent.read("", data)
    assert found is not None
    assert (found.kind, found.text) == (kind, data.strip('"'))


@pytest.mark.parametrize("data", ["", " ", "\n"])
def test_an_empty_frame_is_nothing(data: str) -> None:
    assert TaskEvent.read("9", data) is None


def test_a_long_text_is_cut_and_says_so() -> None:
    found = event(type="thinking", content="x" * 1_048_576)
    assert (len(found.text), found.cut) == (tasks.TEXT_LIMIT, 1_048_576 - tasks.TEXT_LIMIT)


def test_a_long_unknown_event_keeps_its_beginning() -> None:
    found = event(type="odd", blob="x" * 1_048_576)
    assert len(json.dumps(found.data)) < 2 * tasks.RAW_LIMIT and found.data["characters"] > 1_000_000


def test_what_no_database_keeps_is_replaced() -> None:
    assert "\0" not in event(type="thinking", content="a\0b").text
    assert "\\u0000" not in json.dumps(event(type="odd", x="a\0b").data)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner)))
def test_no_value_breaks_it(value: Any) -> None:
    for kind in ("thinking", "screenshot", "executed", "started", "odd"):
        TaskEvent.read("1", json.dumps({"type": kind, "content": value, "image": value, "action": value}))
        TaskEvent.read("1", json.dumps({"type": value, "model": value, "computer_id": value}))


@pytest.mark.parametrize(
    ("kind", "ending"),
    [("completed", "completed"), ("config_error", "failed"), ("cancelled", "cancelled"), ("error", "")],
)
def test_what_ends_a_task(kind: str, ending: str) -> None:
    assert event(type=kind, error="x").ending == ending


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ({"type": "login_required"}, True),
        ({"type": "progress_update", "state": "needs_human", "content": "Which one?"}, True),
        ({"type": "progress_update", "state": "running"}, False),
        ({"type": "thinking", "content": "needs_human"}, False),
    ],
)
def test_what_asks_for_a_person(told: dict[str, Any], asks: bool) -> None:
    assert event(**told).asks is asks


def test_an_action_is_described_and_its_failure_told() -> None:
    found = event(
        type="executed",
        action={"type": "type", "text": "s3"},
        description="typed 2 characters",
        error_message="no",
    )
    assert (found.text, found.trouble) == ("typed 2 characters", "no")


@pytest.mark.parametrize(
    ("word", "state", "over"),
    [
        ("running", "running", False),
        ("RUNNING", "running", False),
        ("paused", "paused", False),
        ("Completed", "completed", True),
        ("cancelled", "cancelled", True),
        ("parked-somewhere", "", False),
    ],
)
def test_status_words(word: str, state: str, over: bool) -> None:
    found = TaskStatus.read({"task_id": "t", "status": word, "exit_code": None})
    assert (found.word, found.state, found.is_over, found.exit_code) == (word, state, over, None)


@pytest.mark.parametrize("data", [None, [], "running", {}, {"status": 3}, {"status": " "}])
def test_no_status_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="status"):
        TaskStatus.read(data)


def test_a_start_needs_an_id() -> None:
    assert TaskStarted.read({"task_id": "t", "status": "running", "reused": True}).reused is True
    assert TaskStarted.read({"task_id": "t", "reused": "yes"}).reused is None
    for data in (None, {}, {"task_id": 3}, {"task_id": ""}, {"task_id": "x" * 200}):
        with pytest.raises(ValueError, match="id"):
            TaskStarted.read(data)


def test_an_answer_is_a_word_or_nothing() -> None:
    assert [read_answer(data) for data in ({"status": "paused"}, {}, None, "ok")] == ["paused", "", "", ""]


def test_only_the_contracts_fields_start_a_task() -> None:
    assert start_body({"instruction": "x", "model": None}, "k") == {
        "instruction": "x",
        "idempotency_key": "k",
    }
    with pytest.raises(ValueError, match="colour"):
        start_body({"instruction": "x", "colour": "red"}, "k")


@pytest.mark.parametrize(
    ("told", "used"),
    [
        ({"usage": {"input_tokens": 9, "output_tokens": 3}}, "9 in, 3 out (tokens)"),
        ({"usage": {"total_tokens": 12}, "cost": "0.02 credits"}, "12 in all (tokens), cost 0.02 credits"),
        ({"total_cost_usd": 0.0125}, "cost $0.0125"),
        ({"usage": "much", "cost": True}, ""),
        ({"usage": {"input_tokens": -1}, "cost": {"amount": 1}}, ""),
        ({"cost": "x" * 500}, f"cost {'x' * 64}"),
    ],
)
def test_an_end_tells_what_it_used_if_the_service_does(told: dict[str, Any], used: str) -> None:
    for kind in ("completed", "failed", "error"):
        assert event(type=kind, result="r", error="e", **told).used == used
    assert event(type="thinking", content="x", **told).used == ""
