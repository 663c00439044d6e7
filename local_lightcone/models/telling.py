"""A response told as server-sent events, as the OpenAI API tells one. Upstream publishes no schema for it."""

from collections.abc import Iterator
from typing import Any

import orjson


def told(response: dict[str, Any], after: int = -1) -> Iterator[bytes]:
    """Its events with a number above `after`."""
    for number, event in enumerate(_events(response)):
        if number > after:
            yield (
                b"event: "
                + event["type"].encode()
                + b"\ndata: "
                + orjson.dumps({**event, "sequence_number": number})
                + b"\n\n"
            )


def _events(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    begun = {**response, "status": "in_progress", "output": []}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(response["output"]):
        place = {"output_index": index}
        yield {"type": "response.output_item.added", **place, "item": {**item, "status": "in_progress"}}
        if item["type"] == "message":
            part = item["content"][0]
            inside = {**place, "item_id": item["id"], "content_index": 0}
            yield {"type": "response.output_text.delta", **inside, "delta": part["text"]}
            yield {"type": "response.output_text.done", **inside, "text": part["text"]}
        yield {"type": "response.output_item.done", **place, "item": item}
    yield {"type": "response.completed", "response": response}
