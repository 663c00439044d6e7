"""A terminal in a page: how it is opened, what is run there, and what is seen."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser.pages.conftest import open_cockpit

#: A command may wait for a busy machine: a sandbox is several processes.
PATIENCE_MS = 30_000


def terminal_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Terminal")


def status(page: Page) -> Locator:
    return terminal_of(page).locator("[data-status]")


def results(page: Page) -> Locator:
    return page.get_by_role("log", name="Command results")


async def open_terminal(page: Page, address: str) -> Locator:
    """The terminal, once commands can be run."""
    await open_cockpit(page, address)
    await page.get_by_role("tab", name="Terminal").click()
    await expect(page.locator("[data-terminal][data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    return terminal_of(page)


async def start(page: Page, command: str) -> None:
    await page.get_by_label("Command", exact=True).fill(command)
    await terminal_of(page).get_by_role("button", name="Run", exact=True).click()


async def run(page: Page, command: str, ending: str = "exit 0 ·") -> None:
    """Run it and wait until it has ended so."""
    await start(page, command)
    await expect(results(page).locator("> div").last).to_contain_text(
        f"{command}: {ending}", timeout=PATIENCE_MS
    )


async def said(page: Page) -> str:
    """What the screen of the terminal shows."""
    rows = await page.locator(".xterm-rows > div").all_inner_texts()
    return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows)


async def colour_of(page: Page, word: str) -> str:
    """The colour in which it is drawn."""
    found: str = await page.evaluate(
        """(word) => {
          const spans = [...document.querySelectorAll(".xterm-rows span")];
          return getComputedStyle(spans.find((span) => span.textContent === word)).color;
        }""",
        word,
    )
    return found
