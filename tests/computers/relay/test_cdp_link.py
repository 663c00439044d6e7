"""A link over DevTools: it connects, shows, stalls, reconnects."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from computers.relay import cdp_link as module
from computers.relay import link as link_module
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.support.fake_upstream import answer


async def test_it_connects_and_shows_the_page(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert [state for state, _ in watcher.states] == ["connecting", "live"]
    assert watcher.feed is not None
    assert (watcher.feed.tab, watcher.feed.title, watcher.feed.url) == (
        "T1",
        "Title of T1",
        "https://one.example/",
    )


async def test_everybody_shares_one_connection_and_one_cast(cdp: Site) -> None:
    watchers = [cdp.watch() for _ in range(10)]
    await soon(lambda: all(watcher.payloads for watcher in watchers))
    cdp.service.browser.show(b"next")
    await soon(lambda: all(len(watcher.payloads) == 2 for watcher in watchers))
    browser = cdp.service.browser
    assert browser.connections == len(browser.calls("Page.startScreencast")) == 1
    assert len(browser.calls("Page.screencastFrameAck")) == 2


async def test_an_unwatched_computer_encodes_nothing(cdp: Site) -> None:
    await soon(lambda: cdp.service.browser.calls("Target.setDiscoverTargets"))
    await asyncio.sleep(0.05)
    assert cdp.service.browser.calls("Page.startScreencast") == []


async def test_a_frame_that_nobody_can_take_is_not_acknowledged(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    watcher.viewer.pace(0)
    cdp.service.browser.show(b"unseen")
    await asyncio.sleep(0.05)
    assert len(cdp.service.browser.calls("Page.screencastFrameAck")) == 1
    watcher.viewer.pace(30)
    await soon(lambda: len(cdp.service.browser.calls("Page.screencastFrameAck")) == 2)


async def test_half_a_frame_is_skipped_and_acknowledged_all_the_same(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    odds: list[dict[str, Any]] = [
        {"data": "AAAA"},
        {"data": "!"},
        {"data": None},
        {"metadata": None},
        {"metadata": []},
    ]
    for odd in odds:
        cdp.service.browser.show(**odd)
    cdp.service.browser.show(b"whole")
    await soon(lambda: len(watcher.payloads) == 2)
    assert b"whole" in watcher.payloads[1]
    await soon(lambda: len(cdp.service.browser.calls("Page.screencastFrameAck")) == 7)


async def test_a_cast_that_fails_right_after_a_navigation_is_tried_again(cdp: Site) -> None:
    cdp.service.browser.fail["Page.startScreencast"] = 2
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert len(cdp.service.browser.calls("Page.startScreencast")) == 3


async def test_a_tab_that_cannot_be_shown_says_so_and_is_tried_again(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CAST_AGAIN", 0.05)
    cdp.service.browser.fail["Target.attachToTarget"] = 2
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert ("stalled", "This tab cannot be shown right now.") in watcher.states and watcher.state == "live"


async def test_a_computer_that_does_not_answer_is_stalled_and_then_live_again(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBE_EVERY", 0.05)
    monkeypatch.setattr(module, "PROBE_TIMEOUT", 0.1)
    watcher = cdp.watch()
    await soon(lambda: watcher.state == "live")
    cdp.service.browser.mute.add("Browser.getVersion")
    await soon(lambda: watcher.state == "stalled")
    assert watcher.states[-1][1] == "The computer has stopped answering."
    cdp.service.browser.mute.clear()
    await soon(lambda: watcher.state == "idle")
    cdp.service.browser.show(b"again")
    await soon(lambda: watcher.state == "live")


async def test_a_computer_that_never_answers_again_is_connected_to_anew(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBE_EVERY", 0.05)
    monkeypatch.setattr(module, "PROBE_TIMEOUT", 0.05)
    monkeypatch.setattr(module, "GIVE_UP_AFTER", 0.3)
    watcher = cdp.watch()
    await soon(lambda: watcher.state == "live")
    cdp.service.browser.mute.add("Browser.getVersion")
    await soon(lambda: cdp.service.browser.connections == 2)
    assert "reconnecting" in [state for state, _ in watcher.states]


async def test_a_broken_connection_is_made_anew_with_a_new_view(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert watcher.feed is not None
    before = watcher.feed.view
    cdp.service.browser.hang_up()
    await soon(lambda: len(watcher.payloads) == 2)
    assert [state for state, _ in watcher.states] == ["connecting", "live", "reconnecting", "live"]
    assert watcher.states[2][1] == "The connection to the computer broke."
    assert watcher.feed.view != before


async def test_the_wait_between_attempts_grows_and_starts_anew_after_a_good_connection(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "BACKOFF_JITTER", 0.0)
    waits = list[float]()

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(cdp.link, "_pause", pause)
    script = cdp.service.scripts.pop("/computers/comp_1/cdp/json/version")
    cdp.service.scripts["/computers/comp_1/cdp/json/version"] = answer(500, {"error": "no"})
    watcher = cdp.watch()
    await soon(lambda: len(waits) >= 5)
    assert waits[:5] == [0.05, 0.1, 0.2, 0.2, 0.2] and watcher.state == "reconnecting"
    monkeypatch.setattr(link_module, "GOOD_AFTER", 0.0)
    cdp.service.scripts["/computers/comp_1/cdp/json/version"] = script
    await soon(lambda: watcher.state == "live")
    cdp.service.browser.hang_up()
    await soon(lambda: waits[-1] == 0.05)


async def test_whoever_does_not_want_to_wait_need_not(cdp: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "BACKOFF_FIRST", 60.0)
    watcher = cdp.watch()
    await soon(lambda: watcher.state == "live")
    cdp.service.browser.hang_up()
    await soon(lambda: watcher.state == "reconnecting")
    await asyncio.sleep(0.05)
    cdp.link.retry_now()
    await soon(lambda: watcher.state == "live")


async def test_a_lost_connection_is_never_shown_as_a_stalled_one(
    cdp: Site, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    with caplog.at_level(logging.WARNING):
        cdp.service.browser.hang_up()
        await soon(lambda: len(watcher.payloads) == 2)
    assert "stalled" not in [state for state, _ in watcher.states]
    assert [record for record in caplog.records if record.name.startswith("computers")] == []
