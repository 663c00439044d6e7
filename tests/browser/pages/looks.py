"""How a page looks: what axe finds, by day and by night, and whether it fits its window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.pages.conftest import PHONE, WIDE

SCHEMES = ("light", "dark")
#: Options of a window by the name of its size.
SIZES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE, "has_touch": False},
    "phone": {"viewport": PHONE, "has_touch": True},
}
EVERY_RULE: dict[str, Any] = {"resultTypes": ["violations"]}
#: All that a colour scheme changes.
RULES_OF_COLOUR = {
    **EVERY_RULE,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
#: A colour on its way from light to dark has no contrast worth measuring.
STILL = """() => {
  for (const animation of document.getAnimations()) {
    try { animation.finish(); } catch { /* it never ends */ }
  }
}"""
#: Only what was found: the whole report is half a megabyte.
LOOK = """async (options) => (await axe.run(options)).violations.map(
  ({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))])"""
#: A calm page looks once which scheme it should have, as it loads: its own script is run once more.
LOOK_AGAIN = """() => new Promise((done) => {
  const early = document.querySelector("script[src*=theme-early]");
  const again = document.createElement("script");
  again.src = early.src;
  again.onload = done;
  document.head.append(again);
})"""


async def assert_sound(page: Page) -> None:
    """axe finds nothing, light or dark, and nothing is wider than the window."""
    assert await faults(page) == []


async def assert_sound_everywhere(page: Page) -> None:
    """The same in a wide window, and as the window becomes as small as a phone's."""
    assert await faults_everywhere(page) == []


async def faults_everywhere(page: Page) -> list[object]:
    """What is wrong in a wide window, and as it becomes as small as a phone's: cheaper than to come there once more."""
    found = await faults(page)
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += [("phone", each) for each in await faults(page)]
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


async def faults(page: Page, schemes: Sequence[str] = SCHEMES) -> list[object]:
    """What axe finds, in light and in dark, and whether the page is wider than its window.

    A phone has no dark colours of its own: those are looked at in the wide window."""
    found: list[object] = []
    if page.viewport_size == PHONE:
        schemes = SCHEMES[:1]
    calm = await page.locator("body.bare").count()
    for scheme, options in zip(schemes, (EVERY_RULE, RULES_OF_COLOUR), strict=False):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if calm:
            await page.evaluate(LOOK_AGAIN)
        await expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        await page.evaluate(STILL)
        if not await page.evaluate("Boolean(window.axe)"):
            await page.evaluate(Axe().axe_script)
        found += [(scheme, *each) for each in await page.evaluate(LOOK, options)]
    if not await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append("wider than the window")
    return found
