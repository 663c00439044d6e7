"""A request that its client sends again is done once."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from tzafon import Lightcone

from local_lightcone.endpoints import retries
from local_lightcone.endpoints.retries import Retries

from .harness import LocalServer
from .test_input import pad, value_of

__all__ = ["pad"]
KEY = ("POST", "/computers/comp_1/click?", b"hash")


def again(count: int) -> dict[str, str]:
    return {"x-stainless-retry-count": str(count)}


@pytest.mark.sdk("POST /computers/{id}/batch", "computers.batch")
@pytest.mark.must("once")
async def test_a_batch_whose_answer_came_too_late_is_done_once(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    actions: list[Any] = [{"type": "type", "text": "once"}, {"type": "wait", "ms": 5000}]
    patient = sdk.with_options(max_retries=2, timeout=4)
    answer: Any = await asyncio.to_thread(patient.computers.batch, pad, actions=actions)
    assert answer["executed"] == 2
    assert await value_of(server, pad) == "once"


async def test_a_finished_one_is_answered_again(server: LocalServer, http: httpx.Client, pad: str) -> None:
    address, body = f"/computers/{pad}/type", {"text": "once"}

    def send(count: int) -> Any:
        return http.post(address, json=body, headers=again(count)).json()

    first, second, third = send(0), send(1), send(2)
    assert first == second == third
    assert await value_of(server, pad) == "once"


async def test_two_who_do_the_same_are_not_taken_for_one(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    for _ in range(2):
        sdk.computers.type(pad, text="x", extra_headers=again(0))
    assert await value_of(server, pad) == "xx"


async def test_another_body_is_another_request(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.type(pad, text="x", extra_headers=again(0))
    sdk.computers.type(pad, text="y", extra_headers=again(1))
    assert await value_of(server, pad) == "xy"


@pytest.mark.parametrize("value", ["-1", "one", "", "9999999", "1.5", "²"])
def test_a_count_that_is_none_is_the_first(http: httpx.Client, shared: str, value: str) -> None:
    headers = [(b"x-stainless-retry-count", value.encode())]
    assert http.post(f"/computers/{shared}/click", json={"x": 1, "y": 1}, headers=headers).status_code == 200


@pytest.mark.must("once")
def test_a_computer_that_is_asked_for_again_is_made_once(http: httpx.Client, sdk: Lightcone) -> None:
    before = {computer.id for computer in sdk.computers.list()}
    body = {"inactivity_timeout_seconds": 599}
    ids = {http.post("/computers", json=body, headers=again(count)).json()["id"] for count in range(2)}
    made = {computer.id for computer in sdk.computers.list()} - before
    for computer in made:
        sdk.computers.delete(str(computer))
    assert ids == made and len(made) == 1


class Count:
    """An action that says how often it was done."""

    def __init__(self, status: int = 200, size: int = 1) -> None:
        self.times, self.status, self.size = 0, status, size

    async def __call__(self) -> Response:
        self.times += 1
        return Response(b"x" * self.size, self.status)


async def test_what_failed_may_be_tried_again() -> None:
    known, act = Retries(), Count(status=503)
    for attempt in range(3):
        await known.once(KEY, attempt, act)
    assert act.times == 3


async def test_an_answer_is_kept_for_a_while_only() -> None:
    now = 0.0
    known, act = Retries(clock=lambda: now), Count()
    await known.once(KEY, 0, act)
    await known.once(KEY, 1, act)
    assert act.times == 1
    now = retries.FINISHED_SECONDS + 1
    await known.once(KEY, 2, act)
    assert act.times == 2


@pytest.mark.parametrize(("name", "most"), [("MOST_ANSWERS", 3), ("MOST_ANSWER_BYTES", 30)])
async def test_its_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    monkeypatch.setattr(retries, name, most)
    known = Retries()
    for number in range(20):
        await known.once(("POST", str(number), b""), 0, Count(size=10))
    assert len(known._known) <= 3


async def test_a_client_that_leaves_does_not_stop_what_it_asked_for() -> None:
    known, done = Retries(), asyncio.Event()

    async def act() -> Response:
        await asyncio.sleep(0.05)
        done.set()
        return Response(b"")

    leaving = asyncio.create_task(known.once(KEY, 0, act))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await known.once(KEY, 1, act)).status_code == 200
    assert done.is_set()
