"""The REST client: what it sends, and what odd answers become."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from computers.upstream import errors
from computers.upstream.client import Access, Client
from tests.computers.stub import HALF_A_BODY, HTML, Answer, Raw, Silence, Upstream

KEY = "sk_very_secret"


@pytest.fixture
async def stub(settings: Settings) -> AsyncIterator[Upstream]:
    made = Upstream()
    settings.PRIVATE_UPSTREAMS = [made.url]
    yield made
    made.close()


@pytest.fixture
async def client(stub: Upstream) -> AsyncIterator[Client]:
    made = Client(Access(stub.url, KEY))
    yield made
    await made.aclose()


async def test_every_call_carries_the_key_and_nothing_else_of_ours(client: Client, stub: Upstream) -> None:
    stub.lists()
    await client.list()
    [request] = stub.requests
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert (request.headers["User-Agent"], request.body) == ("Lightdeck", None)
    assert "Content-Type" not in request.headers


def test_the_key_is_in_no_repr() -> None:
    assert KEY not in repr(Access("http://127.0.0.1:9", KEY))


def test_the_key_goes_to_upstreams_own_host_only() -> None:
    access = Access("https://api.example:8443/v2", KEY)
    assert access.headers_for("https://api.example:8443/x") == access.headers
    assert access.headers_for("https://cdn.example/x.jpeg") == {}


def test_a_base_url_with_a_path_keeps_it() -> None:
    access = Access("https://api.example/api/v2/", KEY)
    assert access.url("/computers") == "https://api.example/api/v2/computers"
    assert access.url("https://cdn.example/x") == "https://cdn.example/x"


async def test_an_id_cannot_leave_its_place_in_the_path(client: Client, stub: Upstream) -> None:
    stub.says("GET", "/computers/..%2Fv1%2Fmodels%3Fx", {"id": "odd"})
    assert (await client.get("../v1/models?x")).id == "odd"


async def test_an_action_that_failed_is_not_a_success(client: Client, stub: Upstream) -> None:
    failure = {"status": "EXECUTION_ERROR", "error_message": "net::ERR_CONNECTION_RESET"}
    stub.says("POST", "/computers/comp_1/navigate", failure)
    with pytest.raises(errors.ActionFailed, match="net::ERR_CONNECTION_RESET"):
        await client.navigate("comp_1", "https://example.com/")


@pytest.mark.parametrize(
    "answer", [Answer(204, ""), Answer(200, {"status": "ok"}), Answer(404, {"status": 404})]
)
async def test_terminated_is_terminated(client: Client, stub: Upstream, answer: Answer) -> None:
    stub.says("DELETE", "/computers/comp_1", answer)
    await client.terminate("comp_1")


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (Answer(400, {"error": "bad"}), errors.Refused, "refused this (400). It says: bad"),
        (Answer(401, {"title": "Invalid token"}), errors.BadKey, "It says: Invalid token"),
        (Answer(403), errors.BadKey, "does not accept"),
        (Answer(402), errors.OutOfCredit, "out of credit"),
        (Answer(404, "404 page not found", "text/plain"), errors.Gone, "does not know this computer"),
        (Answer(422, {"error": {"message": "width"}}), errors.Refused, "It says: width"),
        (
            Answer(429, {"title": "Concurrent limit reached"}),
            errors.Busy,
            "It says: Concurrent limit reached",
        ),
        (Answer(500, ""), errors.UpstreamFailed, "failure of its own (500)."),
        (HTML, errors.UpstreamFailed, "failure of its own (502)."),
        (Answer(200, "<html>", "text/html"), errors.NotUnderstood, "not JSON"),
        (Answer(301, "", headers={"Location": "/x"}), errors.NotUnderstood, "redirected"),
        (Answer(200, []), errors.NotUnderstood, "A computer without an id"),
        (HALF_A_BODY, errors.NoAnswer, "broke off"),
        (Raw(b""), errors.NoAnswer, "broke off"),
    ],
)
async def test_each_odd_answer_is_its_own_sentence(
    client: Client, stub: Upstream, answer: Any, kind: type[Exception], sentence: str
) -> None:
    stub.says("GET", "/computers/comp_1", answer)
    with pytest.raises(kind) as error:
        await client.get("comp_1")
    assert sentence in str(error.value)
    assert KEY not in str(error.value) and "http://" not in str(error.value)


async def test_it_says_how_long_to_wait(client: Client, stub: Upstream) -> None:
    stub.says("GET", "/computers", Answer(429, "", headers={"Retry-After": "7"}))
    with pytest.raises(errors.Busy) as busy:
        await client.list()
    assert busy.value.retry_after == 7.0


@pytest.mark.parametrize("said", ["soon", "nan-ish", "Wed, 21 Oct 2026 07:28:00 GMT", "-5"])
async def test_an_odd_retry_after_does_no_harm(client: Client, stub: Upstream, said: str) -> None:
    stub.says("GET", "/computers", Answer(429, "", headers={"Retry-After": said}))
    with pytest.raises(errors.Busy) as busy:
        await client.list()
    assert busy.value.retry_after in {None, 0.0}


async def test_an_acting_call_without_an_answer_may_have_acted_and_is_not_repeated(
    client: Client, stub: Upstream
) -> None:
    stub.says("POST", "/computers/comp_1/click", Silence())
    with pytest.raises(errors.NoAnswer) as none:
        await client.act("comp_1", "click", {"x": 1, "y": 2}, timeout=0.1)
    assert none.value.outcome_unknown
    assert len(stub.requests) == 1


async def test_nobody_there_means_that_nothing_happened(client: Client, stub: Upstream) -> None:
    stub.close()
    with pytest.raises(errors.Unreachable) as nobody:
        await client.list()
    assert not nobody.value.outcome_unknown


async def test_a_body_without_end_is_not_read_to_it(
    client: Client, stub: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.upstream.client.BODY_LIMIT", 1000)
    stub.says("GET", "/computers", Answer(200, "[" + "1," * 5000 + "1]"))
    with pytest.raises(errors.NotUnderstood, match="more than can be read"):
        await client.list()


@pytest.mark.parametrize(
    "url", ["http://no-such-name.invalid", "http://127.0.0.1:1", "ftp://127.0.0.1", "http://["]
)
async def test_an_address_that_leads_nowhere_is_a_sentence(url: str) -> None:
    client = Client(Access(url, KEY))
    with pytest.raises(errors.Unreachable):
        await client.list()
    await client.aclose()
