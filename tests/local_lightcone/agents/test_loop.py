"""The loop with a model that says anything, and a computer that does or does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local_lightcone.agents import loop as module
from local_lightcone.agents import thinking
from local_lightcone.agents.outcome import Outcome
from local_lightcone.problems import Problem

from .fakes import FakeMachine, Run, call, function, words

CLICK = {"type": "click", "x": 500, "y": 500, "button": "left"}


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinking, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(module, "LOOK_PAUSE_SECONDS", 0.0)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ([words("All is well.")], Outcome("completed", "All is well.")),
        ([function("done", '{"message": "ready"}')], Outcome("completed", "ready")),
        ([function("done", "not json")], Outcome("completed", "")),
        ([function("done", None)], Outcome("completed", "")),
        ([call(type="answer", result="42")], Outcome("completed", "42")),
        ([call(type="done", text="finished")], Outcome("completed", "finished")),
        (
            [call(type="terminate", status="success", result="bought")],
            Outcome("completed", "bought"),
        ),
        (
            [call(type="terminate", status="failure", result="sold out")],
            Outcome("failed", "sold out", "agent"),
        ),
    ],
)
async def test_each_way_to_finish(answer: list[dict[str, Any]], outcome: Outcome) -> None:
    assert await Run([call(**CLICK)], answer).outcome() == outcome


async def test_coordinates_are_scaled_and_results_are_the_next_picture() -> None:
    run = Run([words("I click"), call(**CLICK)], [words("Done")])
    await run.outcome()
    assert run.machine.acted == [{"type": "click", "x": 500.0, "y": 500.0, "button": "left"}]
    first, second = (body["input"] for body in run.mind.asked)
    assert first[-1]["content"][0] == {"type": "input_text", "text": "do it"}
    assert first[-1]["content"][1]["image_url"] == "data:1"
    assert [item.get("type") for item in second] == [None, "message", "computer_call", "computer_call_output"]
    assert second[-1]["output"]["image_url"] == "data:2"
    assert second[-1]["call_id"] == second[-2]["call_id"]


async def test_context_and_prompt_reach_the_model() -> None:
    turns = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]
    run = Run([words("Done")], context=turns, system_prompt="Be kind.", temperature=0.5, model="m")
    await run.outcome()
    asked = run.mind.asked[0]
    assert asked["input"][:2] == turns and asked["instructions"].endswith("Be kind.")
    assert (asked["temperature"], asked["model"], asked["store"]) == (0.5, "m", False)
    assert {tool.get("name") for tool in asked["tools"]} == {None, "done", "ask_person"}
    plain = Run([words("Done")])
    await plain.outcome()
    assert not {"model", "temperature"} & set(plain.mind.asked[0])


async def test_old_pictures_are_let_go() -> None:
    run = Run(*[[call(**CLICK)] for _ in range(9)], [words("Done")])
    await run.outcome()
    pictures = [
        item["output"]["image_url"]
        for item in run.mind.asked[-1]["input"]
        if item.get("type") == "computer_call_output"
    ]
    assert len(pictures) == 9
    assert [picture for picture in pictures if not picture.startswith("data:image/png")] == [
        f"data:{number}" for number in range(6, 11)
    ]


@pytest.mark.parametrize("steps", [1, 3])
async def test_max_steps_is_the_end_and_said_so(steps: int) -> None:
    run = Run([call(**CLICK)], max_steps=steps)
    assert await run.outcome() == Outcome("failed", f"It was not finished after {steps} steps.", "max_steps")
    assert len(run.machine.acted) == steps


async def test_a_task_may_say_that_it_is_finished_after_its_last_step() -> None:
    run = Run([call(**CLICK)], [words("ok"), function("done")], max_steps=1)
    assert (await run.outcome()).status == "completed"


async def test_its_time_is_limited() -> None:
    run = Run([call(type="wait", ms=30_000)], max_duration_seconds=1)
    assert await run.outcome() == Outcome("cancelled", "It was not finished after 1 s.", "max_duration")


async def test_a_pause_does_not_wait_for_a_thinking_model() -> None:
    run = Run(30.0, [words("too late")])
    work = asyncio.create_task(run.outcome())
    await run.until(lambda: bool(run.mind.asked))
    run.reins.pause()
    await run.until_paused()
    run.reins.say("hurry")
    run.reins.resume()
    assert await work == Outcome("completed", "too late")
    assert run.states() == ["paused", "running", "message"]
    assert run.mind.asked[1]["input"][-1]["content"][0]["text"] == "do it\nhurry"
    assert run.mind.asked[1]["input"][-1]["content"][1]["image_url"] == "data:2"


async def test_what_was_not_done_before_a_pause_is_not_done_after_it() -> None:
    first, second = call(**CLICK), call(**{**CLICK, "x": 1})
    run = Run([words("both"), first, second], [words("Done")])
    run.machine.hook = lambda action: run.reins.pause()
    work = asyncio.create_task(run.outcome())
    await run.until_paused()
    assert [action["type"] for action in run.machine.acted] == ["click", "let_go"]
    run.reins.resume()
    assert (await work).status == "completed"
    told = run.mind.asked[1]["input"]
    assert first in told and second not in told


async def test_a_pause_comes_between_the_actions_of_one_call_too() -> None:
    many = {"type": "computer_call", "call_id": "call_many", "actions": [CLICK, {**CLICK, "x": 1}]}
    run = Run([many], [words("Done")])
    run.machine.hook = lambda action: run.reins.pause()
    work = asyncio.create_task(run.outcome())
    await run.until_paused()
    assert [action["type"] for action in run.machine.acted] == ["click", "let_go"]
    run.reins.resume()
    assert (await work).status == "completed"
    assert run.mind.asked[1]["input"][-1]["status"] == "incomplete"


async def test_a_message_keeps_a_finishing_task_going() -> None:
    run = Run(0.2, [function("done")], [words("Really done")])
    work = asyncio.create_task(run.outcome())
    await run.until(lambda: bool(run.mind.asked))
    run.reins.say("one more thing")
    assert await work == Outcome("completed", "Really done")
    assert "one more thing" in str(run.mind.asked[1]["input"][-1])


async def test_a_question_is_answered_by_what_is_said() -> None:
    ask = function("ask_person", '{"question": "Which one?"}')
    run = Run([ask, call(**CLICK)], [words("Done")])
    work = asyncio.create_task(run.outcome())
    await run.until_paused()
    assert run.reins.question == "Which one?"
    assert [action["type"] for action in run.machine.acted] == ["let_go"]
    run.reins.say("The red one")
    run.reins.resume()
    assert (await work).status == "completed"
    told = run.mind.asked[1]["input"]
    output = next(item for item in told if item.get("type") == "function_call_output")
    assert (output["call_id"], output["output"]) == (ask["call_id"], "The red one")
    assert run.states() == ["needs_human", "paused", "running", "message"]


async def test_a_function_that_is_none_is_said_to_be_none() -> None:
    run = Run([function("launch", "{}")], [words("Done")])
    await run.outcome()
    assert run.mind.asked[1]["input"][-2]["output"] == "There is no such function."


async def test_a_failed_action_is_told_to_the_model() -> None:
    run = Run([call(**CLICK)], [words("Done")])
    run.machine.answer = lambda action: {"status": "EXECUTION_ERROR", "error_message": "no page"}
    assert (await run.outcome()).status == "completed"
    executed = next(told for told in run.told if told["type"] == "executed")
    assert (executed["status"], executed["error_message"]) == ("EXECUTION_ERROR", "no page")
    assert run.mind.asked[1]["input"][-1]["status"] == "incomplete"


@pytest.mark.parametrize("action", [CLICK, {"type": "debug", "command": "ls"}, {"type": None}, {}])
async def test_failing_again_and_again_is_the_end(action: dict[str, Any]) -> None:
    run = Run([call(**action)])
    run.machine.answer = lambda action: {"status": "error", "error_message": "no"}
    outcome = await run.outcome()
    assert (outcome.status, outcome.code) == ("failed", "actions")
    assert run.kinds().count("executed") == 5


@pytest.mark.parametrize(
    "answer",
    [[], [words("")], [{"type": "reasoning"}], [{"type": "message", "content": "x"}], ["junk"], None],
)
async def test_a_model_that_says_nothing_is_not_asked_for_ever(answer: Any) -> None:
    run = Run(answer)
    assert await run.outcome() == Outcome("failed", "The model says nothing.", "model")
    assert len(run.mind.asked) == 5


async def test_a_model_that_fails_for_a_moment_is_asked_again() -> None:
    run = Run(Problem(503, "Busy"), Problem(429, "Slow down"), [words("Done")])
    assert (await run.outcome()).status == "completed"
    assert len(run.mind.asked) == 3


@pytest.mark.parametrize(("status", "times"), [(503, 3), (400, 1), (404, 1), (424, 1)])
async def test_a_model_that_fails_is_the_end_and_says_why(status: int, times: int) -> None:
    run = Run(Problem(status, "Bad model", "It is switched off."))
    assert await run.outcome() == Outcome("failed", "The model failed: It is switched off.", "model")
    assert len(run.mind.asked) == times


@pytest.mark.parametrize(
    ("status", "reason"), [("failed", "no luck"), ("incomplete", "its answer was cut off")]
)
async def test_so_is_an_answer_that_says_so_itself(status: str, reason: str) -> None:
    run = Run([words("hm")])
    run.mind.status = status
    assert (await run.outcome()).text == f"The model failed: {reason}"


async def test_what_was_asked_for_before_an_answer_was_cut_off_is_done() -> None:
    run = Run([call(**CLICK)], max_steps=2)
    run.mind.status = "incomplete"
    assert (await run.outcome()).code == "max_steps"
    assert len(run.machine.acted) == 2


async def test_a_model_that_hangs_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinking, "MODEL_SECONDS", 0.01)
    run = Run(30.0)
    assert "did not answer within" in (await run.outcome()).text


async def test_a_screen_that_cannot_be_seen_is_put_to_a_person() -> None:
    run = Run([words("Done")])
    run.machine.blind = "The page asks something."
    work = asyncio.create_task(run.outcome())
    await run.until_paused()
    assert run.reins.question == "The screen cannot be seen: The page asks something."
    run.machine.blind = None
    run.reins.resume()
    assert (await work).status == "completed"


async def test_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.01)
    run = Run([function("ask_person")])
    assert await run.outcome() == Outcome("cancelled", "Nobody resumed the task in time.", "not_resumed")


async def test_an_endless_conversation_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_lightcone.agents.conversation.MOST_ITEMS", 10)
    assert (await Run([call(**CLICK)]).outcome()).code == "too_long"


async def test_too_many_calls_at_once_are_not_done() -> None:
    run = Run([call(**CLICK) for _ in range(500)], [words("Done")])
    await run.outcome()
    assert len(run.machine.acted) == 50


async def test_a_size_that_cannot_be_is_the_end() -> None:
    run = Run([words("Done")], viewport_width=100)
    assert (await run.outcome()).code == "viewport"
    assert isinstance(run.machine, FakeMachine) and not run.mind.asked


async def test_what_the_model_used_is_added_up_as_far_as_it_is_told() -> None:
    run = Run([call(**CLICK)], [call(**CLICK)], [words("Done")])
    counted = iter([{"input_tokens": 5, "output_tokens": 2}, {"input_tokens": "many"}, {"output_tokens": 1}])
    answer = run.mind.respond

    async def respond(body: dict[str, Any]) -> dict[str, Any]:
        return {**await answer(body), "usage": next(counted)}

    run.mind.respond = respond  # type: ignore[method-assign]
    await run.outcome()
    assert run.progress.used.as_json() == {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
