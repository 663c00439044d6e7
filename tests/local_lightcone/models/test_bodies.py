"""Any JSON at all is answered or refused; none of it makes the server fail."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_lightcone.models.chat import chunks, completion
from local_lightcone.models.elsewhere import inlined
from local_lightcone.models.serve import Models
from local_lightcone.models.telling import told
from local_lightcone.problems import Problem
from local_lightcone.shots import Shots

WORDS = [
    *(
        "message",
        "computer_call",
        "computer_call_output",
        "function_call",
        "function_call_output",
        "reasoning",
    ),
    *("user", "assistant", "system", "input_text", "input_image", "image_url", "computer_use", "function"),
    *(
        "press Enter",
        "go to x.com",
        "call_1_0_end_x",
        "ask_person",
        "data:image/png;base64,AAAA",
        "incomplete",
    ),
]
NAMES = [
    *("type", "role", "content", "text", "image_url", "url", "call_id", "action", "output", "status", "name"),
    *("arguments", "id"),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from(WORDS)
    | st.text(max_size=5)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=8,
)
ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no failure."""

KINDS = {"type": st.sampled_from(WORDS[:6]), "role": st.sampled_from(["user", "assistant"])}
ITEM = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6), st.fixed_dictionaries({}, optional=KINDS)
).map(lambda both: {**both[0], **both[1]})
FIELDS = [
    "model",
    "input",
    "messages",
    "tools",
    "previous_response_id",
    "store",
    "stream_options",
    "metadata",
]
BODY = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4)


def with_items(body: dict[str, Any], items: list[Any], key: str, computer: bool) -> dict[str, Any]:
    tools = {"tools": [{"type": "computer_use"}, {"type": "function", "name": "done"}]} if computer else {}
    return {**body, key: items, **tools}


@ANY
@given(BODY, st.lists(ITEM, min_size=1, max_size=5), st.booleans())
def test_any_request_for_a_response(body: dict[str, Any], items: list[Any], computer: bool) -> None:
    async def ask(body: dict[str, Any]) -> None:
        models = Models(Shots())
        try:
            answer = await models.respond(body)
        except Problem as refused:
            assert 400 <= refused.status < 500 and refused.response().body
            return
        assert answer["status"] == "completed" and list(told(answer))

    asyncio.run(ask(body))
    asyncio.run(
        ask(with_items({**body, "model": None, "previous_response_id": None}, items, "input", computer))
    )


@ANY
@given(BODY, st.lists(ITEM, min_size=1, max_size=5))
def test_any_request_for_a_completion(body: dict[str, Any], items: list[Any]) -> None:
    for each in (body, with_items(body, items, "messages", False)):
        try:
            assert completion(each)["choices"] and list(chunks(each))
        except Problem as refused:
            assert refused.status == 400


@ANY
@given(BODY)
def test_any_body_can_be_sent_on(body: dict[str, Any]) -> None:
    assert inlined(body, lambda address: None) == body
