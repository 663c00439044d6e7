"""Lines of the contract's checklist (§6) that hold for the API as a whole, as the official SDK sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tzafon import APIStatusError, BadRequestError, Lightcone

from local_lightcone.endpoints.screencast import HEARTBEAT_SECONDS

from .harness import LocalServer

ELSEWHERE = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"}
RETRIED = {408, 409, 429}
FIRST_BYTE_SECONDS = 3.0
KEYS = (
    *("shift", "ctrl", "alt", "meta", "enter", "escape", "tab", "backspace", "delete", "space"),
    *("arrowup", "arrowdown", "arrowleft", "arrowright", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 25)),
    *("a", "Z", "7", "?", "ü", "Control", "Return", "Delete", "Enter", "cmd", "META", "ctrl+a"),
)


@pytest.mark.must("routes")
@pytest.mark.must("json")
@pytest.mark.sdk("GET /computers/{id}/tabs", "computers.tabs.list")
@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
def test_every_answer_is_json_at_the_first_address(sdk: Lightcone, computer: str) -> None:
    raw = sdk.computers.with_raw_response
    wait: Any = {"type": "wait", "ms": 0}
    answers: list[Any] = [
        raw.list(),
        raw.retrieve(computer),
        raw.retrieve_status(computer),
        raw.keepalive(computer),
        raw.click(computer, x=1, y=1),
        raw.scroll(computer, dx=0, dy=1),
        raw.html(computer),
        raw.screenshot(computer),
        raw.execute(computer, action=wait),
        raw.batch(computer, actions=[wait]),
        raw.debug(computer, command="true"),
        sdk.computers.tabs.with_raw_response.list(computer),
        sdk.computers.exec.with_raw_response.sync(computer, command="true"),
    ]
    for answer in answers:
        assert answer.status_code == 200 and not answer.http_response.history, answer.http_response.url
        assert answer.headers["content-type"] == "application/json", answer.http_response.url


@pytest.mark.must("bodies")
@pytest.mark.sdk("POST /computers", "computers.create")
@pytest.mark.sdk("POST /computers/{id}/keepalive", "computers.keepalive")
@pytest.mark.sdk("POST /computers/{id}/tabs", "computers.tabs.create")
@pytest.mark.sdk("POST /computers/{id}/tabs/{tab_id}/switch", "computers.tabs.switch")
@pytest.mark.sdk("DELETE /computers/{id}/tabs/{tab_id}", "computers.tabs.delete")
@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
def test_empty_bodies_that_call_themselves_json_are_taken_from_anywhere(sdk: Lightcone) -> None:
    made = sdk.computers.with_raw_response.create(extra_headers=ELSEWHERE)
    assert made.http_request.content == b"{}"
    computer = str(made.parse().id)
    tab = str((sdk.computers.tabs.create(computer, extra_headers=ELSEWHERE).result or {})["created_tab_id"])
    answers: list[Any] = [
        sdk.computers.with_raw_response.keepalive(computer, extra_headers=ELSEWHERE),
        sdk.computers.tabs.with_raw_response.switch(tab, id=computer, extra_headers=ELSEWHERE),
        sdk.computers.tabs.with_raw_response.delete(tab, id=computer, extra_headers=ELSEWHERE),
        sdk.computers.with_raw_response.delete(computer, extra_headers=ELSEWHERE),
    ]
    for answer in answers:
        sent = answer.http_request
        assert (sent.content, sent.headers["content-type"]) == (b"", "application/json"), sent.url
        assert answer.status_code in (200, 204), sent.url


@pytest.mark.must("statuses")
@pytest.mark.must("casing")
@pytest.mark.sdk("POST /computers", "computers.create")
@pytest.mark.sdk("GET /computers", "computers.list")
@pytest.mark.sdk("GET /computers/{id}", "computers.retrieve")
@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
def test_a_life_in_its_status_codes_and_words(sdk: Lightcone) -> None:
    raw = sdk.computers.with_raw_response
    made = raw.create()
    computer = made.parse()
    assert (made.status_code, computer.status) == (201, "ready") and computer.id
    listed = raw.list()
    assert isinstance(listed.http_response.json(), list)
    assert {each.status for each in listed.parse()} == {"RUNNING"}
    assert sdk.computers.retrieve(computer.id).status == "RUNNING"
    assert sdk.computers.retrieve_status(computer.id).status == "RUNNING"
    assert raw.delete(computer.id).status_code == 204
    with pytest.raises(APIStatusError) as gone:
        sdk.computers.delete(computer.id)
    assert gone.value.status_code == 404


@pytest.mark.must("actions")
@pytest.mark.sdk("POST /computers/{id}/hotkey", "computers.hotkey")
@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
def test_every_key_by_every_name(sdk: Lightcone, computer: str) -> None:
    for key in KEYS:
        for name in (key, key.upper()):
            assert sdk.computers.hotkey(computer, keys=[name]).status == "SUCCESS", name
    for kind in ("key_down", "key_up"):
        action: Any = {"type": kind, "key": "Shift"}
        assert sdk.computers.execute(computer, action=action).status == "SUCCESS"


@pytest.mark.must("streams")
@pytest.mark.sdk("GET /computers/{id}/events", "computers.retrieve_events")
@pytest.mark.sdk("GET /computers/{id}/screencast", "computers.retrieve_screencast")
def test_streams_begin_at_once_and_are_not_held_back(sdk: Lightcone, computer: str) -> None:
    streaming = sdk.computers.with_streaming_response
    for read in (streaming.retrieve_events, streaming.retrieve_screencast):
        started = time.monotonic()
        with read(computer) as stream:
            assert next(stream.iter_bytes())
            assert time.monotonic() - started < FIRST_BYTE_SECONDS
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["x-accel-buffering"] == "no"
    assert HEARTBEAT_SECONDS <= 30


@pytest.mark.must("kinds")
@pytest.mark.sdk("POST /computers", "computers.create")
def test_a_bad_kind_is_400(sdk: Lightcone) -> None:
    with pytest.raises(BadRequestError) as refused:
        sdk.computers.create(kind="toaster")
    assert refused.value.body == {
        "status": 400,
        "title": "Bad request",
        "type": "",
        "detail": "kind must be browser or desktop.",
    }


PERMANENT: dict[str, Callable[[Lightcone, str], object]] = {
    "an unknown computer": lambda sdk, _: sdk.computers.click("comp_1", x=1, y=1),
    "an unknown saved one": lambda sdk, _: sdk.computers.create(environment_id="comp_1"),
    "a bad lifetime": lambda sdk, _: sdk.computers.create(max_lifetime_seconds=-1),
    "a bad point": lambda sdk, id: sdk.computers.click(id, x="left", y=1),  # type: ignore[arg-type]
    "an unknown key": lambda sdk, id: sdk.computers.hotkey(id, keys=["nosuchkey"]),
    "an unknown action": lambda sdk, id: sdk.computers.execute(id, action={"type": "fly"}),
    "no actions": lambda sdk, id: sdk.computers.batch(id),
    "a bad size": lambda sdk, id: sdk.computers.viewport(id, width=0, height=0),
    "no proxy": lambda sdk, id: sdk.computers.change_proxy(id, proxy_url="ftp://x"),
    "no command": lambda sdk, id: sdk.computers.exec.sync(id),
    "a bad folder": lambda sdk, id: sdk.computers.exec.sync(id, command="true", cwd="a\0b"),
    "no socket": lambda sdk, id: sdk.computers.retrieve_ws(id),
}


@pytest.mark.must("permanent")
@pytest.mark.must("refusals")
@pytest.mark.sdk("POST /computers/{id}/click", "computers.click")
def test_what_will_never_work_is_not_worth_a_retry(sdk: Lightcone, shared: str) -> None:
    for name, call in PERMANENT.items():
        with pytest.raises(APIStatusError) as refused:
            call(sdk, shared)
        status = refused.value.status_code
        assert 400 <= status < 500 and status not in RETRIED, name
        problem: Any = refused.value.body
        assert (problem["status"], problem["type"]) == (status, "") and problem["title"], name


@pytest.mark.must("permanent")
@pytest.mark.sdk("GET /computers", "computers.list")
def test_nothing_to_list_is_an_empty_list(another_server: Callable[..., LocalServer]) -> None:
    with another_server().sdk() as sdk:
        for kind in ("live", "persistent"):
            answer = sdk.computers.with_raw_response.list(type=kind)
            assert answer.http_response.content == b"[]"


@pytest.mark.must("routes")
@pytest.mark.sdk("GET /computers", "computers.list")
def test_a_base_address_with_a_slash_is_the_same(server: LocalServer) -> None:
    with Lightcone(api_key=server.key, base_url=f"{server.url}/", max_retries=0) as sdk:
        answer = sdk.computers.with_raw_response.list()
        assert httpx.URL(str(answer.http_request.url)).path == "/computers"
        assert not answer.http_response.history
