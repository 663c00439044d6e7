"""Chat, without a browser: an answer as it comes, and every way in which it does not."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from django.apps import apps

from dashboard.database import unit
from tests.agents.views.conftest import CHAT, SECRET, Play, audited
from tests.support.fake_upstream import answer, stream


def says(text: str = "", **choice: Any) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}, **choice}]}).encode() + b"\n\n"


async def test_an_answer_comes_as_lines_and_the_last_one_says_that_it_is_whole(play: Play) -> None:
    play.service.scripts[CHAT] = stream(says("Hel"), says("lo", finish_reason="stop"), b"data: [DONE]\n\n")
    status, lines = await play.chat("Hi", "Yes?", SECRET, system="Be kind", temperature="0.5", max_tokens="9")
    assert status == 200 and [line.get("text") for line in lines] == ["Hel", "lo", None]
    assert lines[-1] == {"type": "end"}
    (body,) = play.asked(CHAT)
    assert [turn["role"] for turn in body["messages"]] == ["system", "user", "assistant", "user"]
    assert (body["model"], body["temperature"], body["max_tokens"], body["stream"]) == ("m", 0.5, 9, True)


@pytest.mark.parametrize("rest", [b"", b"data: {\n\n", b'data: {"error": "the worker died"}\n\n'])
async def test_an_answer_that_breaks_is_told_as_broken(play: Play, rest: bytes) -> None:
    play.service.scripts[CHAT] = stream(says("half"), rest, then_hang=False)
    status, lines = await play.chat("Hi")
    assert status == 200 and lines[0]["text"] == "half"
    assert lines[-1]["type"] == "trouble" and len(lines[-1]["sentence"]) > 10


async def test_what_is_refused_before_the_first_word_has_a_status_and_a_sentence(play: Play) -> None:
    play.service.scripts[CHAT] = answer(404, {"error": 'model not found: "m"'})
    status, (told,) = await play.chat("Hi")
    assert status == 422 and "model not found" in told["sentence"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"messages": "{"}, "message"),
        ({"messages": "[]"}, "message"),
        ({"messages": '[{"role": "system", "content": "x"}]'}, "message"),
        ({"messages": '[{"role": "user", "content": " "}]'}, "message"),
        (
            {"messages": '[{"role": "user", "content": "x"}, {"role": "assistant", "content": "x"}]'},
            "message",
        ),
        ({"messages": json.dumps([{"role": "user", "content": "x" * 100_001}])}, "message"),
        ({"messages": json.dumps([{"role": "user", "content": "x"}] * 201)}, "message"),
        ({"messages": '[{"role": "user", "content": "x"}]', "model": ""}, "model"),
        ({"messages": '[{"role": "user", "content": "x"}]', "temperature": "hot"}, "temperature"),
        ({"messages": '[{"role": "user", "content": "x"}]', "temperature": "nan"}, "temperature"),
        ({"messages": '[{"role": "user", "content": "x"}]', "max_tokens": "1.5"}, "max_tokens"),
        ({"messages": '[{"role": "user", "content": "x"}]', "max_tokens": "0"}, "max_tokens"),
    ],
)
async def test_what_cannot_be_asked_is_refused_beside_its_field(
    play: Play, fields: dict[str, str], field: str
) -> None:
    reply = await play.post("chat/", **fields)
    assert (reply.status_code, reply.json()["field"]) == (422, field)
    assert not play.asked(CHAT)


async def test_who_stops_hangs_up_and_the_log_says_unknown(play: Play) -> None:
    play.service.scripts[CHAT] = stream(says("half"))
    reply = await play.post("chat/", messages='[{"role": "user", "content": "x"}]')
    pieces = aiter(reply.streaming_content)
    assert b"half" in await anext(pieces)
    reply.close()
    assert await _outcomes() == ["requested", "unknown"]
    assert not play.service._writers


@unit
def _everything() -> str:
    """Every row of every table, sessions included."""
    return str([list(model.objects.values()) for model in apps.get_models()])  # type: ignore[attr-defined]


async def _outcomes() -> list[str]:
    """Once what was cut off has tidied up."""
    await asyncio.sleep(0)
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)
    return [row.outcome for row in await audited() if row.action == "model.use"]


async def test_nobody_asks_very_much_at_once(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.actions.asking.AT_ONCE", 1)
    play.service.scripts[CHAT] = stream(says("half"))
    first = await play.post("chat/", messages='[{"role": "user", "content": "x"}]')
    status, (told,) = await play.chat("Hi")
    assert status == 409 and "1 questions of yours are being answered" in told["sentence"]
    assert (await play.ask()).status_code == 409
    first.close()
    await _outcomes()
    assert (await play.ask()).status_code == 200


async def test_the_log_knows_who_asked_whom_how_much_and_not_what(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    play.service.scripts[CHAT] = stream(says(SECRET, finish_reason="stop"), then_hang=False)
    await play.chat(SECRET, system=SECRET)
    await play.ask(SECRET)
    asked, said = [row for row in await audited() if row.action == "model.use"][:2]
    assert asked.detail == {"call": "chat", "model": "m", "turns": 1, "characters": len(SECRET)}
    assert (said.outcome, said.detail) == ("succeeded", {"answered": len(SECRET)})
    rows = json.dumps([row.detail for row in await audited()])
    assert SECRET not in rows and "sk_test" not in rows
    assert SECRET not in await _everything()
    # httpcore's own debugging is off in the product; everything else is heard here.
    heard = [
        each.getMessage() for each in caplog.records if not each.name.startswith(("httpcore", "django.db"))
    ]
    assert not any(SECRET in each for each in heard)
