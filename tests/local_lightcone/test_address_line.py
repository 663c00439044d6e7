"""Ctrl+L, an address, Enter: as in any browser, although a headless one has no address line."""

from typing import Any

import httpx
import pytest
from tzafon import Lightcone


@pytest.fixture
def url(sdk: Lightcone, computer: str) -> Any:
    def ask() -> str:
        found = sdk.computers.execute(computer, action={"type": "wait", "ms": 1, "include_context": True})
        assert found.page_context
        return str(found.page_context.url)

    return ask


@pytest.mark.parametrize("keys", [["ctrl", "l"], ["Control", "L"], ["ctrl+l"], ["alt", "d"], ["f6"]])
def test_what_is_typed_after_it_is_opened(
    sdk: Lightcone, computer: str, site: str, url: Any, keys: list[str]
) -> None:
    sdk.computers.hotkey(computer, keys=keys)
    sdk.computers.type(computer, text=f"{site}/file")
    assert url() == f"{site}/"
    assert sdk.computers.hotkey(computer, keys=["Enter"]).status == "SUCCESS"
    assert url() == f"{site}/file"


def test_it_can_be_edited_and_ended_with_a_line_break(
    sdk: Lightcone, computer: str, site: str, url: Any
) -> None:
    sdk.computers.hotkey(computer, keys=["ctrl", "l"])
    sdk.computers.type(computer, text="nonsense")
    sdk.computers.hotkey(computer, keys=["ctrl", "a"])
    sdk.computers.type(computer, text=f"{site.removeprefix('http://')}/filex")
    sdk.computers.hotkey(computer, keys=["backspace"])
    sdk.computers.type(computer, text="\n")
    assert url() == f"{site}/file"


@pytest.mark.parametrize("leaving", ["escape", "a click"])
def test_left_again_keys_are_the_pages(
    sdk: Lightcone, computer: str, site: str, url: Any, leaving: str
) -> None:
    sdk.computers.navigate(computer, url=f"{site}/pad")
    sdk.computers.hotkey(computer, keys=["ctrl", "l"])
    if leaving == "escape":
        sdk.computers.hotkey(computer, keys=["escape"])
    else:
        sdk.computers.click(computer, x=50, y=20)
    sdk.computers.type(computer, text="here")
    sdk.computers.hotkey(computer, keys=["enter"])
    assert url() == f"{site}/pad"
    html = sdk.computers.execute(computer, action={"type": "wait", "ms": 1, "include_context": True})
    assert html.page_context and int(html.page_context.title or 0) >= 8  # the field heard its keys


def test_an_address_that_cannot_be_opened_says_so(http: httpx.Client, computer: str, site: str) -> None:
    for text, reason in (
        ("file:///etc/passwd", "net::ERR_DISALLOWED_URL_SCHEME"),
        ("127.0.0.1:1", "net::ERR_"),
    ):
        http.post(f"/computers/{computer}/hotkey", json={"keys": ["ctrl", "l"]})
        http.post(f"/computers/{computer}/type", json={"text": text})
        answer = http.post(f"/computers/{computer}/hotkey", json={"keys": ["enter"]}).json()
        assert answer["status"] == "EXECUTION_ERROR" and answer["error_message"].startswith(reason)
