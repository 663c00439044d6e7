"""The playground on the real local service and its own model: asked, drawn, run, gone on from, and forgotten."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, hears

pytestmark = ONE_LOOP

#: How long a model and a screenshot may take together, milliseconds.
ANSWER_MS = 30_000
#: The middle of the mark, in pixels of the picture that it lies on.
MARK = """() => {
  const [picture, mark] = [".play-drawn img", ".play-mark"].map((each) => document.querySelector(each));
  const [box, spot] = [picture, mark].map((each) => each.getBoundingClientRect());
  const scale = box.width / picture.naturalWidth;
  return [(spot.x + spot.width / 2 - box.x) / scale, (spot.y + spot.height / 2 - box.y) / scale];
}"""


async def playground(page: Page, tab: str = "") -> None:
    """The page, once its models are listed."""
    await page.goto("/")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Playground").click()
    await expect(page.get_by_label("Model", exact=True)).to_have_value("local.scripted")
    if tab:
        await page.get_by_role("tab", name=tab).click()


@pytest.mark.pressed("GET /v1/models", "Playground: Model")
@pytest.mark.pressed("POST /v1/chat/completions", "Playground: Chat: Send")
async def test_one_chats_with_the_keyboard_and_takes_the_question_along_as_code(window: Windows) -> None:
    page = await window("bob", "operator")
    await playground(page)
    await expect(page.get_by_text("no language model")).to_be_visible()
    talk = page.get_by_role("log", name="Conversation")
    await page.get_by_role("textbox", name="Message").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Please say something.")).to_be_visible()
    await page.keyboard.type("scroll down; click 'Sign in'")
    await page.keyboard.press("Enter")
    await expect(talk).to_contain_text("2. click 'Sign in'", timeout=ANSWER_MS)
    await expect(page.get_by_text("Answered.")).to_be_visible()
    await page.keyboard.type("<b>who</b> are you?")
    await page.keyboard.press("Enter")
    await expect(talk).to_contain_text("I am local.scripted", timeout=ANSWER_MS)
    # What a model or a person says is text and never markup.
    await expect(talk.get_by_text("<b>who</b> are you?")).to_be_visible()
    await expect(talk.get_by_role("article")).to_have_count(4)
    await page.get_by_role("textbox", name="Message").fill("and now?")
    await page.get_by_role("tabpanel", name="Chat").get_by_role("button", name="As code").click()
    code = page.get_by_role("dialog", name="The same as code")
    await expect(code.locator("#code-curl-text")).to_contain_text("Bearer $TZAFON_API_KEY")
    await expect(code.locator("#code-openai-text")).to_contain_text("and now?")
    assert "sk_" not in await page.content()


async def test_what_is_stopped_says_so_and_a_new_conversation_knows_nothing_of_the_last(
    window: Windows,
) -> None:
    page = await window("bob", "operator")
    await playground(page)
    asked: list[str] = []

    async def hold(route: Route) -> None:
        """Never answered: the model thinks."""
        asked.append(route.request.post_data or "")

    await page.route("**/playground/chat/", hold)
    talk = page.get_by_role("log", name="Conversation")
    for stop in ("Stop", "New conversation"):
        await page.get_by_role("textbox", name="Message").fill("the first words")
        await page.get_by_role("button", name="Send").click()
        await page.get_by_role("tabpanel", name="Chat").get_by_role("button", name=stop).click()
        await expect(page.get_by_role("button", name="Send")).to_be_visible()
        if stop == "Stop":
            await expect(talk).to_contain_text("You stopped it here.")
    await expect(talk.get_by_role("article")).to_have_count(0)
    await page.unroute("**/playground/chat/")
    await page.route("**/playground/chat/", hold)
    await page.get_by_role("textbox", name="Message").fill("another matter")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert "the first words" in asked[1] and "the first words" not in asked[2]


@pytest.mark.pressed("POST /v1/responses", "Playground: Act on a picture: Ask, Go on")
@pytest.mark.pressed("GET /v1/responses/{id}", "Playground: Stored responses: Get")
@pytest.mark.pressed("POST /v1/responses/{id}/cancel", "Playground: Stored responses: Cancel it")
@pytest.mark.pressed("DELETE /v1/responses/{id}", "Playground: Stored responses: Delete it")
async def test_what_is_proposed_is_drawn_run_gone_on_from_and_deleted(window: Windows, checkout: str) -> None:
    page = await window("bob", "operator")
    await playground(page, "Act on a picture")
    await page.get_by_label("Computer", exact=True).select_option("checkout-1")
    await page.get_by_role("textbox", name="Instruction").fill("click '0'; press Tab")
    await page.get_by_role("button", name="Ask").click()
    answers = page.get_by_role("log", name="Answers")
    await expect(answers).to_contain_text("Click at (200, 140)", timeout=ANSWER_MS)
    await _assert_mark_lies_on(page, 200, 140)

    run = page.get_by_role("button", name="Run 1: Click at (200, 140)")
    await run.click()
    await expect(answers).to_contain_text("Take control first")
    await page.get_by_role("button", name="Take control").click()
    await expect(page.get_by_text("You are driving")).to_be_visible()
    await run.click()
    await hears(page, "click")
    await expect(answers).to_contain_text("Done in")
    await expect(page.get_by_role("checkbox", name="Carried out")).to_be_checked()

    await page.get_by_role("button", name="Go on").click()
    await expect(answers).to_contain_text("Press tab", timeout=ANSWER_MS)
    await expect(run).to_be_disabled()
    await page.get_by_role("button", name="Release control").click()
    await expect(page.get_by_text("Nobody drives")).to_be_visible()
    newest = await answers.locator("[data-turn]").last.get_attribute("data-turn")
    await _is_stored_cancelled_and_deleted(page, str(newest))


async def _assert_mark_lies_on(page: Page, x: float, y: float) -> None:
    """However large the picture is shown, here and on a phone: the mark is where the place is."""
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        found = await page.evaluate(MARK)
        assert found == pytest.approx([x, y], abs=4)


async def _is_stored_cancelled_and_deleted(page: Page, id: str) -> None:
    await page.get_by_role("tab", name="Stored responses").click()
    found = page.locator("#stored-answer")
    await page.get_by_label("Response id").fill(id)
    await page.get_by_role("button", name="Get", exact=True).click()
    await expect(found.get_by_role("listitem")).to_have_text(re.compile("Press tab"))
    await page.get_by_role("button", name="Cancel it").click()
    await expect(found).to_contain_text(f"{id} is cancelled now.")
    await page.get_by_role("button", name="Delete it").click()
    await expect(found).to_contain_text("was deleted")
    await page.get_by_role("button", name="Get", exact=True).click()
    await expect(found).to_contain_text("does not know this response")
