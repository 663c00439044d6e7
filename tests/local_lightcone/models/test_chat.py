"""`/v1/chat/completions` of the built-in model, whole and streamed."""

import json
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

ASKED: Any = {
    "model": "local.scripted",
    "messages": [{"role": "user", "content": "Press Enter, then make tea"}],
}
REPLY = (
    "With a computer I would do this:\n1. Press Enter\n2. make tea (I do not understand this one.)\n"
    "Send a picture and the computer tool to begin."
)


@pytest.mark.must("chat")
@pytest.mark.sdk("POST /v1/chat/completions", "chat.create_completion")
def test_it_says_what_it_would_do(sdk: Lightcone) -> None:
    answer: Any = sdk.chat.create_completion(**ASKED)
    assert (answer["object"], answer["model"]) == ("chat.completion", "local.scripted")
    assert answer["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": REPLY}, "finish_reason": "stop"}
    ]
    assert answer["usage"]["total_tokens"] > 0


def test_it_says_what_it_is_and_hides_nothing(http: httpx.Client) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "Who are you?"}]}]
    answer = http.post("/v1/chat/completions", json={"messages": messages}).json()
    assert answer["choices"][0]["message"]["content"].startswith(
        "I am local.scripted, built into this server"
    )


@pytest.mark.must("chat")
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions"])
def test_it_streams_as_the_openai_client_reads(http: httpx.Client, path: str) -> None:
    body = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
    with http.stream("POST", path, json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines) and lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    deltas = [choice for chunk in chunks for choice in chunk["choices"]]
    assert "".join(choice["delta"].get("content", "") for choice in deltas) == REPLY
    assert deltas[0]["delta"]["role"] == "assistant" and deltas[-1]["finish_reason"] == "stop"
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] > 0


def test_the_sdk_gets_a_stream_as_one_text(sdk: Lightcone) -> None:
    answer: Any = sdk.chat.create_completion(**ASKED, stream=True)
    assert answer.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize(
    "change",
    [{"messages": None}, {"messages": ["x"]}, {"messages": []}, {"n": 2}, {"stream": "yes"}]
    + [{"messages": [{"role": "user", "content": 5}]}, {"model": 7}],
)
def test_what_makes_no_sense_is_refused(http: httpx.Client, change: dict[str, Any]) -> None:
    assert http.post("/v1/chat/completions", json={**ASKED, **change}).status_code == 400


def test_an_unknown_model_is_refused(http: httpx.Client) -> None:
    answer = http.post("/v1/chat/completions", json={**ASKED, "model": "gpt-99"})
    assert (answer.status_code, answer.json()) == (404, {"error": 'model not found: "gpt-99"'})
