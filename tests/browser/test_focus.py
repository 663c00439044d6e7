"""Whether somebody is about to type a secret, asked of real pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

from computers.relay.focus import read_focus
from tests.browser.conftest import ONE_LOOP
from tests.browser.tools import Tools

pytestmark = ONE_LOOP


SHADOW = "<my-login id=a></my-login><script>a.attachShadow({mode: '%s'}).innerHTML = '<input type=%s>';"


@pytest.mark.parametrize(
    ("html", "focus", "secret"),
    [
        ("<input id=a>", "a.focus()", False),
        ("<p>Nothing has the focus.", "0", False),
        ("<textarea id=a></textarea>", "a.focus()", False),
        ("<div id=a contenteditable>", "a.focus()", False),
        ("<input id=a type=password>", "a.focus()", True),
        ("<input id=a autocomplete='section-x current-password'>", "a.focus()", True),
        ("<input id=a autocomplete=CC-Number>", "a.focus()", True),
        ("<input id=a autocomplete=one-time-code>", "a.focus()", True),
        ("<input id=a style='-webkit-text-security: disc'>", "a.focus()", True),
        (SHADOW % ("open", "password") + "</script>", "a.shadowRoot.firstChild.focus()", True),
        (SHADOW % ("open", "text") + "</script>", "a.shadowRoot.firstChild.focus()", False),
        (SHADOW % ("closed", "password") + "</script>", "a.tabIndex = 0, a.focus()", None),
        (
            "<iframe id=a srcdoc='<input type=password>'></iframe>",
            "a.contentDocument.body.firstChild.focus()",
            True,
        ),
        ("<iframe id=a srcdoc='<input>'></iframe>", "a.contentDocument.body.firstChild.focus()", False),
        ("<iframe id=a src='data:text/html,<input type=password>'></iframe>", "a.focus()", None),
    ],
)
async def test_the_page_says_where_its_focus_is(
    page: Page, html: str, focus: str, secret: bool | None
) -> None:
    await page.set_content(html)
    await page.evaluate(focus)
    session = await page.context.new_cdp_session(page)
    tools: Any = Tools(session)
    assert await read_focus(tools) is secret
    # What the page does to its own world changes nothing in ours.
    await page.evaluate("Object.defineProperty(document, 'activeElement', {value: document.body})")
    assert await read_focus(tools) is secret
    await session.detach()
