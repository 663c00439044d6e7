"""Everybody who looks hears of the tabs; a tab that closes while it is cast takes nobody along."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from computers.relay import audience as module
from computers.relay import stream_link
from computers.relay.audience import Person
from computers.relay.tabs import TabList
from computers.timeline import ours
from dashboard.database import unit
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.computers.relay.test_cdp_tabs import tab_of
from tests.computers.relay.test_stream_link import CAST, picture
from tests.support.fake_upstream import ID, answer, stream


class Listener:
    """Somebody in the audience, with everything they heard of the tabs."""

    def __init__(self) -> None:
        self.heard = list[TabList]()

    @property
    def person(self) -> Person:
        return Person("Vera", 1, False)

    def on_audience(self, people: list[Person]) -> None:
        pass

    def on_replaced(self) -> None:
        pass

    def on_tabs(self, tabs: TabList) -> None:
        self.heard.append(tabs)

    @property
    def newest(self) -> dict[str, Any]:
        return self.heard[-1].as_message() if self.heard else {}

    @property
    def titles(self) -> list[str]:
        return [tab["title"] for tab in self.newest.get("tabs", [])]


@pytest.fixture
def listener(cdp: Site) -> Listener:
    listener = Listener()
    cdp.link.audience.add(listener)
    return listener


async def test_who_looks_hears_of_titles_and_of_tabs_that_come_and_go(cdp: Site, listener: Listener) -> None:
    browser = cdp.service.browser
    await soon(lambda: listener.titles == ["Title of T1"])
    browser.open_tab("T2", "https://two.example/")
    await soon(lambda: listener.titles == ["Title of T1", "Title of T2"])
    assert listener.newest["tabs"][1]["main"] and not listener.newest["tabs"][0]["main"]
    info = {"targetId": "T1", "type": "page", "title": "<b>Shop</b>", "url": "https://shop.example/"}
    browser.event("Target.targetInfoChanged", {"targetInfo": info})
    await soon(lambda: listener.titles == ["<b>Shop</b>", "Title of T2"])
    browser.close_tab("T2")
    await soon(lambda: listener.titles == ["<b>Shop</b>"])
    late = Listener()
    cdp.link.audience.add(late)
    assert late.titles == ["<b>Shop</b>"], "whoever comes later hears at once"


async def test_a_page_that_changes_its_title_all_the_time_is_told_now_and_then(
    cdp: Site, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TABS_EVERY", 0.5)
    await soon(lambda: listener.titles)
    for number in range(300):
        info = {"targetId": "T1", "type": "page", "title": f"{number}", "url": ""}
        cdp.service.browser.event("Target.targetInfoChanged", {"targetInfo": info})
    await soon(lambda: listener.titles == ["299"])
    assert len(listener.heard) < 20


async def test_the_chosen_tab_is_shown_to_all_who_follow_the_main_one(cdp: Site) -> None:
    cdp.service.browser.tabs["T2"] = "https://two.example/"
    follower, chooser = cdp.watch(), cdp.watch("T2")
    told: list[tuple[str, str]] = []
    cdp.link.on_tab = lambda event, tab: told.append((event, tab.id))
    await soon(lambda: follower.payloads and chooser.payloads)
    assert (tab_of(follower), tab_of(chooser)) == ("T2", "T2")
    cdp.link.show_main("T1")
    await soon(lambda: tab_of(follower) == "T1" and len(follower.payloads) > 1)
    assert tab_of(chooser) == "T2" and told[-1] == ("main", "T1")
    cdp.link.show_main("no such tab")
    assert tab_of(follower) == "T1" and cdp.service.browser.calls("Target.activateTarget") == []


async def test_a_tab_closed_while_it_is_cast_moves_its_viewers_and_nothing_else(cdp: Site) -> None:
    browser = cdp.service.browser
    browser.tabs["T2"] = "https://two.example/"
    main, first, second = cdp.watch(), cdp.watch("T1"), cdp.watch("T1")
    await soon(lambda: main.payloads and first.payloads and second.payloads)
    before, told = len(main.got), list[tuple[str, str]]()
    cdp.link.on_tab = lambda event, tab: told.append((event, tab.id))
    browser.close_tab("T1")
    await soon(lambda: tab_of(first) == tab_of(second) == "T2")
    await soon(lambda: len(first.payloads) == len(second.payloads) == 2)
    assert main.got[before:] == [] and browser.connections == 1 and told == [("closed", "T1")]
    assert {watcher.state for watcher in (main, first, second)} == {"live"}


async def test_without_devtools_tabs_are_asked_for_only_while_somebody_watches(
    sse: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_link, "TABS_EVERY", 0.1)
    path = f"/computers/{ID}/tabs"
    tabs = [{"tab_id": "A", "title": "One", "url": "u"}, {"tab_id": "B", "title": "Two", "is_main": True}]
    sse.service.scripts[CAST] = stream(picture(b"one"))
    told = {"status": "SUCCESS", "request_id": "r-tabs", "result": {"tabs": tabs}}
    sse.service.scripts[path] = answer(body=told)
    listener = Listener()
    sse.link.audience.add(listener)
    await asyncio.sleep(0.3)
    assert sse.service.asked(path) == []
    watcher = sse.watch()
    await soon(lambda: listener.titles == ["One", "Two"])
    assert listener.newest["tabs"][1]["main"] and not listener.newest["separate"]
    assert await unit(ours.is_remembered)(1, "r-tabs"), "else the timeline calls it somebody else's"
    assert watcher.feed is not None and watcher.feed.title == "Two"
    sse.service.scripts[path] = answer(body={"status": "SUCCESS", "result": {"tabs": tabs[:1]}})
    sse.link.show_main("A")
    await soon(lambda: listener.titles == ["One"])
    sse.link.unwatch(watcher)
    await sse.link.close()


async def test_a_service_that_tells_no_tabs_shows_its_pictures_all_the_same(sse: Site) -> None:
    sse.service.scripts[CAST] = stream(picture(b"one"))
    listener = Listener()
    sse.link.audience.add(listener)
    watcher = sse.watch()
    await soon(lambda: watcher.payloads)
    assert listener.heard == [] and watcher.state == "live"
