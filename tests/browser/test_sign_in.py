"""Whether a page shows a form to sign in, asked of real pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

from computers.relay.sign_in import read_sign_in
from tests.browser.conftest import ONE_LOOP
from tests.browser.tools import Tools

pytestmark = ONE_LOOP


@pytest.mark.parametrize(
    ("html", "asks"),
    [
        ("<form><input><input type=password></form>", True),
        ("<p>You are signed in.</p><input><input type=search>", False),
        ("<input type=password style='display:none'>", False),
        ("<div style='visibility:hidden'><input type=password></div>", False),
        ("<div style='opacity:0'><input type=password></div>", False),
        ("<input type=password style='width:1px;height:1px;padding:0;border:0'>", False),
        ("<input type=password disabled>", False),
        ("<iframe srcdoc='<input type=password>'></iframe>", True),
        ("<iframe srcdoc='<input type=password>' style='display:none'></iframe>", False),
        ("<iframe src='data:text/html,<input type=password>'></iframe>", False),
    ],
)
async def test_only_a_password_field_that_a_person_sees_counts(page: Page, html: str, asks: bool) -> None:
    await page.set_content(html)
    session = await page.context.new_cdp_session(page)
    tools: Any = Tools(session)
    assert await read_sign_in(tools) is asks
    await page.evaluate("Document.prototype.querySelectorAll = () => []")
    assert await read_sign_in(tools) is asks
    await session.detach()
