"""The small picture for walls: one cast beside the full one, for however many walls, and none for nobody."""

from __future__ import annotations

import pytest

from computers.relay import feed as feed_module
from computers.relay import small
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.computers.relay.test_stream_link import picture
from tests.computers.relay.watchers import Watcher
from tests.support.fake_upstream import ID, stream


def watch(site: Site) -> Watcher:
    """One more wall."""
    watcher = Watcher()
    watcher.viewer.pace(120)
    site.link.small.watch(watcher)
    return watcher


def casts(site: Site) -> list[dict[str, object]]:
    """What each cast was asked for."""
    return [call["params"] for call in site.service.browser.calls("Page.startScreencast")]


async def test_it_is_cast_small_once_however_many_watch_and_asks_nothing_of_the_page(cdp: Site) -> None:
    walls = [watch(cdp) for _ in range(3)]
    await soon(lambda: all(wall.payloads for wall in walls))
    assert casts(cdp) == [{"format": "jpeg", "quality": 50, "maxWidth": 400, "maxHeight": 400}]
    browser = cdp.service.browser
    assert not browser.calls("Page.enable") and not browser.calls("Emulation.setFocusEmulationEnabled")


async def test_beside_somebody_who_watches_the_full_picture_it_has_a_session_of_its_own(cdp: Site) -> None:
    full, wall = cdp.watch(), watch(cdp)
    await soon(lambda: full.payloads and wall.payloads)
    browser = cdp.service.browser
    assert len(browser.sessions) == 2 and len(casts(cdp)) == 2
    small_session = cdp.link.small.cast.session  # type: ignore[attr-defined]
    browser.show(b"small", small_session)
    await soon(lambda: len(wall.payloads) == 2)
    assert len(full.payloads) == 1


async def test_nothing_is_asked_of_upstream_once_the_last_wall_has_left(
    cdp: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.05)
    first, second = watch(cdp), watch(cdp)
    await soon(lambda: first.payloads)
    cdp.link.small.unwatch(first)
    cdp.link.small.unwatch(second)
    browser = cdp.service.browser
    await soon(lambda: browser.calls("Page.stopScreencast") and browser.calls("Target.detachFromTarget"))
    assert cdp.link.small.feed is None
    await soon(lambda: cdp.unused)


async def test_a_picture_that_no_wall_took_is_not_acknowledged(cdp: Site) -> None:
    wall = watch(cdp)
    await soon(lambda: wall.payloads)
    await soon(lambda: len(cdp.service.browser.calls("Page.screencastFrameAck")) == 1)
    wall.viewer.pace(0)
    cdp.service.browser.show()
    cdp.service.browser.show()
    await soon(lambda: cdp.link.small.feed and cdp.link.small.feed.newest)
    assert len(cdp.service.browser.calls("Page.screencastFrameAck")) == 1


async def test_it_follows_the_main_tab(cdp: Site) -> None:
    wall = watch(cdp)
    await soon(lambda: wall.payloads)
    cdp.service.browser.open_tab("T2")
    await soon(lambda: len(wall.payloads) == 2)
    assert list(cdp.service.browser.sessions.values())[-1] == "T2"
    assert len(cdp.service.browser.calls("Page.stopScreencast")) == 1


async def test_after_a_break_it_is_cast_again(cdp: Site) -> None:
    wall = watch(cdp)
    await soon(lambda: wall.payloads)
    cdp.service.browser.hang_up()
    await soon(lambda: len(wall.payloads) == 2)
    assert [state for state, _ in wall.states][:3] == ["connecting", "live", "reconnecting"]


async def test_without_devtools_one_picture_is_taken_now_and_then_and_no_stream_stays_open(
    sse: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small, "SAMPLE_EVERY", 0.05)
    sse.service.scripts[f"/computers/{ID}/screencast"] = stream(picture(), picture(), picture())
    wall = watch(sse)
    await soon(lambda: len(wall.payloads) >= 2)
    asked = len(sse.service.asked(f"/computers/{ID}/screencast"))
    assert asked >= 2
    sse.link.small.unwatch(wall)
    await soon(lambda: len(sse.service.asked(f"/computers/{ID}/screencast")) <= asked + 1)


async def test_another_link_sends_its_walls_away_too(cdp: Site) -> None:
    wall = watch(cdp)
    await soon(lambda: wall.payloads)
    cdp.link.send_away()
    assert wall.got[-1] == "replaced"
