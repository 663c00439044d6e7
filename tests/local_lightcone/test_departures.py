import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from tzafon import Lightcone

from local_lightcone.chromium.cdp import Cdp, Json, Listener
from local_lightcone.chromium.departures import HOLD_PAUSE_SECONDS, LONGEST_QUIET_HOLD_SECONDS, Departures

from .harness import DevTools, LocalServer, devtools
from .site import SLOW_SECONDS

STORM = "data:text/html,<title>Storm</title><script>setTimeout(() => { while (true) alert(1) }, 50)</script>"


async def let_go(client: DevTools, leaves: str) -> None:
    if leaves == "Page.disable":
        await client(leaves, client.page)
    else:
        await client(leaves, sessionId=client.page)


class Told:
    """A Chromium that says what it is told to: the moment that matters here is a few milliseconds of the real one."""

    closed = False

    def __init__(self) -> None:
        self.listeners: dict[str, Listener] = {}

    def listen(self, method: str, listener: Listener, session: str | None = None) -> None:
        self.listeners[method] = listener

    async def call(self, method: str, **_: Any) -> Json:
        return {}


async def test_between_its_arrival_and_the_end_of_the_dialog_before_it_no_page_is_let_go_of() -> None:
    told, dialogs = Told(), {"session"}
    departures = Departures(cast(Cdp, told), lambda: True, dialogs)
    departures.watch("session", "frame")

    async def leave() -> None:
        async with departures.letting_go():
            pass

    async def is_kept() -> bool:
        await asyncio.sleep(HOLD_PAUSE_SECONDS * 3)
        return not leaving.done()

    start = {"frameId": "frame", "loaderId": "next", "navigationType": "differentDocument"}
    told.listeners["Page.frameStartedNavigating"](start)
    leaving = asyncio.create_task(leave())
    assert await is_kept()
    # The page before it may be told late.
    told.listeners["Page.frameNavigated"]({"frame": {"loaderId": "before"}})
    assert await is_kept()
    told.listeners["Page.frameNavigated"]({"frame": {"loaderId": "next"}})
    assert await is_kept()
    departures.closed("session")
    async with asyncio.timeout(LONGEST_QUIET_HOLD_SECONDS):
        await leaving


@pytest.mark.parametrize("leaves", ["Page.disable", "Target.detachFromTarget", "the socket"])
async def test_a_client_that_leaves_an_asking_page_on_its_way_elsewhere_does_not_end_the_browser(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str, leaves: str
) -> None:
    computer = fresh()
    for _ in range(4):
        async with devtools(server, computer) as client:
            await client("Page.enable", client.page)
            await asyncio.to_thread(sdk.computers.navigate, computer, url=STORM)
            going = asyncio.create_task(asyncio.to_thread(sdk.computers.navigate, computer, url=f"{site}/"))
            await asyncio.sleep(0.015)
            if leaves != "the socket":
                await let_go(client, leaves)
        assert (await going).status == "SUCCESS"
    assert sdk.computers.retrieve(computer).status == "RUNNING"


async def test_a_page_is_let_go_of_once_it_has_arrived(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str
) -> None:
    computer = fresh()
    async with devtools(server, computer) as client:
        since = asyncio.get_running_loop().time()
        going = asyncio.create_task(asyncio.to_thread(sdk.computers.navigate, computer, url=f"{site}/slow"))
        await asyncio.sleep(0.2)
        await client("Target.detachFromTarget", sessionId=client.page)
        assert asyncio.get_running_loop().time() - since > SLOW_SECONDS
        assert (await going).status == "SUCCESS"


async def test_a_page_that_never_arrives_is_let_go_of_all_the_same(
    server: LocalServer, fresh: Callable[..., str], site: str
) -> None:
    async with devtools(server, fresh()) as client:
        assert "errorText" in await client("Page.navigate", client.page, url=f"{site}/nothing")
        await client("Target.detachFromTarget", sessionId=client.page)
        again = await client.attach(client.tab)
        since = asyncio.get_running_loop().time()
        await client("Target.detachFromTarget", sessionId=again)
        assert asyncio.get_running_loop().time() - since < LONGEST_QUIET_HOLD_SECONDS * 0.8


@pytest.mark.parametrize("leaves", ["Page.disable", "Target.detachFromTarget"])
async def test_a_question_of_the_page_that_is_left_keeps_nobody(
    server: LocalServer, fresh: Callable[..., str], site: str, leaves: str
) -> None:
    async with devtools(server, fresh()) as client:
        await client("Page.enable", client.page)
        await client("Page.navigate", client.page, url=f"{site}/")
        await client.evaluate("setTimeout(() => alert(1), 50)")
        while not any(event["method"] == "Page.javascriptDialogOpening" for event in client.events):
            await client("Browser.getVersion")
        going = {
            "id": 0,
            "method": "Page.navigate",
            "sessionId": client.page,
            "params": {"url": f"{site}/pad"},
        }
        await client.socket.send(json.dumps(going))
        await let_go(client, leaves)
        again = await client.attach(client.tab)
        assert await client.eventually("location.pathname === '/pad'", again)
