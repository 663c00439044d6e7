"""Every field of a task request is honoured or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from local_lightcone.agents.spec import read_task
from local_lightcone.problems import Problem

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"instruction": None}, "instruction"),
    ({"instruction": " \n"}, "instruction"),
    ({"instruction": 7}, "instruction"),
    ({"instruction": "x" * 60_000}, "instruction"),
    ({"instruction": "\ud800"}, "instruction"),
    ({"kind": "desktop"}, "Desktop"),
    ({"kind": "toaster"}, "kind"),
    ({"computer_id": 7}, "computer_id"),
    ({"computer_id": "comp_1", "environment_id": "comp_2"}, "environment_id"),
    ({"environment_id": ["comp_1"]}, "environment_id"),
    ({"on_missing_computer": "panic"}, "on_missing_computer"),
    ({"on_missing_computer": ["fail"]}, "on_missing_computer"),
    ({"persistent": "yes"}, "persistent"),
    ({"persistent": True, "save_session": False}, "save_session"),
    ({"keep_alive": True, "terminate_on_completion": True}, "terminate_on_completion"),
    ({"keep_alive": 1}, "keep_alive"),
    ({"start_url": "file:///etc/passwd"}, "start_url"),
    ({"start_url": "javascript:alert(1)"}, "start_url"),
    ({"start_url": 1}, "start_url"),
    ({"model": 1}, "model"),
    ({"harness_version": "v3"}, "harness_version"),
    ({"max_steps": 0}, "max_steps"),
    ({"max_steps": 1.5}, "max_steps"),
    ({"max_steps": True}, "max_steps"),
    ({"max_steps": 10**9}, "max_steps"),
    ({"max_duration_seconds": 0}, "max_duration_seconds"),
    ({"max_duration_seconds": "60"}, "max_duration_seconds"),
    ({"temperature": -0.1}, "temperature"),
    ({"temperature": "hot"}, "temperature"),
    ({"system_prompt": ["be kind"]}, "system_prompt"),
    ({"context": "earlier"}, "context"),
    ({"context": [{"role": "system", "content": "x"}]}, "role"),
    ({"context": [{"role": "user"}]}, "content"),
    ({"context": ["hello"]}, "context"),
    ({"context": [{"role": "user", "content": "x"}] * 300}, "context"),
    ({"screenshot_mode": "png"}, "screenshot_mode"),
    ({"stream_mode": "loud"}, "stream_mode"),
    ({"stream_deltas": "true"}, "stream_deltas"),
    ({"viewport_width": 99}, "viewport_width"),
    ({"viewport_height": 100_000}, "viewport_height"),
    ({"viewport_height": 720.5}, "viewport_height"),
    ({"idempotency_key": 5}, "idempotency_key"),
    ({"idempotency_key": "k" * 300}, "idempotency_key"),
    ({"metadata": ["a"]}, "metadata"),
    ({"metadata": {"a": 1}}, "metadata"),
    ({"metadata": {str(n): "x" for n in range(100)}}, "metadata"),
    ({"thread_id": 1}, "thread_id"),
    ({"agent_type": {}}, "agent_type"),
    ({"event_types": "some"}, "event_types"),
]


@pytest.mark.parametrize(("body", "named"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_be_honoured_is_refused_by_name(body: dict[str, Any], named: str) -> None:
    with pytest.raises(Problem) as refused:
        read_task({"instruction": "go", **body})
    assert refused.value.status == 400
    assert named in str(refused.value.detail)


def test_an_instruction_is_enough() -> None:
    spec = read_task({"instruction": "go"})
    assert (spec.instruction, spec.missing, spec.persistent, spec.keep_alive) == (
        "go",
        "restore",
        False,
        False,
    )
    assert (spec.max_steps, spec.max_seconds, spec.key) == (100, 3600, None)


def test_everything_at_once() -> None:
    spec = read_task(
        {
            "instruction": "go",
            "kind": "browser",
            "computer_id": "comp_1",
            "environment_id": "comp_1",
            "on_missing_computer": "create_new",
            "persistent": True,
            "save_session": True,
            "keep_alive": True,
            "terminate_on_completion": False,
            "start_url": " https://a.example ",
            "model": "local.scripted",
            "harness_version": "v2",
            "max_steps": 3,
            "max_duration_seconds": 60,
            "temperature": 0,
            "system_prompt": "be kind",
            "context": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
            "screenshot_mode": "base64",
            "stream_mode": "concise",
            "stream_deltas": True,
            "viewport_width": 800,
            "viewport_height": 600,
            "idempotency_key": "k",
            "metadata": {"a": "b"},
            "thread_id": "t",
            "agent_icon": "i",
            "agent_type": "old",
            "event_types": "all",
        }
    )
    assert (spec.computer_id, spec.environment_id, spec.missing) == ("comp_1", None, "create_new")
    assert spec.persistent and spec.keep_alive and spec.deltas and spec.concise and spec.pictures_inline
    assert (spec.start_url, spec.temperature, spec.system_prompt) == ("https://a.example", 0.0, "be kind")
    assert spec.context == (("user", "a"), ("assistant", "b"))
    assert (spec.width, spec.height, spec.key, spec.every_event) == (800, 600, "k", True)


@pytest.mark.parametrize(
    "name", ["keep_alive", "persistent", "model", "metadata", "context", "viewport_width"]
)
def test_null_is_not_given(name: str) -> None:
    assert read_task({"instruction": "go", name: None}) == read_task({"instruction": "go"})


@pytest.mark.parametrize(
    ("body", "kept"), [({"terminate_on_completion": False}, True), ({"terminate_on_completion": True}, False)]
)
def test_the_opposite_alias(body: dict[str, Any], kept: bool) -> None:
    assert read_task({"instruction": "go", **body}).keep_alive is kept
