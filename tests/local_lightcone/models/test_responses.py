"""`/v1/models` and `/v1/responses`, asked by the official SDK."""

from typing import Any

import httpx
import pytest
import tzafon
from tzafon import Lightcone
from tzafon.types import ResponseCreateResponse
from tzafon.types.response_computer_tool_call import ResponseComputerToolCall
from tzafon.types.response_output_message import ResponseOutputMessage

from local_lightcone.endpoints.models import MOST_BODY_BYTES

TOOL: Any = {"type": "computer_use", "display_width": 1280, "display_height": 720, "environment": "browser"}


def create(sdk: Lightcone, **body: Any) -> ResponseCreateResponse:
    return sdk.responses.create(**{"model": "local.scripted", "tools": [TOOL], **body})


@pytest.mark.sdk("GET /v1/models", "models.list")
def test_the_built_in_model_is_listed(sdk: Lightcone) -> None:
    listed: Any = sdk.models.list()
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["local.scripted"]
    assert all(model["object"] == "model" and isinstance(model["created"], int) for model in listed["data"])


@pytest.mark.must("responses")
@pytest.mark.must("conversations")
@pytest.mark.sdk("POST /v1/responses", "responses.create")
@pytest.mark.parametrize("kind", ["computer_use", "computer_use_preview"])
def test_a_turn_is_words_and_one_action_that_the_sdk_understands(sdk: Lightcone, kind: str) -> None:
    answer = create(sdk, input="Press Enter, then scroll down", tools=[{**TOOL, "type": kind}])
    said, call = answer.output
    assert isinstance(said, ResponseOutputMessage) and isinstance(call, ResponseComputerToolCall)
    assert (answer.status, answer.model) == ("completed", "local.scripted")
    assert call.pending_safety_checks == []
    assert call.action.type == "keypress" and call.action.keys == ["enter"]


@pytest.mark.must("responses")
@pytest.mark.sdk("POST /v1/responses", "responses.create")
def test_every_action_is_one_that_the_sdk_has_a_type_for(sdk: Lightcone, computer: str, shop: str) -> None:
    sdk.computers.navigate(computer, url=shop)
    address = str((sdk.computers.screenshot(computer).result or {})["screenshot_url"])
    image = {"type": "input_image", "image_url": address, "detail": "auto"}
    kinds = {
        "go to example.com": "keypress",
        "click 'Sign in'": "click",
        "right-click 'Sign in'": "click",
        "double-click 'Sign in'": "double_click",
        "click 'Order now'": "scroll",
        "drag 'Cart' to 'Help'": "drag",
        "type 'x'": "type",
        "press Ctrl+A": "keypress",
        "scroll up": "scroll",
        "wait 2 s": "wait",
        "take a screenshot": "screenshot",
    }
    for step, kind in kinds.items():
        content = [{"type": "input_text", "text": step}, image]
        answer = create(sdk, input=[{"role": "user", "content": content}])
        call = answer.output[-1]
        assert isinstance(call, ResponseComputerToolCall), step
        assert call.action.type == kind and call.status == "completed" and call.id and call.call_id
        places = [(call.action.x, call.action.y)] if call.action.type == "click" else []
        assert all(isinstance(x, int) and 0 <= x <= 999 and 0 <= y <= 999 for x, y in places)


@pytest.mark.sdk("GET /v1/responses/{id}", "responses.retrieve")
def test_an_answer_can_be_asked_for_again(sdk: Lightcone) -> None:
    answer = create(sdk, input="press Enter")
    again: Any = sdk.responses.retrieve(answer.id)
    assert again == answer.to_dict()


@pytest.mark.sdk("POST /v1/responses/{id}/cancel", "responses.cancel")
def test_a_cancelled_answer_says_so_from_then_on(sdk: Lightcone) -> None:
    answer = create(sdk, input="press Enter")
    cancelled: Any = sdk.responses.cancel(answer.id)
    assert cancelled["status"] == "cancelled"
    again: Any = sdk.responses.retrieve(answer.id)
    assert again["status"] == "cancelled"


@pytest.mark.sdk("DELETE /v1/responses/{id}", "delete")
def test_a_deleted_answer_is_gone(sdk: Lightcone) -> None:
    answer = create(sdk, input="press Enter")
    deleted = sdk.delete(f"/v1/responses/{answer.id}", cast_to=object)
    assert deleted == {"deleted": True, "id": answer.id, "object": "response"}
    with pytest.raises(tzafon.NotFoundError) as refused:
        sdk.responses.retrieve(answer.id)
    assert refused.value.response.text == "not found"


def test_an_answer_that_was_not_to_be_stored_is_not(sdk: Lightcone) -> None:
    answer = create(sdk, input="press Enter", store=False)
    with pytest.raises(tzafon.NotFoundError):
        sdk.responses.retrieve(answer.id)
    with pytest.raises(tzafon.NotFoundError, match="not known here any more"):
        create(sdk, previous_response_id=answer.id, input="press Enter")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_answer_is_plainly_not_found(http: httpx.Client, method: str) -> None:
    answer = http.request(method, "/v1/responses/resp_nothing")
    assert (answer.status_code, answer.text) == (404, "not found")
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_unknown_model_is_refused_as_the_service_does(http: httpx.Client) -> None:
    answer = http.post("/v1/responses", json={"model": "nothing", "input": "press Enter"})
    assert (answer.status_code, answer.json()) == (404, {"error": 'model not found: "nothing"'})


def test_a_system_message_beside_the_computer_tool_is_refused(http: httpx.Client) -> None:
    items = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "press Enter"}]
    refused = http.post("/v1/responses", json={"input": items, "tools": [TOOL]})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "System message must be at the beginning."
    assert http.post("/v1/responses", json={"input": items}).status_code == 200


def test_it_asks_for_the_key_as_every_endpoint_does(http: httpx.Client) -> None:
    answer = httpx.get(http.base_url.join("/v1/models"), headers={"Authorization": "Bearer sk_wrong"})
    assert (answer.status_code, answer.json()["title"]) == (401, "Invalid token")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": 1},
        {"input": []},
        {"input": ["x"]},
        {"input": "x", "tools": "y"},
        {"input": "x", "model": 1},
    ],
)
def test_a_body_that_makes_no_sense_is_refused(http: httpx.Client, body: dict[str, Any]) -> None:
    answer = http.post("/v1/responses", json=body)
    assert answer.status_code == 400 and answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("x" * 100_001, "A text may have 100000 characters."),
        (["press Enter " * 8_000] * 5, "A conversation may hold 400000 characters of instructions."),
        (["press Enter"] * 5_001, "input may have 5000 items."),
    ],
)
def test_a_conversation_has_bounds(http: httpx.Client, given: str | list[str], says: str) -> None:
    items = given if isinstance(given, str) else [{"role": "user", "content": text} for text in given]
    answer = http.post("/v1/responses", json={"input": items})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, says)


def test_a_history_with_many_pictures_is_taken_and_an_endless_body_is_not(http: httpx.Client) -> None:
    image = {"type": "input_image", "image_url": "data:image/jpeg;base64," + "A" * 1_000_000}
    items = [{"role": "user", "content": [image]}] * 4
    assert (
        http.post("/v1/responses", json={"input": [*items, {"role": "user", "content": "x"}]}).status_code
        == 200
    )
    assert http.post("/v1/responses", content=b"x" * (MOST_BODY_BYTES + 1)).status_code == 413
