"""What an act came to is said for a while; what went wrong stays."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

PLACE = """async () => {
  const { leaveLater } = await import("ui/said.js");
  document.body.insertAdjacentHTML("beforeend", "<p id=place></p>");
  leaveLater(document.getElementById("place"));
}"""


async def test_it_leaves_and_a_trouble_stays(shared_browser: Browser, static_url: str) -> None:
    # A tab of its own: an installed clock stays for whoever comes next.
    page = await shared_browser.new_page()
    await page.clock.install()
    await page.goto(static_url)
    await page.evaluate(PLACE)
    place = page.locator("#place")

    async def say(html: str) -> None:
        await place.evaluate("(place, html) => { place.innerHTML = html; }", html)

    await say("<b class=said>Sent.</b>")
    await page.clock.run_for(10_000)
    await say("<b class=said>Sent again.</b>")
    await page.clock.run_for(10_000)
    await expect(place).to_have_text("Sent again.")
    await page.clock.run_for(10_000)
    await expect(place).to_be_empty()
    await say("<b class=errorlist>Not sent.</b>")
    await page.clock.run_for(60_000)
    await expect(place).to_have_text("Not sent.")
    await page.close()
