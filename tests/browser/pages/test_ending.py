"""A computer is terminated while people look: each page says one thing, and shows what was there last."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, create, open_cockpit, take_control

pytestmark = ONE_LOOP

#: Notes what the badge, the sentence over the picture and the details say, whenever one of them changes.
NOTE = """() => {
  const words = () => ["[data-badge-word]", "[data-trouble-sentence]", "[data-fact=limits]", "#panel-details dl"]
    .map((each) => document.querySelector(each).textContent.replace(/\\s+/g, " ").trim());
  window.noted = [words()];
  new MutationObserver(() => window.noted.push(words()))
    .observe(document.getElementById("cockpit"), { subtree: true, childList: true, characterData: true });
}"""


async def _ask(page: Page) -> None:
    await page.get_by_role("button", name="Terminate").click()
    await page.get_by_role("dialog", name="Terminate ending-1?").wait_for()


async def test_two_people_terminate_it_at_once_and_everybody_sees_one_end(
    window: Windows, static_url: str
) -> None:
    alice, bob, vera = await window(), await window("bob", "operator"), await window("vera", "viewer")
    await create(alice, "ending-1", f"{static_url}shop")
    await alice.locator("#cockpit.has-picture").wait_for()
    for page in (bob, vera):
        await open_cockpit(page, alice.url)
    await take_control(alice)
    await expect(vera.get_by_text("Watching; Alice drives")).to_be_visible()
    await vera.evaluate(NOTE)
    for page in (alice, bob):
        await _ask(page)
    await asyncio.gather(*(page.get_by_role("button", name="Confirm").click() for page in (alice, bob)))
    for page in (alice, bob):
        await page.wait_for_url("**/")
        await expect(page.get_by_text("ending-1 was terminated.")).to_be_visible()
    await expect(vera.locator("[data-badge-word]")).to_have_text("ended")
    await expect(vera.locator("[data-trouble-sentence]")).to_have_text(
        re.compile(r"This computer ended at .+: terminated by (alice|bob)\.", re.IGNORECASE)
    )
    # The last frame stays, dimmed; nobody drives, and nothing is measured, any more.
    await expect(vera.locator("#picture")).to_be_visible()
    await expect(vera.locator("#picture")).to_have_css("opacity", "0.35")
    await expect(vera.get_by_text("Ended; nobody drives")).to_be_visible()
    await expect(vera.locator(".figures")).to_be_hidden()
    noted = await vera.evaluate("window.noted")
    order = list(dict.fromkeys(badge for badge, *_ in noted))
    assert [badge for badge in order if badge not in {"live", "idle"}] == ["ending", "ended"]
    ended = [words for words in noted if words[0] == "ended"]
    assert all(limits.startswith("ended") and "ended: terminated by" in dl for _, _, limits, dl in ended), (
        ended
    )
