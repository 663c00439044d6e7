"""How a page looks: what axe finds, by day and by night, and whether it fits its window."""

from __future__ import annotations

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


async def assert_sound(page: Page, *, calm: bool = False) -> None:
    """axe finds nothing, light or dark, and nothing is wider than the window. A calm page looks once, as it loads.

    A phone has no dark colours of its own: those are looked at in the wide window."""
    schemes = SCHEMES[:1] if page.viewport_size == PHONE else SCHEMES
    for scheme, options in zip(schemes, (EVERY_RULE, RULES_OF_COLOUR), strict=False):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if calm:
            await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        await page.evaluate(STILL)
        results: Any = await Axe().run(page, options=options)
        found = [
            (each["id"], [node["html"][:160] for node in each["nodes"]])
            for each in results.response["violations"]
        ]
        assert found == [], scheme
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
