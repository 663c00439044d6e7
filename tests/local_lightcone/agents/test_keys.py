"""One key, one task: however often it is started, wherever it is read, and whoever hangs up."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tzafon import APIStatusError, Lightcone

from ..harness import LocalServer
from .following import all_told, kinds, start, status, stream, until, until_status


@pytest.mark.must("keys")
@pytest.mark.sdk("POST /agent/tasks/stream", "agent.tasks.start_stream")
@pytest.mark.sdk("POST /agent/tasks", "agent.tasks.start")
def test_the_two_starts_share_their_keys(sdk: Lightcone, computer: str, key: str) -> None:
    body: dict[str, Any] = {"instruction": "Wait 1 second", "computer_id": computer, "idempotency_key": key}
    events: Any = sdk.agent.tasks.start_stream(**body)
    first = next(iter(events))
    begun = sdk.agent.tasks.start(**body)
    assert (begun.task_id, begun.reused, begun.idempotency_key) == (first["task_id"], True, key)
    assert [event["type"] for event in events][-1] == "completed"
    again = sdk.agent.tasks.start(**body)
    assert (again.task_id, again.reused, again.status) == (begun.task_id, True, "completed")


@pytest.mark.must("keys")
def test_two_starts_that_race_are_one_task(server: LocalServer, http: httpx.Client, key: str) -> None:
    """Neither has its computer yet when the other comes."""
    before = {each["id"] for each in http.get("/computers").json()}
    ready = threading.Barrier(4)

    def begin(stream: bool) -> tuple[str, bool | None]:
        with server.sdk() as sdk:
            ready.wait()
            if stream:
                events: Any = sdk.agent.tasks.start_stream(instruction="Press Tab", idempotency_key=key)
                first, *_ = events
                return first["task_id"], None
            answer = sdk.agent.tasks.start(instruction="Press Tab", idempotency_key=key)
            return answer.task_id, answer.reused

    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(begin, [True, False, False, True]))
    assert len({task for task, _ in begun}) == 1
    assert [reused for _, reused in begun if reused is not None].count(False) <= 1
    told = all_told(http, key)
    assert kinds(told).count("started") == 1
    assert {each["id"] for each in http.get("/computers").json()} - before == set()


def test_who_hangs_up_finds_all_that_came_meanwhile(
    sdk: Lightcone, http: httpx.Client, computer: str, key: str
) -> None:
    body: Any = {"instruction": "Press Tab; wait 1 second; press Tab; scroll down", "computer_id": computer}
    with stream(http, **body, idempotency_key=key) as events:
        seen = [next(events) for _ in range(4)]
    rest = all_told(http, key, seen[-1][0])
    whole = all_told(http, key)
    assert seen + rest == whole
    assert [number for number, _ in whole] == list(range(len(whole)))
    assert kinds(whole)[-1] == "completed" and kinds(whole).count("executed") == 4


def test_hanging_up_does_not_end_the_task(sdk: Lightcone, http: httpx.Client, key: str) -> None:
    with stream(http, instruction="Wait 1 second; press Tab", idempotency_key=key) as events:
        task = next(events)[1]["task_id"]
    assert status(sdk, task) == "running"
    until_status(sdk, task, "completed")


def test_several_read_at_once(sdk: Lightcone, http: httpx.Client, server: LocalServer, key: str) -> None:
    start(sdk, instruction="Press Tab; wait 1 second; press Tab", idempotency_key=key)

    def read(_: int) -> list[Any]:
        with server.http() as client:
            return all_told(client, key)

    with ThreadPoolExecutor(3) as pool:
        one, two, three = pool.map(read, range(3))
    assert one == two == three and kinds(one)[-1] == "completed"


def test_a_last_event_id_that_is_none_of_ours_is_none(
    sdk: Lightcone, http: httpx.Client, computer: str, key: str
) -> None:
    task = start(sdk, instruction="Press Tab", computer_id=computer, idempotency_key=key)
    until_status(sdk, task, "completed")
    whole = len(all_told(http, key))
    for given in ("", "none", "-3", "1.5", "9" * 40, "²"):
        headers = [(b"last-event-id", given.encode())]
        body = {"instruction": "known", "idempotency_key": key}
        answer = http.post("/agent/tasks/stream", json=body, headers=headers)
        assert answer.text.count("id: ") == whole


@pytest.mark.parametrize("known", [True, False])
def test_who_would_go_on_with_a_task_that_is_gone_starts_no_other(
    http: httpx.Client, key: str, known: bool
) -> None:
    """The server was restarted, say: what was done is not done again."""
    before = len(http.get("/computers").json())
    body = {"instruction": "Press Tab", **({"idempotency_key": key} if known else {})}
    answer = http.post("/agent/tasks/stream", json=body, headers={"Last-Event-ID": "3"})
    assert (answer.status_code, answer.json()["title"]) == (404, "Task not found")
    assert len(http.get("/computers").json()) == before


def test_a_start_that_failed_leaves_its_key_free(
    sdk: Lightcone, http: httpx.Client, computer: str, key: str
) -> None:
    body: dict[str, Any] = {"instruction": "Press Tab", "idempotency_key": key}
    for _ in range(2):
        with pytest.raises(APIStatusError) as refused:
            sdk.agent.tasks.start(**body, computer_id="comp_1", on_missing_computer="fail")
        assert refused.value.status_code == 404
    begun = sdk.agent.tasks.start(**body, computer_id=computer)
    assert begun.reused is False
    until_status(sdk, begun.task_id, "completed")


def test_without_a_key_each_start_is_a_task(sdk: Lightcone, computer: str) -> None:
    one = start(sdk, instruction="Press Tab", computer_id=computer)
    until_status(sdk, one, "completed")
    two = start(sdk, instruction="Press Tab", computer_id=computer)
    until_status(sdk, two, "completed")
    assert one != two


@pytest.mark.parametrize("path", ["/agent/tasks", "/agent/tasks/stream"])
def test_a_start_that_is_sent_again_is_one_all_the_same(
    http: httpx.Client, sdk: Lightcone, path: str
) -> None:
    """The official client repeats what was not answered in time, and says so."""
    body = {"instruction": f"Wait 1 second; say '{uuid.uuid4().hex}'"}
    before = len(http.get("/computers").json())
    headers = [{"x-stainless-retry-count": str(count)} for count in range(2)]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(http.post, path, json=body, headers=headers[0])
        until(lambda: len(http.get("/computers").json()) > before, "the first one's computer")
        second = pool.submit(http.post, path, json=body, headers=headers[1])
        assert first.result().text == second.result().text
    assert len(http.get("/computers").json()) <= before + 1
    until(lambda: len(http.get("/computers").json()) == before, "the end of the task")
