"""The terminal's limits: time, variables, hostile output, bursts, small screens, and who may not use it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from computers.consumers.flight import WINDOW
from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import PHONE, Windows, create, open_cockpit
from tests.browser.pages.terminals import (
    PATIENCE_MS,
    open_terminal,
    results,
    run,
    said,
    start,
    status,
)
from tests.support.stack import Stack

pytestmark = ONE_LOOP


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_the_timeout_is_shown_bounded_and_kept(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    await terminal.get_by_text("Timeout 120 s").click()
    field = terminal.get_by_label("Timeout (seconds)")
    for wrong in ("0", "1000000000", "1.5", ""):
        await field.fill(wrong)
        await start(page, "true")
        await expect(terminal.get_by_role("alert").filter(has_text="from 1 to 3600")).to_be_visible()
    await field.fill("1")
    await expect(terminal.get_by_text("Timeout 1 s")).to_be_visible()
    await run(page, "sleep 60", "timed out after 1 s")


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_variables_go_with_each_command_and_their_values_stay_here(
    window: Windows, workshop: str, stack: Stack
) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    await terminal.get_by_text("Timeout 120 s").click()
    await terminal.get_by_role("button", name="Add a variable").click()
    await terminal.get_by_label("Name").fill("9WRONG")
    await start(page, 'test "$TOKEN" = hunter2-of-vault')
    await expect(terminal.get_by_role("alert").filter(has_text="begins with no digit")).to_be_visible()
    await terminal.get_by_label("Name").fill("TOKEN")
    await terminal.get_by_label("Value").fill("hunter2-of-vault")
    await expect(terminal.get_by_text("environment TOKEN")).to_be_visible()
    await run(page, "test ${#TOKEN} = 16")
    await terminal.get_by_role("button", name="Remove this variable").click()
    await run(page, 'test -z "$TOKEN"')
    assert "hunter2-of-vault" not in stack.child.output


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_hostile_output_changes_nothing_but_the_output(window: Windows, workshop: str) -> None:
    page = await window(permissions=["clipboard-read", "clipboard-write"])
    await open_terminal(page, workshop)
    title = await page.title()
    await page.evaluate("navigator.clipboard.writeText('mine')")
    await run(
        page,
        r"printf '\033]0;owned\007\033]2;owned\007\033]52;c;b3duZWQ=\007\033]8;;javascript:alert(1)\007link\033]8;;\007"
        r"\033[?1049h\033[?1003h\033[?25l\033[c\033[6n\033[2147483647S\033[2147483647b"
        r"<b>bold</b>\033[38;5m\033P+q\033\\ end\n'",
    )
    assert "<b>bold</b>" in await said(page) and "end" in await said(page)
    assert await page.title() == title
    assert await page.evaluate("navigator.clipboard.readText()") == "mine"
    assert await page.locator(".xterm-rows a, .xterm-rows b").count() == 0
    await run(page, "echo still here")
    assert "still here" in await said(page)


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_a_burst_is_bounded_in_the_page_and_searched(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    await run(page, f"seq 1 400000 | head -c {WINDOW * 4}; echo; echo needle-in-it")
    search = terminal.get_by_label("Search in the output")
    await search.fill("needle-in-it")
    await search.press("Enter")
    await expect(terminal.get_by_text("Not found.")).to_be_hidden()
    await search.fill("no such needle")
    await search.press("Enter")
    await expect(terminal.get_by_text("Not found.")).to_be_visible()
    await terminal.get_by_role("button", name="Clear").click()
    assert "needle-in-it" not in await said(page)


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_a_hidden_page_holds_up_no_command_and_shows_the_end_when_seen_again(
    window: Windows, workshop: str
) -> None:
    page = await window()
    await open_terminal(page, workshop)
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(hide, True)
    await run(page, f"seq 1 9999999 | head -c {WINDOW * 12}; echo; echo the-very-end")
    await page.evaluate(hide, False)
    await expect(page.locator(".xterm-rows")).to_contain_text("the-very-end")


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_by_keyboard_alone_and_escape_leaves(window: Windows, workshop: str) -> None:
    page = await window()
    await open_cockpit(page, workshop)
    await page.get_by_role("tab", name="Timeline").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-terminal][data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    # The tools, the output and the line are all on the way of Tab, which leaves each of them again.
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('[data-command]')"):
            break
    await page.keyboard.type("echo typed")
    await page.keyboard.press("Enter")
    await expect(results(page)).to_contain_text("echo typed: exit 0", timeout=PATIENCE_MS)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("tab", name="Terminal")).to_be_focused()


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_it_is_loaded_when_first_shown_and_fits_a_phone(window: Windows, workshop: str) -> None:
    page = await window(viewport=PHONE)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    await open_cockpit(page, workshop)
    assert not [url for url in loaded if "xterm" in url]
    await page.get_by_role("button", name=re.compile("details|panel", re.IGNORECASE)).first.click()
    await page.get_by_role("tab", name="Terminal").click()
    await expect(page.locator("[data-terminal][data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    assert [url for url in loaded if "xterm" in url]
    await run(page, "echo small")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


@pytest.mark.pressed("POST /computers/{id}/exec/sync", "Terminal: Run")
async def test_with_the_switch_off_output_comes_at_the_end(
    window: Windows, workshop: str, ended_at_once: None
) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    await expect(status(page)).to_have_text("Output is shown when a command has ended.")
    await run(page, "echo out; echo err >&2; exit 4", "exit 4 ·")
    assert "▌err" in await said(page)
    await start(page, "sleep 600")
    await expect(status(page)).to_contain_text("Its output is shown when it has ended.")
    await terminal.get_by_role("button", name="Cancel").click()
    await expect(status(page)).to_contain_text("it may still be running")


async def test_a_viewer_has_no_terminal(window: Windows, workshop: str) -> None:
    page = await window("vera", "viewer")
    await open_cockpit(page, workshop)
    await expect(page.get_by_role("tab", name="Terminal")).to_have_count(0)
    code = await page.evaluate(
        """(path) => new Promise((done) => {
          new WebSocket(path.replace(/^http/, "ws").replace("/computers/", "/ws/computers/") + "terminal/").onclose =
            ({ code }) => done(code);
        })""",
        workshop,
    )
    assert code == 4003


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_a_computer_that_ends_in_the_middle_says_so_and_takes_no_more(
    window: Windows, stack: Stack, static_url: str
) -> None:
    page = await window()
    await create(page, "brief-1", f"{static_url}shop")
    terminal = await open_terminal(page, page.url)
    await start(page, "sleep 600")
    await expect(status(page)).to_contain_text("Running")
    stack.upstream("DELETE", f"/computers/{stack.upstream_id('brief-1')}")
    await expect(status(page)).to_contain_text("This computer has ended", timeout=PATIENCE_MS)
    await expect(terminal.get_by_role("button", name="Run", exact=True)).to_be_disabled()
