"""A team in front of people: invited by a link, made a viewer, removed; a passkey; a connection added and removed."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, open_cockpit, take_control
from tests.browser.pages.looks import assert_sound
from tests.support.prepared import PASSWORD
from tests.support.stack import Stack

pytestmark = ONE_LOOP

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def test_a_link_makes_a_member_who_drives_until_an_owner_says_otherwise(
    window: Windows, checkout: str
) -> None:
    owner, stranger = await window(), await window("charlie", "")
    await stranger.context.clear_cookies()
    await owner.goto("/team/home/")
    await owner.get_by_label("Role", exact=True).select_option("operator")
    await owner.get_by_role("button", name="Create link").click()
    link = await owner.get_by_label("Invitation link").input_value()
    await stranger.goto(link)
    await expect(stranger.get_by_role("heading", name="Join Home")).to_be_visible()
    assert link.rstrip("/").rpartition("/")[2] not in stranger.url
    await stranger.get_by_label("Username").fill("dora")
    await stranger.get_by_label("Your name").fill("Dora")
    await stranger.get_by_label("Password").fill("quite unlikely words")
    await stranger.get_by_role("button", name="Create account and join").click()
    await expect(stranger.get_by_text("Welcome to Home.")).to_be_visible()
    await open_cockpit(stranger, checkout)
    await take_control(stranger)
    await owner.goto("/team/home/")
    await owner.get_by_label("Role of Dora", exact=True).select_option("viewer")
    await owner.get_by_role("button", name="Change the role of Dora").click()
    await expect(owner.get_by_text("Dora is viewer now.")).to_be_visible()
    await expect(stranger.get_by_text("You are driving")).to_be_hidden()
    await owner.get_by_role("link", name="Remove Dora").click()
    await owner.get_by_role("button", name="Confirm").click()
    await expect(owner.get_by_text("Dora was removed.")).to_be_visible()
    await expect(
        stranger.get_by_text("You are no longer allowed to see this computer.")
        .or_(stranger.get_by_text("There is no such computer."))
        .first
    ).to_be_visible()


async def _sign_in(page: Page, home: str, name: str) -> None:
    await page.goto(f"{home}/accounts/login/")
    await page.get_by_label("Username or email").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def test_a_passkey_is_made_and_signs_in(window: Windows, stack: Stack) -> None:
    page = await window("erin", "viewer")
    tools = await page.context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    # Passkeys belong to a name, so not to 127.0.0.1.
    home = stack.base_url.replace("127.0.0.1", "localhost")
    await _sign_in(page, home, "erin")
    await page.goto(f"{home}/accounts/second-factor/")
    await page.get_by_role("link", name="Add a passkey").click()
    if await page.get_by_role("heading", name="Confirm that it is you").is_visible():
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Confirm").click()
    await page.get_by_role("button", name="Create passkey").click()
    await expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    await assert_sound(page)
    await page.get_by_role("button", name="Sign out").click()
    await _sign_in(page, home, "erin")
    await expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    await assert_sound(page)
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_role("heading", name="Fleet")).to_be_visible()


async def test_a_connection_is_tested_added_and_removed(window: Windows, stack: Stack) -> None:
    page = await window()
    await page.goto("/team/home/")
    await page.get_by_role("link", name="New connection").click()
    await page.get_by_label("Name").fill("Second")
    await page.get_by_label("Base URL").fill("http://192.0.2.1/")
    await page.get_by_label("Key", exact=True).fill("sk_wrong")
    await page.get_by_role("button", name="Add connection").click()
    await expect(page.get_by_text("the key would travel without TLS")).to_be_visible()
    await page.get_by_label("Base URL").fill(stack.local_url)
    await page.get_by_label("Key", exact=True).fill("sk_wrong")
    await page.get_by_role("button", name="Add connection").click()
    await expect(page.get_by_text("does not accept this connection's key")).to_be_visible()
    await expect(page.get_by_role("button", name="Save anyway")).to_be_visible()
    await page.get_by_label("Key", exact=True).fill(stack.local_key)
    await page.get_by_label("Browser").uncheck()
    await page.get_by_role("button", name="Add connection").click()
    await expect(page.get_by_text("Second was added.")).to_be_visible()
    await page.get_by_role("button", name="Test Second").click()
    await expect(page.get_by_text("It answers:")).to_be_visible()
    await page.get_by_role("link", name="Remove Second").click()
    await page.get_by_label("To confirm, type its name: Second").fill("Second")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("Second was removed.")).to_be_visible()
    await expect(page.get_by_role("list", name="Connections")).not_to_contain_text("Second")
