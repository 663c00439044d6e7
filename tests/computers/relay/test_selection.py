"""The selection is asked for frame by frame, in a world of our own, and is bounded."""

from __future__ import annotations

from typing import Any

import pytest

from computers.relay.selection import NOTHING, PASSWORD, SELECTION_LIMIT, TOO_LONG
from computers.upstream.errors import ActionFailed
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site

TREE = {"frame": {"id": "F1"}, "childFrames": [{"frame": {"id": "F2"}}]}


def select(site: Site, *values: Any) -> None:
    """The browser has two frames and answers these, one by one."""
    browser: Any = site.service.browser
    answers = iter(values)
    browser._Page_getFrameTree = lambda _message: {"frameTree": TREE}
    browser._Page_createIsolatedWorld = lambda _message: {"executionContextId": 7}
    browser._Runtime_evaluate = lambda _message: {"result": {"value": next(answers, None)}}


@pytest.fixture
async def ready(cdp: Site) -> Site:
    await soon(lambda: cdp.service.browser.calls("Target.setDiscoverTargets"))
    return cdp


async def test_the_first_frame_with_a_selection_gives_it(ready: Site) -> None:
    select(ready, {"kind": "text", "text": ""}, {"kind": "text", "text": "Größe"})
    assert await ready.link.selection("") == "Größe"
    worlds = ready.service.browser.calls("Page.createIsolatedWorld")
    assert [message["params"]["frameId"] for message in worlds] == ["F1", "F2"]
    await soon(lambda: ready.service.browser.calls("Target.detachFromTarget"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((), NOTHING),
        ((None, "odd"), NOTHING),
        (({"kind": "text", "text": 5},), NOTHING),
        (({"kind": "password"},), PASSWORD),
        (({"kind": "text", "text": "x" * (SELECTION_LIMIT + 1)},), TOO_LONG),
    ],
)
async def test_what_cannot_be_copied_is_a_sentence(ready: Site, values: Any, sentence: str) -> None:
    select(ready, *values)
    with pytest.raises(ActionFailed) as failed:
        await ready.link.selection("no such tab")
    assert str(failed.value) == sentence


async def test_without_devtools_it_says_so(sse: Site) -> None:
    with pytest.raises(ActionFailed, match="without DevTools"):
        await sse.link.selection("")
