"""A picture and an instruction, without a browser: what is asked, and how what is proposed is shown."""

from __future__ import annotations

import base64
import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.playground import questions
from computers.models import Capture
from dashboard.database import unit
from tests.agents.views.conftest import CLICK, PICTURE, RESPONSES, SHOT, Play, proposing
from tests.support.fake_upstream import Script, answer
from tests.support.pictures import jpeg_of, png_of


async def test_what_is_proposed_is_drawn_on_the_picture_and_said_in_words(play: Play) -> None:
    reply = await play.ask("click 'Buy'")
    page = reply.content.decode()
    assert reply.status_code == 200
    assert 'viewBox="0 0 1280 720"' in page and 'cx="640.0" cy="180.0"' in page
    assert "Click at (640, 180)" in page and "Looking." in page and "resp_1" in page
    (body,) = play.asked()
    text, image = body["input"][0]["content"]
    assert text == {"type": "input_text", "text": "click 'Buy'"}
    assert base64.b64decode(image["image_url"].partition(",")[2]) == PICTURE
    size = {"display_width": 1280, "display_height": 720}
    assert body["tools"] == [{"type": "computer_use", **size, "environment": "browser"}]
    assert await _captures() == 1


@unit
def _captures() -> int:
    return Capture.objects.count()


@pytest.mark.parametrize(
    ("picture", "media"), [(jpeg_of(300, 200), "image/jpeg"), (png_of(300, 200), "image/png")]
)
async def test_a_picture_of_ones_own_is_shown_and_kept_nowhere(
    play: Play, picture: bytes, media: str
) -> None:
    file = SimpleUploadedFile("anything.exe", picture, "application/x-msdownload")
    reply = await play.ask(source="upload", computer="", picture=file)
    assert reply.status_code == 200 and f"data:{media};base64," in reply.content.decode()
    assert play.asked()[0]["tools"][0]["display_width"] == 300
    assert (await _captures(), play.asked(SHOT)) == (0, [])
    assert reply["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (b"<svg onload='alert(1)'/>", "no JPEG"),
        (b"GIF89a" + b"\0" * 40, "no JPEG"),
        (b"", "choose a picture|no JPEG"),
        (jpeg_of(300, 200)[:9], "no JPEG"),
        (jpeg_of(20_000, 20), "sides"),
        (png_of(2, 2) + b"\0" * (questions.PICTURE_LIMIT + 1), "at most 5 MB"),
    ],
)
async def test_what_is_no_bearable_picture_is_refused_beside_its_field(
    play: Play, picture: bytes, why: str
) -> None:
    file = SimpleUploadedFile("screen.jpg", picture, "image/jpeg")
    reply = await play.ask(source="upload", picture=file)
    assert (reply.status_code, reply["HX-Retarget"]) == (422, "#act-error-picture")
    assert any(each in reply.content.decode() for each in why.split("|"))
    assert not play.asked()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"instruction": " "}, "instruction"),
        ({"instruction": "x" * 20_001}, "instruction"),
        ({"computer": ""}, "picture"),
        ({"model": ""}, "answer"),
        ({"calls": "{"}, "instruction"),
        ({"calls": '[{"id": 7}]'}, "instruction"),
        ({"calls": '[{"id": "c", "checks": ["x"]}]'}, "instruction"),
    ],
)
async def test_nothing_is_asked_and_no_picture_taken_of_what_is_wrong(
    play: Play, fields: dict[str, str], place: str
) -> None:
    reply = await play.ask(**fields)
    assert (reply.status_code, reply["HX-Retarget"]) == (422, f"#act-error-{place}")
    assert not play.asked() and not play.asked(SHOT)


async def test_a_conversation_goes_on_with_the_new_picture_as_what_the_calls_led_to(play: Play) -> None:
    play.service.scripts[RESPONSES] = answer(body=proposing(CLICK, {"type": "wait"}, id="resp_9"))
    page = (await play.ask()).content.decode()
    calls = html.unescape(page.partition('name="calls" value="')[2].partition('"')[0])
    assert json.loads(calls) == [{"id": "c1"}, {"id": "c2"}]
    await play.ask("", previous="resp_9", calls=calls, ran="c1")
    first, second = play.asked()[1]["input"]
    assert play.asked()[1]["previous_response_id"] == "resp_9"
    assert (first["call_id"], second["call_id"]) == ("c1", "c2")
    # What nobody carried out is not said to have been.
    assert "status" not in first and second["status"] == "incomplete"
    assert base64.b64decode(first["output"]["image_url"].partition(",")[2]) == PICTURE


async def test_words_and_safety_checks_go_along(play: Play) -> None:
    checks = [{"id": "s1", "code": "malicious", "message": "Sure?"}]
    await play.ask("yes", previous="resp_9", calls=json.dumps([{"id": "c1", "checks": checks}]), ran="c1")
    output, words = play.asked()[0]["input"]
    assert output["acknowledged_safety_checks"] == checks
    assert words["content"] == [{"type": "input_text", "text": "yes"}]


async def test_an_unknown_action_is_shown_raw_and_cannot_be_run(play: Play) -> None:
    play.service.scripts[RESPONSES] = answer(body=proposing({"type": "levitate", "height": "<b>3</b>"}))
    page = (await play.ask()).content.decode()
    assert "Unknown action: levitate" in page and "&lt;b&gt;3&lt;/b&gt;" in page
    assert "Run 1" not in page and '<details class="play-raw" open>' in page
    reply = await play.run({"type": "levitate"})
    assert reply.status_code == 409 and "in no documentation" in reply.content.decode()


async def test_an_answer_that_was_not_stored_or_by_another_model_says_so(play: Play) -> None:
    play.service.scripts[RESPONSES] = answer(body=proposing(id="", model="local.scripted"))
    page = (await play.ask()).content.decode()
    assert "did not store this answer" in page and "answered by local.scripted" in page
    assert "It proposes no action." in page and 'name="previous"' not in page


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        (answer(400, {"error": {"message": "max_model_len"}}), 422, "max_model_len"),
        (answer(402, b""), 502, "out of credit"),
        (answer(500, {"title": "boom"}), 502, "boom"),
        (answer(200, "<html>", "text/html"), 502, "not JSON"),
    ],
)
async def test_a_model_that_refuses_says_why_under_the_button(
    play: Play, script: Script, status: int, said: str
) -> None:
    play.service.scripts[RESPONSES] = script
    reply = await play.ask()
    assert (reply.status_code, reply["HX-Retarget"]) == (status, "#act-error-answer")
    assert said in reply.content.decode()


async def test_a_picture_elsewhere_is_fetched_by_our_own_rules_only(play: Play) -> None:
    shot = {"screenshot_url": "http://169.254.169.254/latest"}
    play.service.scripts[SHOT] = answer(body={"status": "SUCCESS", "result": shot})
    reply = await play.ask()
    assert reply.status_code == 502 and "private or local" in reply.content.decode()
    assert not play.asked()


async def test_a_long_text_can_be_read_whole_before_it_is_typed(play: Play) -> None:
    text = "harmless " * 50 + "rm -rf /"
    play.service.scripts[RESPONSES] = answer(body=proposing({"type": "type", "text": text}))
    page = (await play.ask()).content.decode()
    assert "…”" in page.partition('class="play-words"')[2].partition("</p>")[0]
    assert "rm -rf /" in page.partition("As the model gave it")[2].partition("</details>")[0]
