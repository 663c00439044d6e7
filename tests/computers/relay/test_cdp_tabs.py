"""Tabs: the newest is the main one, and whoever watches it follows."""

from __future__ import annotations

import asyncio

import pytest

from computers.relay import cast as module
from computers.relay import feed as feed_module
from computers.relay.cdp_link import CdpLink
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site, site_of
from tests.computers.relay.watchers import Watcher
from tests.support.fake_upstream import FakeUpstream


def tab_of(watcher: Watcher) -> str:
    assert watcher.feed is not None
    return watcher.feed.tab


async def test_a_new_tab_becomes_the_main_one_with_a_new_view(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    before = watcher.feed.view if watcher.feed else 0
    cdp.service.browser.open_tab("T2")
    await soon(lambda: len(watcher.payloads) == 2)
    assert tab_of(watcher) == "T2" and watcher.feed is not None and watcher.feed.view != before


async def test_whoever_chose_a_tab_stays_there(cdp: Site) -> None:
    await soon(lambda: cdp.service.browser.calls("Target.setDiscoverTargets"))
    await asyncio.sleep(0.05)
    watcher = cdp.watch("T1")
    await soon(lambda: watcher.payloads)
    cdp.service.browser.open_tab("T2")
    await asyncio.sleep(0.1)
    assert tab_of(watcher) == "T1"


async def test_a_closed_tab_moves_its_watchers_to_the_main_one(cdp: Site) -> None:
    cdp.service.browser.tabs["T2"] = "https://two.example/"
    main = cdp.watch()
    await soon(lambda: main.payloads)
    chosen = cdp.watch("T1")
    await soon(lambda: chosen.payloads)
    assert (tab_of(main), tab_of(chosen)) == ("T2", "T1")
    cdp.service.browser.close_tab("T1")
    await soon(lambda: tab_of(chosen) == "T2")
    assert chosen.wanted == "main"


async def test_the_main_tab_closed_the_one_before_it_is_main(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    cdp.service.browser.open_tab("T2")
    await soon(lambda: tab_of(watcher) == "T2")
    cdp.service.browser.close_tab("T2")
    await soon(lambda: tab_of(watcher) == "T1")


async def test_a_computer_without_a_tab_says_so_until_one_opens(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    cdp.service.browser.close_tab("T1")
    await soon(lambda: watcher.states[-1] == ("stalled", "This computer has no open tab."))
    cdp.service.browser.open_tab("T2")
    await soon(lambda: watcher.state == "live")


async def test_an_unknown_tab_is_the_main_one(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    other = cdp.watch("no such tab")
    await soon(lambda: other.payloads)
    assert tab_of(other) == "T1"


async def test_the_browsers_own_pages_are_nobodys_to_see(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    cdp.service.browser.open_tab("D", "devtools://devtools/inspector.html")
    await asyncio.sleep(0.05)
    assert tab_of(watcher) == "T1"


async def test_a_tabs_title_and_address_follow_it(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    info = {"targetId": "T1", "type": "page", "title": "New", "url": "https://new.example/"}
    cdp.service.browser.event("Target.targetInfoChanged", {"targetInfo": info})
    await soon(lambda: watcher.feed is not None and watcher.feed.title == "New")
    assert watcher.feed is not None and watcher.feed.url == "https://new.example/"


async def test_a_hidden_tab_is_photographed_and_says_so(cdp: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HIDDEN_EVERY", 0.05)
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.payloads)
    session = next(iter(browser.sessions))
    browser.event("Page.screencastVisibilityChanged", {"visible": False}, session)
    await soon(lambda: any(b"photograph" in payload for payload in watcher.payloads))
    assert watcher.feed is not None and watcher.feed.background
    browser.event("Page.screencastVisibilityChanged", {"visible": True}, session)
    await soon(lambda: watcher.feed is not None and not watcher.feed.background)
    taken = len(browser.calls("Page.captureScreenshot"))
    await asyncio.sleep(0.2)
    assert len(browser.calls("Page.captureScreenshot")) <= taken + 1
    assert browser.calls("Page.bringToFront") == browser.calls("Target.activateTarget") == []


async def test_nobody_photographs_after_the_connection_broke(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HIDDEN_EVERY", 0.05)
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.payloads)
    browser.event("Page.screencastVisibilityChanged", {"visible": False}, next(iter(browser.sessions)))
    await soon(lambda: browser.calls("Page.captureScreenshot"))
    browser.hang_up()
    await soon(lambda: watcher.state == "live" and browser.connections == 2)
    taken = len(browser.calls("Page.captureScreenshot"))
    await asyncio.sleep(0.2)
    assert len(browser.calls("Page.captureScreenshot")) <= taken + 1
    assert watcher.feed is not None and not watcher.feed.background


async def test_an_unwatched_tab_is_cast_no_more(cdp: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.1)
    cdp.link.users = 1
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    cdp.link.unwatch(watcher)
    await soon(lambda: cdp.service.browser.calls("Page.stopScreencast"))
    await soon(lambda: cdp.service.browser.calls("Target.detachFromTarget"))
    assert cdp.unused == []
    again = cdp.watch()
    await soon(lambda: again.payloads)


async def test_a_link_that_nobody_needs_says_so(cdp: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.1)
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    cdp.link.unwatch(watcher)
    await soon(lambda: cdp.unused == [cdp.link])


async def test_a_fresh_link_shows_the_tab_that_was_shown_last(service: FakeUpstream) -> None:
    service.browser.tabs["T2"] = "https://two.example/"
    site = site_of(service, CdpLink, main_tab="T1")
    told: list[str] = []
    site.link.on_main_tab = told.append
    watcher = site.watch()
    await soon(lambda: watcher.payloads)
    assert tab_of(watcher) == "T1" and told == []
    service.browser.open_tab("T3")
    await soon(lambda: tab_of(watcher) == "T3")
    assert told == ["T3"]
    await site.link.close()
