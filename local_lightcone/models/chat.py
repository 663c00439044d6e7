"""The built-in model behind `/v1/chat/completions` (contract §3.8): it says what it would do, and what it is."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import orjson

from .conversation import Event, Spoke, Told
from .refusals import refused
from .scripted import described
from .turn import NAME

MOST_MESSAGES = 5_000
LONGEST_CONTENT = 100_000
DONE = b"data: [DONE]\n\n"


def completion(body: dict[str, Any]) -> dict[str, Any]:
    """The whole answer as one object."""
    text = reply(body)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {**_head("chat.completion"), "choices": [choice], "usage": _usage(body, text)}


def chunks(body: dict[str, Any]) -> Iterator[bytes]:
    """The same answer as server-sent events, a line of it at a time."""
    text, head = reply(body), _head("chat.completion.chunk")
    yield _chunk(head, {"role": "assistant", "content": ""})
    for line in text.splitlines(keepends=True):
        yield _chunk(head, {"content": line})
    yield _chunk(head, {}, "stop")
    options = body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage") is True:
        yield _event({**head, "choices": [], "usage": _usage(body, text)})
    yield DONE


def reply(body: dict[str, Any]) -> str:
    return described(tuple(_told(body.get("messages"))))


def _told(messages: object) -> Iterator[Event]:
    if not isinstance(messages, list) or not messages:
        raise refused("messages must be a list of messages.")
    if len(messages) > MOST_MESSAGES:
        raise refused(f"There may be {MOST_MESSAGES} messages.")
    for message in messages:
        if not isinstance(message, dict):
            raise refused("A message must be an object.")
        if message.get("role") == "user":
            yield Told(_text(message.get("content")))
        elif message.get("role") == "assistant":
            yield Spoke(_text(message.get("content")))


def _text(content: object) -> str:
    if isinstance(content, list):
        parts = [
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        ]
        content = "\n".join(parts)
    if not isinstance(content, str | None):
        raise refused("content must be a string or a list of parts.")
    if content and len(content) > LONGEST_CONTENT:
        raise refused(f"A message may have {LONGEST_CONTENT} characters.")
    return content or ""


def _head(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": kind,
        "created": int(time.time()),
        "model": NAME,
    }


def _usage(body: dict[str, Any], text: str) -> dict[str, int]:
    prompt, answer = len(orjson.dumps(body["messages"])) // 4, len(text) // 4
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def _chunk(head: dict[str, Any], delta: dict[str, str], reason: str | None = None) -> bytes:
    return _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
