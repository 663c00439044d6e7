"""A response as server-sent events."""

import json
from typing import Any

import httpx
import pytest

from .loop import TOOL

ASKED: Any = {"model": "local.scripted", "input": "Press Enter", "tools": [TOOL]}


def events(text: str) -> list[dict[str, Any]]:
    frames = [frame for frame in text.split("\n\n") if frame]
    found = []
    for frame in frames:
        name, data = frame.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {found[-1]['type']}"
    return found


def test_it_is_created_told_and_completed(http: httpx.Client) -> None:
    answer = http.post("/v1/responses", json={**ASKED, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert told[0]["type"] == "response.created" and told[0]["response"]["output"] == []
    items = [event["item"] for event in told if event["type"] == "response.output_item.done"]
    assert [item["type"] for item in items] == ["message", "computer_call"]
    text = "".join(event["delta"] for event in told if event["type"] == "response.output_text.delta")
    assert text == items[0]["content"][0]["text"] == "Step 1 of 1: Press Enter."
    assert told[-1]["type"] == "response.completed" and told[-1]["response"]["output"] == items


def test_the_rest_of_it_can_be_had_later(http: httpx.Client) -> None:
    told = events(http.post("/v1/responses", json={**ASKED, "stream": True}).text)
    address = f"/v1/responses/{told[0]['response']['id']}"
    rest = http.get(address, params={"stream": "true", "starting_after": 3})
    assert events(rest.text) == told[4:]


@pytest.mark.parametrize("after", ["x", "-5", "1.5", "99999999999"])
def test_a_wrong_place_is_refused(http: httpx.Client, after: str) -> None:
    response_id = http.post("/v1/responses", json=ASKED).json()["id"]
    params = {"stream": "true", "starting_after": after}
    assert http.get(f"/v1/responses/{response_id}", params=params).status_code == 400
