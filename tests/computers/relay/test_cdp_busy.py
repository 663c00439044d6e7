"""A page whose script loops for ever: the browser answers, the page does not, and people are told so."""

from __future__ import annotations

import pytest

from computers.relay import cast as module
from computers.relay import cdp_link, feed
from computers.relay.cast import ASK, BUSY
from computers.relay.cdp_link import CdpLink
from computers.relay.feed import CRASHED
from computers.upstream.errors import NoAnswer
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_EVERY", 0.05)
    monkeypatch.setattr(module, "ASK_PATIENCE", 0.1)
    monkeypatch.setattr(feed, "QUIET_AFTER", 0.05)
    monkeypatch.setattr(cdp_link, "PROBE_EVERY", 0.05)


async def test_a_page_that_does_not_respond_says_so_and_comes_back(cdp: Site) -> None:
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.state == "idle")
    browser.mute.add(ASK)
    await soon(lambda: watcher.states[-1] == ("stalled", BUSY))
    probed = len(browser.calls("Browser.getVersion"))
    await soon(lambda: len(browser.calls("Browser.getVersion")) > probed + 2)
    assert watcher.states[-1] == ("stalled", BUSY), "the browser's own answers say nothing of the page"
    browser.mute.clear()
    await soon(lambda: watcher.state == "idle")


async def test_a_page_that_asks_something_is_not_called_busy(cdp: Site) -> None:
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.state == "idle")
    browser.mute.add(ASK)
    dialog = {"type": "confirm", "message": "Sure?", "defaultPrompt": ""}
    browser.event("Page.javascriptDialogOpening", dialog, next(iter(browser.sessions)))
    await soon(lambda: watcher.feed is not None and watcher.feed.dialog is not None)
    asked = len(browser.calls("Browser.getVersion"))
    await soon(lambda: len(browser.calls("Browser.getVersion")) > asked + 6)
    assert "stalled" not in {state for state, _ in watcher.states}


async def test_a_page_that_crashed_is_not_called_busy_and_comes_back(cdp: Site) -> None:
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.state == "idle")
    browser.mute.add(ASK)
    session = next(iter(browser.sessions))
    browser.event("Inspector.targetCrashed", {}, session)
    await soon(lambda: watcher.states[-1] == ("stalled", CRASHED))
    probed = len(browser.calls("Browser.getVersion"))
    await soon(lambda: len(browser.calls("Browser.getVersion")) > probed + 6)
    assert watcher.states[-1] == ("stalled", CRASHED)
    assert isinstance(cdp.link, CdpLink)
    with pytest.raises(NoAnswer, match="crashed"):
        await cdp.link.hands("T1")
    browser.mute.clear()
    browser.event("Inspector.targetReloadedAfterCrash", {}, session)
    await soon(lambda: watcher.state == "idle")
    await cdp.link.hands("T1")
