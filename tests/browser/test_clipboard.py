"""The local clipboard goes over as text, whole, in pieces that fit a message."""

from __future__ import annotations

from playwright.async_api import Page

from computers.wire.screen import TEXT_LIMIT
from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

WIRE = """async (text) => {
  const { Clipboard } = await import("input/clipboard.js");
  const area = document.getElementById("area"), heard = [];
  new Clipboard(area, { onText: (piece) => heard.push(piece), onTrouble: (sentence) => heard.push({ sentence }) });
  const data = new DataTransfer();
  data.setData("text/plain", text);
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
  return heard;
}"""


async def test_a_paste_is_given_as_text(page: Page) -> None:
    assert await page.evaluate(WIRE, "one\ntwo") == ["one\ntwo"]


async def test_a_long_paste_comes_in_pieces_that_split_no_character(modules: Modules) -> None:
    found = await modules('return (await load("input/clipboard.js")).pieces("a" + "😀".repeat(20000))')
    assert "".join(found) == "a" + "😀" * 20000
    assert all(len(piece) < TEXT_LIMIT for piece in found) and len(found) > 1


async def test_an_empty_clipboard_is_said(page: Page) -> None:
    (said,) = await page.evaluate(WIRE, "")
    assert said["sentence"] == "There is no text on the clipboard."


async def test_a_mistake_of_a_paste_is_not_sent(page: Page) -> None:
    (said,) = await page.evaluate(WIRE, "x" * 600_000)
    assert said["sentence"] == "That is too long to paste."
