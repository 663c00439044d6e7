"""Act and observe in one trip: the page's context, a picture, and the time it takes to settle."""

import time
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

from .test_input import pad

__all__ = ["pad"]
FIELDS = {
    "device_scale_factor": float,
    "is_main_tab": bool,
    "page_height": int,
    "page_width": int,
    "scroll_x": float,
    "scroll_y": float,
    "tab_id": str,
    "title": str,
    "url": str,
    "viewport_height": int,
    "viewport_width": int,
}


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
def test_the_context_tells_where_the_action_left_the_page(sdk: Lightcone, pad: str, site: str) -> None:
    sdk.computers.scroll(pad, dx=0, dy=300)
    context: Any = None
    for _ in range(100):  # scrolling is animated
        answer = sdk.computers.execute(pad, action={"type": "wait", "ms": 50, "include_context": True})
        context = answer.page_context
        if context.scroll_y == 300:
            break
    assert (context.url, context.title) == (f"{site}/pad", "Pad")
    assert (context.viewport_width, context.viewport_height) == (800, 600)
    assert (context.scroll_x, context.scroll_y, context.page_height) == (0, 300, 3000)
    assert (context.is_main_tab, context.device_scale_factor) == (True, 1)
    assert context.tab_id == answer.executed_tab_id


def test_it_has_every_field_of_its_type_and_comes_only_when_asked(http: httpx.Client, pad: str) -> None:
    address = f"/computers/{pad}/click"
    point = {"x": 1, "y": 1}
    context = http.post(address, json={**point, "include_context": True}).json()["page_context"]
    assert {name: type(value) for name, value in context.items()} == FIELDS
    assert (
        http.post(f"{address}?include_context=true", json=point).json()["page_context"].keys()
        == context.keys()
    )
    assert "page_context" not in http.post(address, json=point).json()


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("click", {"x": 1, "y": 1}),
        ("scroll", {"dy": 1}),
        ("key-down", {"key": "shift"}),
        ("key-up", {"key": "shift"}),
        ("hotkey", {"keys": ["Escape"]}),
        ("type", {"text": "a"}),
        ("viewport", {"width": 800, "height": 600}),
        ("html", {}),
        ("execute", {"action": {"type": "wait", "ms": 0}}),
        ("tabs/{tab}/switch", {}),
    ],
)
@pytest.mark.must("wishes")
def test_any_action_brings_a_picture_when_its_query_wishes_one(
    sdk: Lightcone, http: httpx.Client, pad: str, verb: str, body: dict[str, Any]
) -> None:
    tabs: Any = sdk.computers.tabs.list(pad).result
    path = verb.format(tab=tabs["tabs"][0]["tab_id"])
    answer = http.post(f"/computers/{pad}/{path}?screenshot_after=true&settle_ms=1", json=body).json()
    assert answer["status"] == "SUCCESS", answer
    assert httpx.get(answer["result"]["screenshot_url"]).content.startswith(b"\xff\xd8")


@pytest.mark.sdk("POST /computers/{id}/click", "computers.click")
@pytest.mark.must("wishes")
def test_the_sdk_sends_them_as_extra_query(sdk: Lightcone, pad: str) -> None:
    started = time.monotonic()
    query = {"screenshot_after": True, "settle_ms": 700}
    answer = sdk.computers.click(pad, x=1, y=1, extra_query=query)
    assert time.monotonic() - started >= 0.7
    assert set(answer.result or {}) == {"screenshot_url"}


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
def test_execute_takes_them_inside_its_action(sdk: Lightcone, pad: str) -> None:
    action: Any = {"type": "click", "x": 1, "y": 1, "screenshot_after": True, "settle_ms": 1}
    assert set(sdk.computers.execute(pad, action=action).result or {}) == {"screenshot_url"}


@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
def test_a_batch_takes_them_in_each_item(sdk: Lightcone, pad: str) -> None:
    click = {"type": "click", "x": 1, "y": 1}
    actions: Any = [{**click, "screenshot_after": True, "include_context": True}, click]
    answer: Any = sdk.computers.batch(pad, actions=actions)
    first, second = answer["results"]
    assert set(first["result"]) == {"screenshot_url"} and first["page_context"]["title"] == "Pad"
    assert second["result"] == {} and "page_context" not in second


def test_a_new_tabs_context_is_its_own_and_a_closed_ones_the_main_tabs(
    sdk: Lightcone, pad: str, site: str
) -> None:
    opening: Any = {"type": "new_tab", "url": f"{site}/", "include_context": True, "screenshot_after": True}
    opened = sdk.computers.execute(pad, action=opening)
    result: Any = opened.result
    assert opened.page_context and opened.page_context.title == "Plain"
    assert opened.page_context.tab_id == result["created_tab_id"] and result["screenshot_url"]
    closing: Any = {"type": "close_tab", "tab_id": result["created_tab_id"], "include_context": True}
    closed = sdk.computers.execute(pad, action=closing)
    assert closed.page_context and closed.page_context.title == "Pad"


@pytest.mark.parametrize(
    "query",
    ["screenshot_after=maybe", "settle_ms=-1", "settle_ms=1e3", "settle_ms=99999999999", "settle_ms=10001"],
)
def test_a_wrong_wish_is_400(http: httpx.Client, shared: str, query: str) -> None:
    assert http.post(f"/computers/{shared}/click?{query}", json={"x": 1, "y": 1}).status_code == 400


async def test_a_page_that_answers_a_click_with_an_alert_does_not_hold_the_click(
    http: httpx.Client, sdk: Lightcone, computer: str
) -> None:
    page = "data:text/html,<body onmousedown='alert(1)' style='height:500px'>"
    sdk.computers.navigate(computer, url=page)
    started = time.monotonic()
    assert sdk.computers.click(computer, x=50, y=50).status == "SUCCESS"
    assert time.monotonic() - started < 14
    assert sdk.computers.screenshot(computer).status == "SUCCESS"
