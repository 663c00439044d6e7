"""An upstream that answers oddly: a sentence on the connection, more patience, and no row touched."""

import logging
from typing import Any

import pytest

from computers.connections import access_of
from computers.fleet import poller as module
from computers.fleet.poller import BACKOFF_MOST, BAD_KEY_WAIT, INTERVAL, Poller
from computers.models import Computer, Connection
from dashboard import live
from tests.computers.conftest import fresh, fresh_connection, soon
from tests.computers.stub import HALF_A_BODY, HTML, Answer, Raw, Silence, Upstream

ODD = [
    (
        Answer(401, {"title": "Invalid token"}),
        "does not accept this connection's key. It says: Invalid token",
    ),
    (Answer(402), "out of credit"),
    (Answer(404, "404 page not found", "text/plain"), "is the base URL right?"),
    (Answer(429, {"title": "Slow down"}), "asked too much right now. It says: Slow down"),
    (Answer(500, {"detail": "Please try again later."}), "failure of its own (500). It says: Please try"),
    (HTML, "failure of its own (502)."),
    (Answer(200, "<html>A portal</html>", "text/html"), "something that is not JSON"),
    (Answer(200, {"data": "x"}), "something unexpected. Not a list of computers."),
    (Answer(200, [{"kind": "browser"}]), "something unexpected. A computer without an id."),
    (Answer(200, [7]), "something unexpected. A computer without an id."),
    (Answer(302, "", headers={"Location": "/elsewhere"}), "redirected the call: is the base URL right?"),
    (HALF_A_BODY, "did not answer in time, or broke off"),
    (Raw(b""), "did not answer in time, or broke off"),
    (Raw(b"\x00\xff nonsense \r\n\r\n"), "did not answer in time, or broke off"),
    (Silence(), "did not answer in time, or broke off"),
]


@pytest.fixture(autouse=True)
def _short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LISTING_DEADLINE", 0.5)


@pytest.mark.parametrize(("answer", "sentence"), ODD)
async def test_each_is_a_sentence_and_ends_nobody(
    poller: Poller,
    upstream: Upstream,
    connection: Connection,
    computer: Computer,
    answer: Any,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upstream.says("GET", "/computers", answer)
    assert await poller.round() > INTERVAL
    assert sentence in (await fresh_connection(connection)).trouble
    row = await fresh(computer)
    assert (row.is_gone, row.version) == (False, 0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_nobody_there_is_a_sentence_too(connection: Connection, upstream: Upstream) -> None:
    upstream.close()
    poller = Poller(connection.pk, access_of(connection))
    await poller.round()
    assert (await fresh_connection(connection)).trouble == "The Lightcone service cannot be reached."
    await poller._client.aclose()


async def test_a_private_address_that_nobody_listed_is_not_called(
    poller: Poller, upstream: Upstream, connection: Connection, settings: Any
) -> None:
    settings.PRIVATE_UPSTREAMS = []
    await poller.round()
    assert "LIGHTDECK_PRIVATE_UPSTREAMS does not list" in (await fresh_connection(connection)).trouble
    assert not upstream.requests


async def test_the_wait_doubles_up_to_a_minute_and_starts_anew_after_success(
    poller: Poller, upstream: Upstream
) -> None:
    upstream.says("GET", "/computers", Answer(500))
    doubled = [min(INTERVAL * 2**turn, BACKOFF_MOST) for turn in range(1, 9)]
    assert [await poller.round() for _ in doubled] == doubled
    assert doubled[0] == 2 * INTERVAL and doubled[-2:] == [60, 60]
    upstream.lists()
    assert await poller.round() == INTERVAL
    upstream.says("GET", "/computers", Answer(500))
    assert await poller.round() == doubled[0]


async def test_it_waits_as_long_as_it_is_asked_to(poller: Poller, upstream: Upstream) -> None:
    upstream.says("GET", "/computers", Answer(429, "", headers={"Retry-After": "45"}))
    assert await poller.round() == 45


async def test_nobody_can_ask_it_to_wait_for_ever(poller: Poller, upstream: Upstream) -> None:
    upstream.says("GET", "/computers", Answer(429, "", headers={"Retry-After": "99999999"}))
    assert await poller.round() == module.RETRY_AFTER_MOST


async def test_a_refused_key_is_not_tried_ten_times_in_ten_minutes(
    poller: Poller, upstream: Upstream
) -> None:
    upstream.says("GET", "/computers", Answer(401))
    assert await poller.round() == BAD_KEY_WAIT
    assert 600 / (BAD_KEY_WAIT * (1 - module.JITTER)) < 10


async def test_trouble_and_its_end_are_told_once_each(
    poller: Poller, upstream: Upstream, connection: Connection, hearing: Any
) -> None:
    upstream.says("GET", "/computers", [Answer(500), Answer(500), Answer(body=[])])
    async with hearing(live.team_group(connection.team_id)) as news:
        for _ in range(4):
            await poller.round()
        await soon(lambda: len(news) == 2)
    assert {each.kind for each in news} == {"connection"}
    assert (await fresh_connection(connection)).trouble == ""


async def test_a_failure_of_our_own_is_logged_and_the_poller_lives(
    poller: Poller, upstream: Upstream, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("computers.records.follow", broken)
    upstream.lists()
    await poller.round()
    assert (await fresh_connection(connection)).trouble == module.FAILED_HERE
