"""The terminal in a browser, on a real computer: what is typed is run there, and what it says is seen here."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows, open_cockpit
from tests.browser.pages.terminals import (
    PATIENCE_MS,
    colour_of,
    open_terminal,
    results,
    run,
    said,
    start,
    status,
    terminal_of,
)

pytestmark = ONE_LOOP


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_output_its_colours_and_the_exit_are_seen(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    hint = terminal.get_by_text("Nothing was run from here yet")
    await expect(hint).to_be_visible()
    search = await terminal.get_by_label("Search in the output").bounding_box()
    assert search and search["width"] >= 120
    await run(
        page,
        r"printf '\033[32mgreen\033[0m \033[38;2;255;100;0mtruecolour\033[0m plain\n'; exit 3",
        "exit 3 ·",
    )
    await expect(status(page)).to_have_text(re.compile(r"^exit 3 · [\d.]+ s$"))
    assert "green truecolour plain" in await said(page)
    assert await colour_of(page, "green") == "rgb(79, 209, 139)"
    assert await colour_of(page, "truecolour") == "rgb(255, 100, 0)"
    await expect(results(page)).to_contain_text("green truecolour plain")
    await expect(hint).to_be_hidden()


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_the_text_is_really_painted(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    dark = await terminal.locator(".terminal-output").screenshot()
    await run(page, "printf '\\033[32m████████████████████\\n%.0s' 1 2 3 4")
    lit = await terminal.locator(".terminal-output").screenshot()
    greens = """async (shot) => {
      const image = await createImageBitmap(await (await fetch(shot)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, 0, image.width, image.height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) found += data[at + 1] > 190 && data[at] < 100 && data[at + 2] < 160;
      return found;
    }"""
    plain = await page.context.new_page()
    counts = [
        await plain.evaluate(greens, f"data:image/png;base64,{base64.b64encode(shot).decode()}")
        for shot in (dark, lit)
    ]
    assert counts[0] < 50 and counts[1] > 1000


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_errors_have_a_mark_at_the_edge_of_each_line_and_copies_have_none(
    window: Windows, workshop: str
) -> None:
    page = await window(permissions=["clipboard-read", "clipboard-write"])
    await open_terminal(page, workshop)
    await run(page, "echo fine; sleep 0.3; printf 'first\\nsecond\\n' >&2; sleep 0.3; echo fine again")
    lines = (await said(page)).splitlines()
    assert "▌first" in lines and "▌second" in lines and "fine" in lines and "fine again" in lines
    await page.get_by_role("button", name="Copy output").click()
    await expect(terminal_of(page).get_by_text("Copied.")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "fine\nfirst\nsecond\nfine again\n" in copied


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_cd_is_kept_and_shown_and_explained_once(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    shown = terminal.locator("[data-directory]")
    await expect(shown).to_have_text("/workspace")
    await run(page, "mkdir -p 'a b/c'")
    await run(page, "cd 'a b'")
    await expect(shown).to_have_text("/workspace/a b")
    await run(page, "cd c")
    await expect(shown).to_have_text("/workspace/a b/c")
    await run(page, "pwd")
    await expect(results(page).locator("> div").last).to_contain_text("/workspace/a b/c")
    await run(page, "cd nowhere", "exit")
    await expect(shown).to_have_text("/workspace/a b/c")
    await run(page, "cd /tmp; true")
    await expect(shown).to_have_text("/workspace/a b/c")
    assert " ".join((await said(page)).split()).count("Each command starts a shell of its own.") == 1


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_arrows_bring_commands_back_and_a_reload_forgets_them(window: Windows, workshop: str) -> None:
    page = await window()
    await open_terminal(page, workshop)
    box = page.get_by_label("Command", exact=True)
    await run(page, "true first")
    await run(page, "true second")
    await box.fill("half typed")
    for key, expected in [
        ("ArrowUp", "true second"), ("ArrowUp", "true first"), ("ArrowUp", "true first"),
        ("ArrowDown", "true second"), ("ArrowDown", "half typed"), ("ArrowDown", "half typed"),
    ]:  # fmt: skip
        await box.press(key)
        await expect(box).to_have_value(expected)
    stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "true first" not in stored
    await page.reload()
    await page.get_by_role("tab", name="Terminal").click()
    await expect(page.locator("[data-terminal][data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    await box.press("ArrowUp")
    await expect(box).to_have_value("")


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_whoever_opens_it_with_the_mouse_types_at_once(window: Windows, workshop: str) -> None:
    page = await window()
    await open_cockpit(page, workshop)
    await page.get_by_role("tab", name="Terminal").click()
    # Its first letter is also the shortcut that fills the window with the screen.
    await page.keyboard.type("false || echo at once")
    await expect(page.locator("[data-terminal][data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    await page.keyboard.press("Enter")
    await expect(results(page)).to_contain_text("echo at once: exit 0", timeout=PATIENCE_MS)
    await expect(page.get_by_role("tab", name="Terminal")).to_be_visible()


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_cancel_ends_the_command(window: Windows, workshop: str) -> None:
    page = await window()
    terminal = await open_terminal(page, workshop)
    await start(page, "echo began; while sleep 0.1; do date +%N > beat; done")
    await expect(terminal.locator(".xterm-rows")).to_contain_text("began", timeout=PATIENCE_MS)
    await expect(status(page)).to_have_text("Running, for at most 120 s.")
    await terminal.get_by_role("button", name="Cancel").click()
    await expect(status(page)).to_have_text(re.compile("^cancelled · .* · it was ended$"))
    # Nothing of it beats on.
    await run(page, 'before="$(cat beat)"; sleep 1; test "$before" = "$(cat beat)"')


@pytest.mark.pressed("POST /computers/{id}/exec", "Terminal: Run")
async def test_ctrl_c_cancels_from_the_command_line(window: Windows, workshop: str) -> None:
    page = await window()
    await open_terminal(page, workshop)
    await start(page, "sleep 600")
    await expect(status(page)).to_contain_text("Running")
    await page.get_by_label("Command", exact=True).press("Control+c")
    await expect(status(page)).to_contain_text("cancelled", timeout=PATIENCE_MS)


async def test_a_wider_panel_is_filled_by_the_output_and_remembered(window: Windows, workshop: str) -> None:
    page = await window()
    await open_terminal(page, workshop)
    panel, screen = page.locator("#panel"), page.locator("[data-output] .xterm-screen")

    async def widths() -> tuple[float, float]:
        boxes = [await each.bounding_box() for each in (panel, screen)]
        return boxes[0]["width"] if boxes[0] else 0, boxes[1]["width"] if boxes[1] else 0

    before = await widths()
    await page.get_by_role("separator", name="Width of the panel").focus()
    for _ in range(5):
        await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("separator")).to_have_attribute(
        "aria-valuenow", str(round(before[0]) + 120)
    )
    await page.wait_for_function(
        "(least) => document.querySelector('[data-output] .xterm-screen').offsetWidth > least",
        arg=before[1] + 80,
    )
    after = await widths()
    assert after[0] == pytest.approx(before[0] + 120, abs=1)
    await page.reload()
    await screen.wait_for()
    assert (await widths())[0] == after[0]
