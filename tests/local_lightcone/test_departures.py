import asyncio
import json
from collections.abc import Callable

import pytest
from tzafon import Lightcone

from local_lightcone.chromium.departures import LONGEST_QUIET_HOLD_SECONDS

from .harness import LocalServer, devtools
from .site import SLOW_SECONDS

STORM = "data:text/html,<title>Storm</title><script>setTimeout(() => { while (true) alert(1) }, 50)</script>"


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
            if leaves == "Page.disable":
                await client("Page.disable", client.page)
            elif leaves == "Target.detachFromTarget":
                await client("Target.detachFromTarget", sessionId=client.page)
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
        if leaves == "Page.disable":
            await client(leaves, client.page)
        else:
            await client(leaves, sessionId=client.page)
        again = await client.attach(client.tab)
        assert await client.eventually("location.pathname === '/pad'", again)
