"""The pages that no address alone leads to are sound, too: between a password and a second factor, after too many
tries, on the way to a provider and back, and where something failed here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import WIDE, Windows
from tests.browser.pages.looks import assert_sound_everywhere
from tests.browser.pages.places import ON_THE_WAY
from tests.browser.pages.visits import send, wrong
from tests.support.oidc import CLIENT, SECRET, Provider
from tests.support.prepared import PASSWORD
from tests.support.stack import Stack, run_stack

pytestmark = ONE_LOOP

HERE = {place.template: place for place in ON_THE_WAY}
#: What is drawn when something fails here: Django gives it nothing at all.
DRAW = "from django.template.loader import render_to_string as drawn; print(drawn('500.html').replace(chr(10), ' '))"


async def nobody(window: Windows) -> Page:
    page = await window("charlie", "")
    await page.context.clear_cookies()
    await page.goto("/accounts/login/")
    return page


@pytest.mark.usefixtures("things")
async def test_a_second_factor_is_asked_for(window: Windows) -> None:
    page = await nobody(window)
    answer = await send(page, "/accounts/login/", {"login": "frida", "password": PASSWORD})
    assert await wrong(page, HERE["mfa/authenticate.html"], answer) == []
    await page.get_by_role("textbox", name="Code").fill("123")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("That is not right.")).to_be_visible()
    await assert_sound_everywhere(page)


async def test_too_many_tries(window: Windows) -> None:
    page = await nobody(window)
    fields = {"login": "mallory", "password": "a wild guess"}
    for _ in range(6):
        answer = await send(page, "/accounts/login/", fields)
        if answer.status == 429:
            break
    assert await wrong(page, HERE["429.html"], answer) == []


async def test_something_failed_here(window: Windows, stack: Stack) -> None:
    page = await nobody(window)
    drawn = next(line for line in stack.manage("shell", "-c", DRAW) if "<html" in line)
    await page.route(
        "**/broken/", lambda route: route.fulfill(status=500, body=drawn, content_type="text/html")
    )
    answer = await page.goto("/broken/")
    assert await wrong(page, HERE["500.html"], answer) == []


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Stack]:
    """A stack that offers single sign-on, and no computers."""
    with run_stack(
        tmp_path_factory.mktemp("single-sign-on"),
        OIDC_ISSUER=provider.issuer,
        OIDC_CLIENT_ID=CLIENT,
        OIDC_CLIENT_SECRET=SECRET,
    ) as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def page(tied: Stack, shared_browser: Browser) -> AsyncIterator[Page]:
    context = await tied.context(shared_browser, "alice", viewport=WIDE)
    yield await context.new_page()
    await context.close()


async def stay(route: Route) -> None:
    """The page that leads away, without leading away by itself."""
    answer = await route.fetch()
    page = (await answer.text()).replace('http-equiv="refresh"', 'name="refresh"')
    await route.fulfill(response=answer, body=page)


async def test_single_sign_on_there_and_not_back(page: Page, provider: Provider) -> None:
    await page.goto("/accounts/")
    await expect(page.get_by_text("Not linked to this account")).to_be_visible()
    await assert_sound_everywhere(page)
    await page.context.clear_cookies()
    await page.goto("/accounts/login/")
    await expect(page.get_by_role("button", name="Single sign-on")).to_be_visible()
    await assert_sound_everywhere(page)
    await page.route("**/accounts/sso/login/", stay)
    answer = await send(page, "/accounts/sso/login/", {})
    assert await wrong(page, HERE["socialaccount/leaving.html"], answer) == []
    await page.unroute("**/accounts/sso/login/")
    await page.goto("/accounts/sso/cancelled/")
    await expect(page.get_by_text("You did not sign in.")).to_be_visible()
    await assert_sound_everywhere(page)
    refused = await page.goto("/accounts/sso/login/callback/?code=x&state=y")
    assert await wrong(page, HERE["socialaccount/authentication_error.html"], refused) == []
    provider.broken = "/.well-known/openid-configuration"
    await page.goto("/accounts/login/")
    answer = await send(page, "/accounts/sso/login/", {})
    provider.broken = ""
    assert answer.status == 502
    await expect(page.get_by_text("does not answer as it should")).to_be_visible()
    await assert_sound_everywhere(page)
