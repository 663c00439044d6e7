"""One action by execute, in each form that clients send."""

import json
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

from .harness import LocalServer, devtools
from .test_input import log_of, pad, value_of

__all__ = ["pad"]


def execute(http: httpx.Client, computer: str, action: dict[str, Any]) -> dict[str, Any]:
    answer = http.post(f"/computers/{computer}/execute", json=action)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
@pytest.mark.must("actions")
async def test_the_sdk_wraps_its_action(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    answer = sdk.computers.execute(pad, action={"type": "click", "x": 310, "y": 20, "request_id": "mine"})
    assert (answer.status, answer.request_id, answer.result) == ("SUCCESS", "mine", {})
    assert answer.executed_tab_id and answer.timestamp
    assert "click 310 20 0" in await log_of(server, pad)


@pytest.mark.must("actions")
async def test_a_flat_action_is_one_too(server: LocalServer, http: httpx.Client, pad: str) -> None:
    assert execute(http, pad, {"type": "click", "x": 310, "y": 20})["status"] == "SUCCESS"
    assert "click 310 20 0" in await log_of(server, pad)


async def test_the_envelope_may_name_what_the_action_does_not(http: httpx.Client, pad: str) -> None:
    answer = execute(
        http, pad, {"action": {"type": "wait", "ms": 1}, "request_id": "outer", "include_context": True}
    )
    assert answer["request_id"] == "outer"
    assert answer["page_context"]["is_main_tab"] is True


@pytest.mark.parametrize(
    ("action", "logged"),
    [
        ({"type": "click", "button": "left"}, "click 310 20 0"),
        ({"type": "click", "button": "RIGHT"}, "contextmenu 310 20 2"),
        ({"type": "click", "button": "middle"}, "mouseup 310 20 1"),
        ({"type": "click", "button": "wheel"}, "mouseup 310 20 1"),
        ({"type": "double_click"}, "dblclick 310 20 0"),
        ({"type": "right_click"}, "contextmenu 310 20 2"),
        ({"type": "double-click"}, "dblclick 310 20 0"),
    ],
)
async def test_clicks_of_every_kind(
    server: LocalServer, http: httpx.Client, pad: str, action: dict[str, Any], logged: str
) -> None:
    assert execute(http, pad, {**action, "x": 310, "y": 20})["status"] == "SUCCESS"
    assert logged in await log_of(server, pad)


@pytest.mark.parametrize(
    "way",
    [
        {"x1": 310, "y1": 20, "x2": 350, "y2": 60},
        {"path": [{"x": 310, "y": 20}, {"x": 330, "y": 50}, {"x": 350, "y": 60}]},
        {"x": 310, "y": 20, "end_x": 350, "end_y": 60},
        {"path": [{"x": 310, "y": 20}, {"x": 350, "y": 60}], "x": 1, "y": 2, "end_x": 3, "end_y": 4},
    ],
)
@pytest.mark.must("actions")
async def test_a_drag_in_each_of_its_forms(
    server: LocalServer, http: httpx.Client, pad: str, way: dict[str, Any]
) -> None:
    assert execute(http, pad, {"type": "drag", **way})["status"] == "SUCCESS"
    log = await log_of(server, pad)
    assert (log[0], log[-1]) == ("mousedown 310 20 0", "click 350 60 0")
    assert "mouseup 350 60 0" in log
    assert len([entry for entry in log if entry.startswith("drag")]) >= 5


@pytest.mark.parametrize("names", [("dx", "dy"), ("scroll_x", "scroll_y")])
@pytest.mark.parametrize("place", [{}, {"x": 10, "y": 500}, {"x1": 10, "y1": 500}])
@pytest.mark.must("actions")
async def test_scrolling_by_either_name(
    server: LocalServer, http: httpx.Client, pad: str, names: tuple[str, str], place: dict[str, int]
) -> None:
    execute(http, pad, {"type": "scroll", names[0]: 0, names[1]: 120, **place})
    async with devtools(server, pad) as client:
        await client.eventually("scrollY == 120")


@pytest.mark.parametrize("keys", [["CTRL", "a"], ["Control", "A"], ["ctrl+a"]])
@pytest.mark.must("actions")
async def test_keypress_and_type_with_a_stray_point(
    server: LocalServer, http: httpx.Client, pad: str, keys: list[str]
) -> None:
    execute(http, pad, {"type": "type", "text": "old", "x": 310, "y": 20})
    execute(http, pad, {"type": "keypress", "keys": keys})
    execute(http, pad, {"type": "type", "text": "new", "x": 310, "y": 20})
    assert await value_of(server, pad) == "new"
    assert not [entry for entry in await log_of(server, pad) if entry.startswith("click")]


async def test_keys_and_buttons_held(server: LocalServer, http: httpx.Client, pad: str) -> None:
    for action in (
        {"type": "key_down", "key": "SHIFT"},
        {"type": "keypress", "keys": ["ArrowLeft"]},
        {"type": "key_up", "key": "shift"},
        {"type": "mouse_down", "x": 310, "y": 20},
        {"type": "mouse_up", "x": 350, "y": 60},
    ):
        assert execute(http, pad, {"action": action})["status"] == "SUCCESS"
    log = await log_of(server, pad)
    assert "down ArrowLeft  shift" in log
    assert [entry for entry in log if "mouse" in entry or "drag" in entry] == [
        "mousedown 310 20 0",
        "drag 350 60",
        "mouseup 350 60 0",
    ]


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
def test_going_to_an_address_and_reading_it(sdk: Lightcone, computer: str, site: str) -> None:
    assert (
        sdk.computers.execute(computer, action={"type": "go_to_url", "url": f"{site}/pad"}).status
        == "SUCCESS"
    )
    answer = sdk.computers.execute(
        computer, action={"type": "get_html_content", "auto_detect_encoding": True}
    )
    assert 'id="pad"' in str((answer.result or {})["html_content"])
    shot = sdk.computers.execute(computer, action={"type": "screenshot", "base64": True, "from_shm": True})
    assert {"screenshot_url", "screenshot_base64"} == set(shot.result or {})


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
@pytest.mark.must("actions")
def test_a_wait_without_a_time_takes_about_a_second(sdk: Lightcone, computer: str) -> None:
    answer = sdk.computers.with_raw_response.execute(computer, action={"type": "wait"})
    assert answer.parse().status == "SUCCESS"
    assert 1 <= answer.elapsed.total_seconds() < 20


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "click"},
        {"action": []},
        {"action": {}},
        {"action": {"type": 3}},
        {"action": {"type": "fly"}},
        {"action": {"type": "<script>alert(1)</script>"}},
        {"action": {"type": "_"}},
        {"type": "wait", "ms": -1},
        {"type": "wait", "ms": 10**9},
        {"type": "wait", "ms": "soon"},
        {"type": "click", "x": 1, "y": 1e300},
        {"type": "click", "x": 1, "y": 1, "button": "nose"},
        {"type": "click", "x": 1, "y": 1, "button": 1},
        {"type": "click", "x": 1, "y": 1, "tab_id": 7},
        {"type": "drag", "path": [{"x": 1, "y": 1}]},
        {"type": "drag", "path": [[1, 1], [2, 2]]},
        {"type": "drag", "path": "1,1 2,2"},
        {"type": "drag", "path": [{"x": 1, "y": 1}] * 501},
        {"type": "drag", "x1": 1, "y1": 1, "x2": 2},
        {"type": "drag", "x": 1, "y": 1, "end_x": 2},
        {"type": "drag"},
        {"type": "scroll", "dy": "down"},
        {"type": "scroll", "scroll_y": 10**7},
        {"type": "keypress", "keys": ["a"] * 17},
        {"type": "keypress", "keys": "a"},
        {"type": "key_down"},
        {"type": "type", "text": None},
        {"type": "type", "text": "x" * 100_001},
        {"type": "go_to_url", "url": "http://" + "x" * 600_000},
        {"type": "go_to_url", "url": 3},
        {"type": "set_viewport", "width": 0, "height": 0},
        {"type": "set_viewport", "width": 100_000, "height": 600},
        {"type": "set_viewport", "width": 800.5, "height": 600},
        {"type": "set_viewport", "height": 600},
        {"type": "set_viewport", "width": 800, "height": 600, "scale_factor": 99},
        {"type": "set_viewport", "width": 800, "height": 600, "scale_factor": "2"},
        {"type": "switch_tab"},
        {"type": "close_tab"},
        {"type": "close_tab", "tab_id": {}},
        {"type": "new_tab", "url": 1},
        {"type": "screenshot", "base64": "yes"},
        {"type": "get_html_content", "auto_detect_encoding": 1},
        {"type": "wait", "include_context": "yes"},
        {"type": "wait", "screenshot_after": 1},
        {"type": "wait", "settle_ms": 10_001},
        {"type": "wait", "request_id": ""},
        {"type": "wait", "request_id": "x" * 129},
        {"type": "wait", "request_id": "a\nb"},
    ],
    ids=lambda body: str(body)[:50],
)
def test_what_cannot_be_done_is_a_clear_400(http: httpx.Client, shared: str, body: dict[str, Any]) -> None:
    answer = http.post(f"/computers/{shared}/execute", json=body)
    assert answer.status_code == 400
    assert len(answer.json()["detail"]) > 5


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1" + b"0" * 400])
def test_a_number_that_is_none_is_400(http: httpx.Client, shared: str, number: bytes) -> None:
    body = b'{"type":"click","x":' + number + b',"y":1}'
    assert http.post(f"/computers/{shared}/execute", content=body).status_code == 400


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://h:99999/", "http://%00/", "https://a b/", "data:,x\x00y", "http://\ud800/"]
)
def test_a_hostile_address_is_never_our_fault(http: httpx.Client, computer: str, url: str) -> None:
    body = b'{"type":"go_to_url","url":' + json.dumps(url).encode() + b"}"
    assert http.post(f"/computers/{computer}/execute", content=body).status_code in (200, 400)
