"""One tab's feed, shown to however many watch."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from computers.relay import feed as module
from computers.relay.feed import Feed
from computers.relay.states import Event
from computers.wire.cdp import Dialog
from tests.computers.relay.watchers import Watcher


class Site:
    def __init__(self) -> None:
        self.views, self.closed, self.acknowledged = itertools.count(1), list[Feed](), list[bytes]()
        self.feed = Feed("T1", lambda: next(self.views), self.closed.append)

    def show(self, payload: bytes, width: int = 10, height: int = 10) -> None:
        self.feed.on_frame(payload, 5.0, width, height, lambda: self.acknowledged.append(payload))

    def join(self, **options: bool) -> Watcher:
        watcher = Watcher()
        watcher.acknowledges = options.get("acknowledges", True)
        watcher.viewer.pace(120)
        self.feed.join(watcher)
        return watcher


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    yield site
    site.feed.close()


async def moment() -> None:
    await asyncio.sleep(0.02)


async def test_a_watcher_hears_the_state_before_the_first_picture(site: Site) -> None:
    site.show(b"a")
    watcher = site.join()
    assert watcher.got == [("live", ""), (1, b"a")]


async def test_a_late_viewer_gets_the_newest_picture_at_once_though_it_was_sent_before(site: Site) -> None:
    first = site.join()
    site.show(b"a")
    assert site.join().payloads == first.payloads == [b"a"]


async def test_everybody_gets_the_same_picture(site: Site) -> None:
    watchers = [site.join() for _ in range(5)]
    site.show(b"a")
    assert [watcher.payloads for watcher in watchers] == [[b"a"]] * 5


async def test_an_unwatched_feed_is_not_acknowledged_and_so_not_asked_for_more(site: Site) -> None:
    site.show(b"a")
    await moment()
    assert site.acknowledged == []


async def test_a_picture_is_acknowledged_once_however_many_took_it(site: Site) -> None:
    for _ in range(3):
        site.join()
    site.show(b"a")
    assert site.acknowledged == [b"a"]


async def test_pictures_nobody_took_are_acknowledged_with_the_newer_one_in_order(site: Site) -> None:
    site.show(b"a")
    site.show(b"b")
    site.show(b"c")
    site.join()
    assert site.acknowledged == [b"a", b"b", b"c"]


async def test_a_viewer_that_looks_away_asks_for_nothing(site: Site) -> None:
    watcher = site.join()
    watcher.viewer.pace(0)
    site.show(b"a")
    assert site.acknowledged == [] and watcher.payloads == []
    watcher.viewer.pace(30)
    assert site.acknowledged == [b"a"] and watcher.payloads == [b"a"]


async def test_a_viewer_that_never_acknowledges_holds_up_nobody(site: Site) -> None:
    stuck, healthy = site.join(acknowledges=False), site.join()
    for number in range(20):
        site.show(bytes([number]))
        await moment()
    assert len(healthy.payloads) == len(site.acknowledged) == 20 and len(stuck.payloads) == 2


async def test_a_viewer_whose_socket_is_blocked_holds_up_nobody(site: Site) -> None:
    blocked, healthy = site.join(), site.join()
    blocked.block()
    for number in range(20):
        site.show(bytes([number]))
        await moment()
    assert len(healthy.payloads) == 20 and blocked.payloads == []
    await blocked.outlet.close()


async def test_another_size_is_another_view_told_before_its_first_picture(site: Site) -> None:
    watcher = site.join()
    site.show(b"a")
    watcher.got.clear()
    site.show(b"b", 20, 20)
    await moment()
    assert watcher.got[0] == ("live", "") and watcher.got[-1] == (2, b"b") and site.feed.view == 2


async def test_a_new_source_is_a_new_view_and_owes_nothing_to_the_old_one(site: Site) -> None:
    watcher = site.join()
    site.show(b"a")
    watcher.viewer.pace(0)
    site.show(b"b")
    site.feed.on_event(Event.LOST, "It broke.")
    assert site.feed.view == 2 and watcher.states[-1] == ("reconnecting", "It broke.")
    watcher.viewer.pace(120)
    await moment()
    assert site.acknowledged == [b"a"], "the old connection must not be told"


async def test_no_new_picture_for_a_while_is_idle_and_the_next_one_live(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_AFTER", 0.03)
    watcher = site.join()
    site.show(b"a")
    await asyncio.sleep(0.1)
    assert watcher.state == "idle"
    site.show(b"b")
    assert watcher.state == "live"


async def test_no_answer_is_stalled_with_a_reason_and_an_answer_ends_it(site: Site) -> None:
    watcher = site.join()
    site.show(b"a")
    site.feed.on_event(Event.SILENT, "No answer.")
    assert watcher.states[-1] == ("stalled", "No answer.")
    site.feed.on_event(Event.ANSWERED)
    assert watcher.states[-1] == ("idle", "")


async def test_an_answer_is_no_picture(site: Site) -> None:
    watcher = site.join()
    site.feed.on_event(Event.SILENT, "No tab.")
    site.feed.on_event(Event.ANSWERED)
    assert watcher.states[-1] == ("stalled", "No tab.")


async def test_nothing_is_told_twice(site: Site) -> None:
    watcher = site.join()
    for _ in range(3):
        site.feed.on_event(Event.SILENT, "No answer.")
    assert watcher.got.count(("stalled", "No answer.")) == 1


async def test_it_closes_a_while_after_the_last_watcher_left(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER", 0.4)
    one, other = site.join(), site.join()
    site.feed.leave(one)
    await asyncio.sleep(0.6)
    assert site.closed == []
    site.feed.leave(other)
    await asyncio.sleep(0.1)
    assert site.closed == []
    await asyncio.sleep(0.6)
    assert site.closed == [site.feed]


async def test_whoever_comes_back_meanwhile_keeps_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER", 0.4)
    watcher = site.join()
    site.feed.leave(watcher)
    await asyncio.sleep(0.1)
    site.feed.join(watcher)
    await asyncio.sleep(0.6)
    assert site.closed == []


async def test_whoever_left_gets_nothing_more(site: Site) -> None:
    watcher = site.join()
    site.feed.leave(watcher)
    site.show(b"a")
    site.feed.on_event(Event.LOST)
    assert watcher.payloads == [] and watcher.states == [("connecting", "")]


async def test_every_dialog_has_a_number_and_waits_for_one_answer(site: Site) -> None:
    site.show(b"a")
    view, numbers = site.feed.view, list[int]()
    for dialog in (Dialog("alert", "n0", ""), None, Dialog("alert", "n0", ""), Dialog("confirm", "n1", "")):
        site.feed.ask(dialog)
        numbers.append(site.feed.dialog.number if site.feed.dialog else 0)
    assert numbers == [1, 0, 2, 3]
    assert [site.feed.waits_for(number, view) for number in (1, 2, 3, 4)] == [False, False, True, False]
    assert not site.feed.waits_for(3, view + 1)
    site.feed.answered(3)
    assert not site.feed.waits_for(3, view)
    site.feed.restart()
    site.feed.ask(Dialog("alert", "after the connection broke", ""))
    assert site.feed.waits_for(4, site.feed.view)
