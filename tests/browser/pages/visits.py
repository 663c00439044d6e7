"""Going to a page of `places.py`, and what is wrong with the one that is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.async_api import ConsoleMessage, Page, Response

from tests.browser.pages.looks import SCHEMES, faults, faults_everywhere
from tests.browser.pages.places import Place
from tests.support.prepared import PASSWORD
from tests.support.processes import ROOT

TEMPLATES = ROOT / "templates"
#: Tells what the policy refused, wherever that was.
TELL = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`refused: ${violatedDirective} ${blockedURI}`))"""
#: Whether a form can be sent from here.
HAS_TOKEN = """Boolean(document.querySelector("[name=csrfmiddlewaretoken]"))"""
#: Sends a form as a browser does where no script stands between.
SEND = """([address, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, ...fields })) {
    const field = document.createElement("input");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


def listen(page: Page) -> list[str]:
    """Whatever the page complains about from now on."""
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            complaints.append(said.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


async def show(page: Page, place: Place, things: Mapping[str, Any]) -> Response | None:
    """Go there; where a password is asked for first, say it."""
    await page.emulate_media(color_scheme="light")
    address = place.address.format(**things)
    if place.fields is None:
        answer = await page.goto(address)
    else:
        if not await page.evaluate(HAS_TOKEN):
            await page.goto("/accounts/login/" if place.who == "nobody" else "/accounts/logout/")
        answer = await send(
            page, address, {name: said.format(**things) for name, said in place.fields.items()}
        )
    if "reauthenticate" not in place.template and page.url.partition("?")[0].endswith("/reauthenticate/"):
        await page.get_by_label("Password").fill(PASSWORD)
        async with page.expect_navigation() as going:
            await page.get_by_role("button", name="Confirm").click()
        answer = await going.value
    await page.locator(place.until).first.wait_for()
    return answer


async def send(page: Page, address: str, fields: Mapping[str, str]) -> Response:
    """A form, from a page that has one."""
    async with page.expect_navigation() as going:
        await page.evaluate(SEND, [address, fields])
    return await going.value


async def wrong(page: Page, place: Place, answer: Response | None) -> list[object]:
    """Whether it is that page, and what axe finds."""
    found: list[object] = [] if answer and answer.status == place.status else [answer]
    if not title_of(place.template).fullmatch(title := await page.title()):
        found.append(f"it is called {title}")
    return [*found, *await (faults(page, SCHEMES[:1]) if place.again else faults_everywhere(page))]


def title_of(template: str) -> re.Pattern[str]:
    """What the title of its page looks like."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    found = re.search(r"{% block (?:title|name) %}(.*?){% endblock %}", text, re.DOTALL)
    if found is None:
        parent = re.search(r'{% extends "(.+?)" %}', text)
        assert parent is not None, template
        return title_of(parent[1])
    said = re.sub(r"{% if .*{% endif %}|{{.*?}}", "\0", found[1].strip())
    return re.compile(".*".join(map(re.escape, said.split("\0"))) + "( · Lightdeck)?")
