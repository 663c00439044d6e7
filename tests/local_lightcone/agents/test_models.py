"""Who thinks for a task: the built-in model, which sees the page's elements, or another server's."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tzafon import Lightcone, NotFoundError

from ..harness import DevTools, LocalServer, devtools
from ..models.conftest import shop
from ..models.other import KEY, Other, other_server
from ..site import PAGES
from ..test_input import log_of
from .fakes import Output, call, function, words
from .following import all_told, begun, start, status, stream, to_the_end, until_status

__all__ = ["shop"]

PAGES["/confirm"] = """<!doctype html><title>Confirm</title>
<button id=order onclick="order.textContent = confirm('Really?') ? 'ordered' : 'not ordered'">Order</button>
<label>Note <input id=note></label>"""
HELD_AND_LET_GO = ["mousedown", "down", "mouseup", "click", "up"]


def executed(told: list[tuple[int, dict[str, Any]]]) -> list[str]:
    return [event["action"]["type"] for _, event in told if event["type"] == "executed"]


def test_plain_steps_are_done_on_a_real_page(
    http: httpx.Client, sdk: Lightcone, shop: str, computer: str
) -> None:
    instruction = f"Go to {shop}; type 'me@example.com' into 'Email'; click 'Sign in'"
    with stream(http, instruction=instruction, computer_id=computer) as events:
        told = to_the_end(events)
    assert executed(told) == ["go_to_url", "click", "keypress", "type", "click"]
    html = str((sdk.computers.html(computer).result or {})["html_content"])
    assert "Signed in as me@example.com" in html
    assert told[-1][1]["type"] == "completed"


async def test_a_person_takes_over_clicks_and_hands_back_with_a_note(
    server: LocalServer, http: httpx.Client, sdk: Lightcone, shop: str, computer: str, key: str
) -> None:
    instruction = f"Go to {shop}; wait 40 seconds; click 'Sign in'"
    task = start(sdk, instruction=instruction, computer_id=computer, idempotency_key=key)
    begun(http, key, "wait 40")
    sdk.agent.tasks.pause(task)
    until_status(sdk, task, "paused")
    async with devtools(server, computer) as client:
        await client.evaluate("mail.value = 'person@example.com'")
        sdk.agent.tasks.inject_message(task, message="I have filled in the address; tick 'Remember me'")
        sdk.agent.tasks.resume(task)
        until_status(sdk, task, "completed")
        assert await client.eventually("said.textContent") == "Signed in as person@example.com, kept"


async def test_a_dialog_is_the_persons_to_answer_and_the_agent_goes_on(
    server: LocalServer, http: httpx.Client, sdk: Lightcone, site: str, computer: str, key: str
) -> None:
    """Somebody watches through DevTools, so a dialog stays open; there is no picture of a page that asks."""
    instruction = f"Go to {site}/confirm; click 'Order'; type ' thanks' into 'Note'"
    async with devtools(server, computer) as client:
        await client("Page.enable", client.page)
        task = start(sdk, instruction=instruction, computer_id=computer, idempotency_key=key)
        await eventually_answered(client)
        until_status(sdk, task, "completed")
        assert await client.evaluate("order.textContent + note.value") == "ordered thanks"


async def eventually_answered(client: DevTools) -> None:
    async with asyncio.timeout(15):
        while True:
            with contextlib.suppress(AssertionError):
                await client("Page.handleJavaScriptDialog", client.page, accept=True)
                return
            await asyncio.sleep(0.05)


def test_a_page_that_does_not_open_is_not_passed_over(
    http: httpx.Client, sdk: Lightcone, computer: str, key: str
) -> None:
    """The built-in model hears that its action failed, and asks a person."""
    task = start(
        sdk,
        instruction="Go to http://nothing.invalid/; press Tab",
        computer_id=computer,
        idempotency_key=key,
    )
    until_status(sdk, task, "paused", "completed", "failed")
    assert status(sdk, task) == "paused"
    sdk.agent.tasks.inject_message(task, message="skip it")
    sdk.agent.tasks.resume(task)
    until_status(sdk, task, "completed")
    failed = next(event for _, event in all_told(http, key) if event["type"] == "executed")
    assert failed["status"] == "EXECUTION_ERROR" and "net::ERR" in failed["error_message"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (None, "local.scripted"),
        ("local.scripted", "local.scripted"),
        ("tzafon.lightcone-1", "local.scripted"),
    ],
)
def test_it_says_who_thinks(http: httpx.Client, computer: str, asked: str | None, told: str) -> None:
    with stream(http, instruction="Press Tab", computer_id=computer, model=asked) as events:
        whole = to_the_end(events)
    assert whole[0][1]["model"] == told


class Thinking:
    """The other server's answers, one after the other; the last one again and again."""

    def __init__(self, server: Other) -> None:
        self.server = server

    def says(self, *outputs: Output) -> None:
        self.server.asked.clear()
        answers = [self.answer(output) for output in outputs]
        self.server.answers = _Next(answers)  # type: ignore[assignment]

    def answer(self, output: Output) -> tuple[int, bytes]:
        body = {"id": "resp_1", "object": "response", "status": "completed", "output": output}
        return 200, json.dumps(body).encode()


class _Next:
    def __init__(self, answers: list[tuple[int, bytes]]) -> None:
        self.answers = answers

    def __contains__(self, path: str) -> bool:
        return path == "/v1/responses"

    def __getitem__(self, path: str) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(scope="module")
def thinking() -> Iterator[Thinking]:
    with other_server() as running:
        yield Thinking(running)


@pytest.fixture(scope="module")
def elsewhere(thinking: Thinking, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    names = {"MODEL_BASE_URL": thinking.server.base_url, "MODEL_API_KEY": KEY, "MODEL_NAME": "usual"}
    running = LocalServer(tmp_path_factory.mktemp("thinking"), **names).wait()
    yield running
    assert running.end() == 0


@pytest.fixture(scope="module")
def there(elsewhere: LocalServer) -> str:
    """A computer of the server whose tasks another one's model thinks for."""
    with elsewhere.sdk() as sdk:
        return str(sdk.computers.create(inactivity_timeout_seconds=3600).id)


@pytest.fixture
def run(elsewhere: LocalServer, there: str, site: str) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    with elsewhere.http() as http:

        def run(**body: Any) -> list[dict[str, Any]]:
            usual = {"instruction": "do it", "start_url": f"{site}/pad", "computer_id": there}
            with stream(http, **{**usual, **body}) as events:
                return [event for _, event in to_the_end(events)]

        yield run


def test_another_servers_model_drives_the_computer(
    run: Callable[..., list[dict[str, Any]]], thinking: Thinking
) -> None:
    thinking.says(
        [words("I type"), call(type="type", text="theirs")],
        [call(type="click", x=500, y=200, button="left"), call(type="key", key="Tab")],
        [words("All done.")],
    )
    told = run(temperature=0.2)
    assert (told[0]["model"], told[-1]["result"]) == ("usual", "All done.")
    assert [event["action"]["type"] for event in told if event["type"] == "executed"] == [
        *("go_to_url", "type", "click", "keypress")
    ]
    assert all(event["status"] == "SUCCESS" for event in told if event["type"] == "executed")
    body = thinking.server.last
    assert (body["model"], body["temperature"], body["stream"]) == ("usual", 0.2, False)
    outputs = [item for item in body["input"] if item.get("type") == "computer_call_output"]
    assert len(outputs) == 3
    assert all(output["output"]["image_url"].startswith("data:image/jpeg;base64,/9j/") for output in outputs)


def test_its_refusal_is_the_end_and_the_task_says_why(
    run: Callable[..., list[dict[str, Any]]], thinking: Thinking
) -> None:
    thinking.server.answers = {"/v1/responses": (400, b'{"error": {"message": "too many pictures"}}')}
    last = run()[-1]
    assert (last["type"], last["code"], last["error"]) == (
        "error",
        "model",
        "The model failed: too many pictures",
    )


@pytest.mark.parametrize("answer", [b"<html>", b'{"output": 5}', b'{"output": [[], 1, null]}'])
def test_its_nonsense_is_the_end_too(
    run: Callable[..., list[dict[str, Any]]], thinking: Thinking, answer: bytes
) -> None:
    thinking.server.answers = {"/v1/responses": (200, answer)}
    last = run()[-1]
    assert (last["type"], last["code"]) == ("error", "model")


async def test_what_it_holds_down_is_let_go_at_a_pause_and_at_the_end(
    elsewhere: LocalServer, thinking: Thinking, site: str
) -> None:
    hold = [call(type="mouse_down", x=350, y=100), call(type="key_down", keys=["shift"])]
    ask = function("ask_person", '{"question": "?"}')
    thinking.says([*hold, ask], [*hold, function("done")])
    with elsewhere.sdk() as sdk:
        task = start(sdk, instruction="hold", start_url=f"{site}/pad", keep_alive=True)
        until_status(sdk, task, "paused")
        computer = str((sdk.agent.tasks.retrieve_status(task).model_extra or {})["computer_id"])
        assert await heard(elsewhere, computer) == HELD_AND_LET_GO
        sdk.agent.tasks.resume(task)
        until_status(sdk, task, "completed")
        assert await heard(elsewhere, computer) == HELD_AND_LET_GO * 2
        sdk.computers.delete(computer)


async def heard(server: LocalServer, computer: str) -> list[str]:
    """What the page heard of buttons and keys."""
    kinds = [entry.split()[0] for entry in await log_of(server, computer)]
    return [kind for kind in kinds if kind != "drag"]


def test_a_model_that_is_not_there(sdk: Lightcone) -> None:
    with pytest.raises(NotFoundError) as refused:
        sdk.agent.tasks.start(instruction="go", model="gpt-none")
    assert "model not found" in str(refused.value.body)
