"""Many actions in one request: in order, until the first that fails, and 200 all the same."""

import time
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

from .harness import LocalServer
from .test_input import pad, value_of

__all__ = ["pad"]


@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
def test_it_does_all_in_order(sdk: Lightcone, pad: str) -> None:
    click: Any = {"type": "click", "button": "left", "x": 640, "y": 165}
    answer: Any = sdk.computers.batch(pad, actions=[click, {"type": "screenshot"}, {"type": "wait", "ms": 1}])
    assert (answer["executed"], answer["total"]) == (3, 3)
    assert [result["status"] for result in answer["results"]] == ["SUCCESS"] * 3
    assert httpx.get(answer["results"][1]["result"]["screenshot_url"]).content.startswith(b"\xff\xd8")
    assert len({result["request_id"] for result in answer["results"]}) == 3
    assert all(result["timestamp"] for result in answer["results"])


@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
@pytest.mark.must("actions")
async def test_the_bodies_of_the_upstream_examples(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    actions: list[Any] = [
        {"button": "left", "type": "click", "x": 110, "y": 20},
        {"text": "hello", "type": "type", "x": 640, "y": 165},
        {"keys": ["ctrl", "a"], "type": "keypress"},
        {"text": "again", "type": "type", "x": 640, "y": 165},
        {"scroll_x": 0, "scroll_y": 300, "type": "scroll", "x": 640, "y": 360},
        {
            "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}],
            "type": "drag",
            "x": 1,
            "y": 2,
            "end_x": 3,
            "end_y": 4,
        },
        {"type": "wait"},
        {"type": "screenshot"},
    ]
    answer: Any = sdk.computers.batch(pad, actions=actions)
    assert [result["status"] for result in answer["results"]] == ["SUCCESS"] * len(actions)
    assert await value_of(server, pad) == "again"


@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
@pytest.mark.parametrize(
    ("bad", "status", "said"),
    [
        ({"type": "fly"}, "error", "no action called 'fly'"),
        ({"type": "click", "x": "left", "y": 1}, "error", "x must be a number"),
        ({"type": 3}, "error", "type must be"),
        ({}, "error", "type must be"),
        ({"type": "go_to_url", "url": "file:///etc/passwd"}, "EXECUTION_ERROR", "cannot be opened"),
        ({"type": "wait", "tab_id": "F" * 32}, "EXECUTION_ERROR", "Tab not found"),
        ({"type": "set_viewport", "width": 0, "height": 1}, "error", "width must be"),
    ],
)
async def test_it_stops_at_the_first_that_fails(
    server: LocalServer, sdk: Lightcone, pad: str, bad: Any, status: str, said: str
) -> None:
    typing: list[Any] = [{"type": "type", "text": text} for text in "ab"]
    answer: Any = sdk.computers.batch(pad, actions=[typing[0], bad, typing[1]])
    assert (answer["executed"], answer["total"], len(answer["results"])) == (2, 3, 2)
    assert answer["results"][1]["status"] == status
    assert said in answer["results"][1]["error_message"]
    assert await value_of(server, pad) == "a"


def test_an_item_that_is_no_object_is_an_error_too(http: httpx.Client, shared: str) -> None:
    for item in (None, "click", 3, ["click"]):
        answer = http.post(f"/computers/{shared}/batch", json={"actions": [item]})
        assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "error")


def test_nothing_to_do_is_done(sdk: Lightcone, shared: str) -> None:
    assert sdk.computers.batch(shared, actions=[]) == {"executed": 0, "total": 0, "results": []}


@pytest.mark.parametrize(
    "body", [{}, {"actions": None}, {"actions": {}}, {"actions": "click"}, {"actions": 3}]
)
def test_without_a_list_it_is_400(http: httpx.Client, shared: str, body: object) -> None:
    answer = http.post(f"/computers/{shared}/batch", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "actions must be a list of actions.")


def test_its_length_is_bounded(http: httpx.Client, shared: str) -> None:
    waits = [{"type": "wait", "ms": 0}] * 101
    assert http.post(f"/computers/{shared}/batch", json={"actions": waits}).status_code == 400
    assert http.post(f"/computers/{shared}/batch", json={"actions": waits[1:]}).json()["executed"] == 100


def test_what_its_query_wishes_comes_with_the_last_one(http: httpx.Client, pad: str) -> None:
    actions = [{"type": "wait", "ms": 0}, {"type": "wait", "ms": 0, "include_context": True}]
    address = f"/computers/{pad}/batch?screenshot_after=true&settle_ms=1"
    first, last = http.post(address, json={"actions": actions}).json()["results"]
    assert first["result"] == {}
    assert set(last["result"]) == {"screenshot_url"} and last["page_context"]["title"] == "Pad"


def test_a_tab_may_be_opened_used_and_closed_in_one(sdk: Lightcone, pad: str, site: str) -> None:
    actions: list[Any] = [
        {"type": "new_tab", "url": f"{site}/"},
        {"type": "list_tabs"},
        {"type": "get_html_content"},
    ]
    answer: Any = sdk.computers.batch(pad, actions=actions)
    opened, listed, page = answer["results"]
    tab = opened["result"]["created_tab_id"]
    assert page["executed_tab_id"] == tab and "Plain page" in page["result"]["html_content"]
    other = next(each["tab_id"] for each in listed["result"]["tabs"] if "is_main" not in each)
    actions = [{"type": "close_tab", "tab_id": tab}, {"type": "switch_tab", "tab_id": other}]
    answer = sdk.computers.batch(pad, actions=actions)
    assert [result["status"] for result in answer["results"]] == ["SUCCESS", "SUCCESS"]


def test_a_client_that_leaves_takes_the_rest_of_its_batch_along(
    http: httpx.Client, sdk: Lightcone, computer: str
) -> None:
    before = sdk.computers.tabs.list(computer).result
    actions = [{"type": "wait", "ms": 2500}, {"type": "new_tab"}]
    with pytest.raises(httpx.ReadTimeout):
        http.post(f"/computers/{computer}/batch", json={"actions": actions}, timeout=1)
    time.sleep(3)
    assert sdk.computers.tabs.list(computer).result == before
