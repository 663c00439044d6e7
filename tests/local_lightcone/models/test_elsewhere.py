"""With MODEL_BASE_URL the model endpoints pass through to another server."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from local_lightcone.models import elsewhere
from local_lightcone.models.serve import Models, respond
from local_lightcone.problems import Problem
from local_lightcone.shots import Shots

from ..harness import LocalServer
from .other import CHUNKS, KEY, SLOW_SECONDS, Other, other_server

ASKED: Any = {"model": "theirs", "input": "hello"}


@pytest.fixture(scope="module")
def theirs() -> Iterator[Other]:
    with other_server() as running:
        yield running


@pytest.fixture(scope="module")
def passing(theirs: Other, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    names = {"MODEL_BASE_URL": theirs.base_url, "MODEL_API_KEY": KEY, "MODEL_NAME": "usual"}
    running = LocalServer(tmp_path_factory.mktemp("passing"), **names).wait()
    yield running
    assert running.end() == 0
    assert KEY not in "\n".join(running.child.lines)


@pytest.fixture
def through(passing: LocalServer, theirs: Other) -> Iterator[httpx.Client]:
    theirs.asked.clear()
    theirs.answers.clear()
    with passing.http() as client:
        yield client


def test_a_request_goes_there_and_its_answer_comes_back(through: httpx.Client, theirs: Other) -> None:
    answer = through.post("/v1/responses", json={**ASKED, "temperature": 0.5})
    assert answer.json()["id"] == "resp_theirs"
    assert theirs.asked == [("POST", "/v1/responses", {**ASKED, "temperature": 0.5})]


def test_a_model_that_takes_long_is_asked_once(through: httpx.Client, theirs: Other) -> None:
    body = {"model": "slow", "input": "think hard"}
    with pytest.raises(httpx.ReadTimeout):
        through.post("/v1/responses", json=body, timeout=SLOW_SECONDS / 4)
    again = through.post("/v1/responses", json=body, headers={"x-stainless-retry-count": "1"})
    assert again.json()["id"] == "resp_theirs"
    assert len(theirs.asked) == 1


async def test_a_program_inside_is_answered_the_same_way(theirs: Other) -> None:
    theirs.answers.clear()
    models = Models(Shots(), elsewhere.ModelServer(theirs.base_url, KEY, "usual"))
    state: Any = SimpleNamespace(models=models)
    try:
        assert (await respond(state, {"input": "hello", "stream": True}))["model"] == "usual"
        assert (await respond(state, {"input": "hello", "model": "local.scripted"}))[
            "model"
        ] == "local.scripted"
        theirs.answers["/v1/responses"] = (400, b'{"error": {"message": "too hot"}}')
        with pytest.raises(Problem, match="too hot") as refused:
            await respond(state, {"input": "hello"})
        assert refused.value.status == 400
    finally:
        await models.close()


def test_a_stream_comes_through_as_it_is(through: httpx.Client) -> None:
    answer = through.post("/chat/completions", json={"model": "theirs", "messages": [], "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.content == b"".join(CHUNKS) + b"data: [DONE]\n\n"


def test_a_stream_that_breaks_says_so(through: httpx.Client) -> None:
    answer = through.post("/v1/chat/completions", json={"model": "breaks", "messages": [], "stream": True})
    assert answer.content == CHUNKS[0] + elsewhere.BROKEN


@pytest.mark.parametrize(
    ("given", "asked"),
    [(None, "usual"), ("tzafon.northstar-cua-fast", "usual"), ("theirs", "theirs")],
)
def test_the_usual_model_takes_what_names_none_of_theirs(
    through: httpx.Client, theirs: Other, given: str | None, asked: str
) -> None:
    through.post("/v1/responses", json={"input": "hello", **({"model": given} if given else {})})
    assert theirs.last["model"] == asked


def test_our_own_model_is_still_here(through: httpx.Client, theirs: Other) -> None:
    assert [model["id"] for model in through.get("/v1/models").json()["data"]] == ["theirs", "local.scripted"]
    first = through.post("/v1/responses", json={"model": "local.scripted", "input": "hello"}).json()
    again = {"previous_response_id": first["id"], "input": "hello"}
    assert through.post("/v1/responses", json=again).json()["model"] == "local.scripted"
    assert [path for _, path, _ in theirs.asked] == ["/v1/models"]


def test_their_answers_are_fetched_cancelled_and_deleted_there(through: httpx.Client, theirs: Other) -> None:
    assert through.get("/v1/responses/resp_theirs?stream=false").json() == {
        "id": "resp_theirs?stream=false",
        "via": "GET",
    }
    through.post("/v1/responses/resp_theirs/cancel")
    through.delete("/v1/responses/resp_theirs")
    assert [(method, path) for method, path, _ in theirs.asked[1:]] == [
        ("POST", "/v1/responses/resp_theirs/cancel"),
        ("DELETE", "/v1/responses/resp_theirs"),
    ]
    assert through.get("/v1/responses/..%2Fmodels").status_code == 404
    assert len(theirs.asked) == 3


def test_our_pictures_travel_inside_the_request(
    through: httpx.Client, theirs: Other, passing: LocalServer
) -> None:
    computer = through.post("/computers", json={}).json()["id"]
    result = through.post(f"/computers/{computer}/screenshot", json={"base64": True}).json()["result"]
    image = {"type": "input_image", "image_url": result["screenshot_url"]}
    foreign = {"type": "input_image", "image_url": "https://example.com/shots/x.jpeg"}
    items = [{"role": "user", "content": [image, foreign]}, {"type": "computer_call_output", "output": image}]
    through.post("/v1/responses", json={**ASKED, "input": items})
    data = {"type": "input_image", "image_url": f"data:image/jpeg;base64,{result['screenshot_base64']}"}
    assert theirs.last["input"][0]["content"] == [data, foreign]
    assert theirs.last["input"][1]["output"] == data
    url = {"type": "image_url", "image_url": {"url": result["screenshot_url"]}}
    through.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": [url]}]})
    assert theirs.last["messages"][0]["content"][0]["image_url"]["url"] == data["image_url"]
    through.delete(f"/computers/{computer}")


def test_their_refusal_of_a_request_is_passed_on(through: httpx.Client, theirs: Other) -> None:
    theirs.answers["/v1/responses"] = (400, b'{"error": {"message": "too hot"}}')
    answer = through.post("/v1/responses", json={**ASKED, "stream": True})
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": "too hot"}})


@pytest.mark.parametrize(
    ("status", "body", "told", "says"),
    [
        (404, b"Not Found", 424, "has no /responses"),
        (404, b'{"detail": "Not Found"}', 424, "has no /responses"),
        (404, b'{"error": {"message": "no model"}}', 404, "no model"),
        (403, b"{}", 424, "refuses MODEL_API_KEY (403)"),
        (307, b"", 424, "sends elsewhere"),
        (503, b'{"error": {"message": "busy"}}', 503, "busy"),
        (200, b" " * (elsewhere.MOST_ANSWER_BYTES + 1), 502, "more than"),
    ],
)
def test_their_troubles_are_said_plainly(
    through: httpx.Client, theirs: Other, status: int, body: bytes, told: int, says: str
) -> None:
    theirs.answers["/v1/responses"] = (status, body)
    answer = through.post("/v1/responses", json=ASKED)
    assert answer.status_code == told
    assert says in answer.json()["error"]["message"]
    assert KEY not in answer.text


def test_a_server_that_is_down_is_named_and_its_key_is_not(
    another_server: Callable[..., LocalServer],
) -> None:
    with other_server() as gone:
        address = gone.base_url
    running = another_server(MODEL_BASE_URL=address, MODEL_API_KEY=KEY)
    with running.http() as client:
        for answer in (
            client.post("/v1/responses", json=ASKED),
            client.post("/v1/chat/completions", json={"messages": [], "stream": True}),
            client.get("/v1/models"),
        ):
            assert answer.status_code == 502
            said = f"The model server at {address.removesuffix('/v1')} does not answer."
            assert answer.json()["error"]["message"] == said
        assert client.get("/healthz").status_code == 200
