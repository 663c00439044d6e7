"""No page asks for anything that its own policy forbids, and none complains about itself in the console."""

from __future__ import annotations

import pytest
from playwright.async_api import ConsoleMessage, Page, expect

from computers.urls import urlpatterns
from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, open_cockpit
from tests.browser.pages.terminals import PATIENCE_MS
from tests.support.stack import Stack

#: Every page by the name of its address, `{computer}` and `{macro}` as they are in it.
PAGES = {
    "wall": "/",
    "creation": "/computers/new/",
    "macros": "/macros/",
    "macro_new": "/macros/new/",
    "macro": "/macros/{macro}/",
    "macro_deletion": "/macros/{macro}/deletion/",
    "connection_new": "/team/home/connections/new/",
    "connection": "/team/home/connections/1/",
    "connection_removal": "/team/home/connections/1/removal/",
    **{
        name: f"/computers/{{computer}}/{address}/"
        for name, address in {
            "termination": "termination",
            "tabs": "tabs",
            "macro_run": "macro",
            "hold": "hold",
            "acting": "actions/click",
            "viewport": "viewport",
            "proxy": "proxy",
        }.items()
    },
    "fleet": "/fleet/termination/?computers={computer}",
    "cockpit": "/computers/{computer}/",
    "teams": "/team/",
    "team:new": "/team/new/",
    "team:page": "/team/home/",
    "team:removal": "/team/home/members/1/removal/",
    "team:invitation": "/invitation/",
    "account": "/accounts/",
    "account_change_password": "/accounts/password/change/",
    "mfa_index": "/accounts/second-factor/",
    "mfa_list_webauthn": "/accounts/second-factor/webauthn/",
    "account_reauthenticate": "/accounts/second-factor/webauthn/add/",
    "404": "/no-such-page/",
    "account_logout": "/accounts/logout/",
    "account_login": "/accounts/login/",
    "account_signup": "/accounts/signup/",
}
#: What is only ever part of a page, a file, or an answer to a form.
NO_PAGES = {
    *("saved", "navigation", "back", "forward", "reload", "tab_closure", "tab_switch", "timeline"),
    *("timeline_export", "recording", "recording_end", "selection", "keep_alive", "hold_end"),
    *("screenshot", "html", "capture", "connection_test", "pin"),
}
#: What a page still waits for when it is there; left earlier, it would complain of that.
LAST = {"creation": "#saved-note:not(:has-text('Asking'))", "cockpit": "#cockpit.has-picture"}
#: What a browser says itself is not there.
SAID_SO = {"404", "team:invitation"}
#: Makes a macro and prints its key.
MACRO = """
from computers.macros.steps import dumped
from computers.models import Macro
from dashboard.models import Team
made, _ = Macro.objects.get_or_create(
    team=Team.objects.order_by("pk")[0], name="Policy", defaults={"steps": dumped([{"type": "wait", "ms": 1}])})
print("macro", made.pk)
"""
#: Tells what the policy refused, wherever that was.
TELL = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`refused: ${violatedDirective} ${blockedURI}`))"""


def test_every_address_is_a_page_here_or_known_to_be_none() -> None:
    assert {pattern.name for pattern in urlpatterns} <= PAGES.keys() | NO_PAGES


@pytest.fixture(scope="module")
def macro(stack: Stack) -> str:
    line = next(line for line in stack.manage("shell", "-c", MACRO) if line.startswith("macro "))
    return line.split()[1]


def _listen(page: Page) -> list[str]:
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            complaints.append(said.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@ONE_LOOP
async def test_no_page_complains(window: Windows, checkout: str, macro: str) -> None:
    page = await window()
    await page.context.add_init_script(TELL)
    complaints = _listen(page)
    computer = checkout.rstrip("/").rpartition("/")[2]
    found: dict[str, list[str]] = {}
    for name, address in PAGES.items():
        if name == "account_login":
            await page.context.clear_cookies()
        await page.goto(address.format(computer=computer, macro=macro))
        await expect(page.get_by_role("heading").first).to_be_visible()
        await page.locator(LAST.get(name, "body")).wait_for()
        found[name] = [each for each in complaints if not (name in SAID_SO and "Failed to load" in each)]
        complaints.clear()
    assert {name: said for name, said in found.items() if said} == {}


@ONE_LOOP
async def test_the_panel_the_dialogs_and_the_terminal_do_not_complain(window: Windows, checkout: str) -> None:
    page = await window()
    await page.context.add_init_script(TELL)
    complaints = _listen(page)
    await open_cockpit(page, checkout)
    panel = page.get_by_role("tablist", name="Panel").get_by_role("tab")
    for tab in await panel.all():
        await tab.click()
        await expect(page.get_by_role("tabpanel", name=await tab.inner_text())).to_be_visible()
        if await tab.inner_text() == "Terminal":
            await page.locator("[data-terminal][data-state=ready]").wait_for(timeout=PATIENCE_MS)
    for name in ("Screenshot", "Page HTML", "Viewport", "Proxy", "Hold", "Terminate"):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("#dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#dialog")).to_be_hidden()
    assert complaints == []
