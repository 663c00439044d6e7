"""A pushed fragment replaces the one with its key, if it is newer; nothing else on the page moves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

LIST = """<ul id="list"><li data-fact="a" data-version="3"><button id="in-a">old</button></li></ul>"""
APPLY = """async (fact) => {
  const { apply } = await import("ui/facts.js");
  const changed = apply(fact, (element) => document.getElementById("list").append(element));
  return [changed, document.getElementById("list").textContent, document.activeElement.id];
}"""


@pytest.fixture
def apply(page: Page) -> Any:
    async def run(key: str, version: int, html: str) -> Any:
        if not await page.query_selector("#list"):
            await page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", LIST)
            await page.focus("#in-a")
        return await page.evaluate(APPLY, {"key": key, "version": version, "html": html})

    return run


async def test_a_newer_one_replaces_and_keeps_the_focus(apply: Any) -> None:
    html = '<li data-fact="a" data-version="4"><button id="in-a">new</button></li>'
    assert await apply("a", 4, html) == [True, "new", "in-a"]


@pytest.mark.parametrize("version", [2, 3])
async def test_an_old_or_the_same_one_is_ignored(apply: Any, version: int) -> None:
    assert await apply("a", version, "<li data-fact='a'>late</li>") == [False, "old", "in-a"]


async def test_an_unknown_one_is_added(apply: Any) -> None:
    assert await apply("b", 1, '<li data-fact="b" data-version="1"> and b</li>') == [
        True,
        "old and b",
        "in-a",
    ]


async def test_an_empty_one_takes_its_element_away(apply: Any) -> None:
    assert (await apply("a", 9, ""))[:2] == [True, ""]


ASKING = """<div id="list"><p data-fact="a" data-version="3"><button id="ask" data-opens="#box">Ask</button></p></div>
<dialog id="box"><button data-closes>Close</button></dialog>"""


async def test_who_closes_a_dialog_stands_where_they_stood_though_that_was_replaced(
    page: Page, apply: Any
) -> None:
    await page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", ASKING)
    await page.evaluate("async () => (await import('ui/dialogs.js')).wireDialogs()")
    await page.click("#ask")
    assert await page.evaluate("document.activeElement.closest('dialog')?.id") == "box"
    html = '<p data-fact="a" data-version="4"><button id="ask" data-opens="#box">Ask anew</button></p>'
    assert (await apply("a", 4, html))[0] is True
    await page.keyboard.press("Escape")
    await expect(page.locator("#ask")).to_be_focused()
