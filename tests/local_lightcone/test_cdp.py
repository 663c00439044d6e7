import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright
from tzafon import APIStatusError, Lightcone
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local_lightcone.chromium.cdp import Cdp, CdpError

from .harness import DevTools, LocalServer, devtools, socket_url


@pytest.mark.parametrize("path", ["cdp/json/version", "cdp/json/version/", "cdp"])
@pytest.mark.must("devtools")
def test_the_version_carries_the_token_only_when_it_came_by_query(
    server: LocalServer, http: httpx.Client, shared: str, path: str
) -> None:
    body = http.get(f"/computers/{shared}/{path}").json()
    address = f"{server.url.replace('http', 'ws')}/computers/{shared}/cdp"
    assert body["webSocketDebuggerUrl"] == address
    assert body["Browser"].startswith("Chrome/") or body["Browser"].startswith("HeadlessChrome/")
    assert {"Protocol-Version", "User-Agent", "V8-Version", "WebKit-Version"} < set(body)
    for ending in ("", "/json/version/"):  # older Playwright releases append to the query
        answer = httpx.get(f"{server.url}/computers/{shared}/{path}?token={server.key}{ending}")
        assert answer.json()["webSocketDebuggerUrl"] == f"{address}?token={server.key}"


@pytest.mark.sdk("GET /computers/{id}/cdp(/json/version)", "get")
@pytest.mark.must("devtools")
def test_the_sdks_own_get_reads_the_version(sdk: Lightcone, shared: str) -> None:
    version = sdk.get(f"/computers/{shared}/cdp/json/version", cast_to=dict[str, str])
    assert version["webSocketDebuggerUrl"].endswith(f"/computers/{shared}/cdp")


@pytest.mark.sdk("GET /computers/{id}/ws", "computers.retrieve_ws")
def test_the_sdk_asks_for_the_socket_with_a_plain_get(sdk: Lightcone, shared: str) -> None:
    with pytest.raises(APIStatusError) as error:
        sdk.computers.retrieve_ws(shared)
    assert error.value.status_code == 426


@pytest.mark.must("devtools")
def test_it_wants_the_key(server: LocalServer, shared: str) -> None:
    assert httpx.get(f"{server.url}/computers/{shared}/cdp/json/version").status_code == 401
    assert httpx.get(f"{server.url}/computers/{shared}/cdp/json/version?token=x").status_code == 401


@pytest.mark.parametrize("by_header", [True, False])
async def test_playwright_connects_and_drives(
    server: LocalServer, computer: str, site: str, by_header: bool
) -> None:
    address = f"{server.url}/computers/{computer}/cdp"
    async with async_playwright() as playwright:
        if by_header:
            browser = await playwright.chromium.connect_over_cdp(address, headers=server.headers)
        else:
            browser = await playwright.chromium.connect_over_cdp(f"{address}?token={server.key}")
        assert len(browser.contexts[0].pages) == 1
        page = browser.contexts[0].pages[0]
        await page.goto(f"{site}/pad")
        await page.locator("#box").fill("by playwright")
        assert await page.evaluate("[innerWidth, innerHeight]") == [800, 600]
        await browser.close()


@pytest.mark.parametrize("path", ["cdp", "ws"])
async def test_both_addresses_speak_it(server: LocalServer, computer: str, path: str) -> None:
    async with devtools(server, computer, path) as client:
        assert await client.evaluate("document.title") == "Plain"


async def test_big_messages_pass_both_ways(server: LocalServer, computer: str) -> None:
    async with devtools(server, computer) as client:
        assert await client.evaluate(f"'{'x' * 3_000_000}'.length") == 3_000_000
        assert len(await client.evaluate("'y'.repeat(3_000_000)")) == 3_000_000


@pytest.mark.parametrize(
    "message",
    [
        '{"id": 7, "method": "Browser.close"}',
        '{"method":"Browser.close","id":7}',
        '{"id": 7, "method": "Browser\\u002eclose"}',
        '{"id": 7, "method": "Browser.crash"}',
    ],
)
async def test_closing_the_browser_is_only_that_clients_leaving(
    server: LocalServer, sdk: Lightcone, computer: str, message: str
) -> None:
    async with (
        devtools(server, computer) as other,
        connect(socket_url(server, computer), proxy=None) as socket,
    ):
        await socket.send(message)
        assert await socket.recv() == '{"id": 7, "result": {}}'
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert await other.evaluate("1 + 1") == 2
    assert sdk.computers.retrieve(computer).status == "RUNNING"


async def test_a_computer_whose_last_tab_was_closed_stays_usable(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str
) -> None:
    computer = fresh()
    async with devtools(server, computer) as client:
        await client("Target.closeTarget", targetId=client.tab)
    answers = (sdk.computers.navigate(computer, url=site) for _ in range(20))
    assert any(answer.status == "SUCCESS" for answer in answers)


async def _accept(client: DevTools) -> None:
    """As soon as the dialog shows."""
    for _ in range(50):
        with contextlib.suppress(AssertionError):
            await client("Page.handleJavaScriptDialog", client.page, accept=True)
            return
        await asyncio.sleep(0.1)
    pytest.fail("no dialog showed")


async def test_a_context_cannot_bring_a_way_around_the_forwarder(server: LocalServer, computer: str) -> None:
    async with devtools(server, computer) as client:
        around = {"proxyServer": "direct://", "proxyBypassList": "*"}
        context = (await client("Target.createBrowserContext", **around))["browserContextId"]
        tab = (await client("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = await client.attach(tab)
        await client("Page.navigate", session, url=f"{server.url}/healthz")
        for _ in range(50):
            text = str(await client.evaluate("document.body.innerText", session))
            if "Refused" in text:
                break
            await asyncio.sleep(0.1)
        # Else other tests of this computer might take its tab for theirs.
        await client("Target.disposeBrowserContext", browserContextId=context)
    assert "Refused" in text


@pytest.mark.parametrize(
    "spelt",
    [
        '"\\ud800"',  # half a character, which strict readers refuse and Chromium takes
        '"\t"',
    ],
)
async def test_what_only_chromium_would_read_is_no_way_around_it(
    server: LocalServer, computer: str, spelt: str
) -> None:
    async with connect(socket_url(server, computer), proxy=None) as socket:
        around = f'{{"odd": {spelt}, "proxyServer": "direct://", "proxyBypassList": "*"}}'
        await socket.send(f'{{"id": 1, "method": "Target.createBrowserContext", "params": {around}}}')
        context = json.loads(await socket.recv())["result"]["browserContextId"]
        async with devtools(server, computer) as client:
            tab = (await client("Target.createTarget", url="about:blank", browserContextId=context))[
                "targetId"
            ]
            session = await client.attach(tab)
            await client("Page.navigate", session, url=f"{server.url}/healthz")
            text = await client.eventually("document.body.innerText", session)
            await client("Target.disposeBrowserContext", browserContextId=context)
        assert "Refused" in text
        await socket.send(f'{{"id": 2, "method": "Browser.close", "params": {{"odd": {spelt}}}}}')
        assert await _answer_to(socket, 2) == {"id": 2, "result": {}}
    async with devtools(server, computer) as client:
        assert await client.evaluate("1 + 1") == 2


async def test_no_command_is_packed_into_another_one_or_given_to_a_page(
    server: LocalServer, computer: str
) -> None:
    async with (
        devtools(server, computer) as client,
        connect(socket_url(server, computer), proxy=None) as socket,
    ):
        packed = {"sessionId": client.page, "message": '{"id": 1, "method": "Browser.getVersion"}'}
        for number, (method, params) in enumerate(
            {
                "Target.sendMessageToTarget": packed,
                "Target.exposeDevToolsProtocol": {"targetId": client.tab},
            }.items()
        ):
            await socket.send(json.dumps({"id": number, "method": method, "params": params}))
            assert (await _answer_to(socket, number))["error"]["code"] == -32000
        await socket.send('{"id": 9, "method": "Browser.close"')
        assert "error" in json.loads(await socket.recv())
        assert await client.evaluate("typeof cdp") == "undefined"


async def _answer_to(socket: ClientConnection, number: int) -> dict[str, Any]:
    while True:
        answer = json.loads(await socket.recv())
        if answer.get("id") == number:
            return dict(answer)


async def test_a_dialog_is_the_clients_to_answer_and_ours_when_there_is_none(
    server: LocalServer, sdk: Lightcone, computer: str
) -> None:
    async with devtools(server, computer) as client:
        await client("Page.enable", client.page)
        await client.evaluate("setTimeout(() => { document.title = confirm('Sure?') }, 0), 1")
        await _accept(client)
        assert await client.evaluate("document.title") == "true"
        await client.evaluate("setTimeout(() => { document.title = confirm('Sure?') }, 500), 1")
    for _ in range(40):
        if "<title>false" in str((sdk.computers.html(computer).result or {}).get("html_content")):
            return
        await asyncio.sleep(0.1)
    pytest.fail("nobody answered the dialog")


async def test_a_page_that_asks_says_so_instead_of_holding_a_picture(
    server: LocalServer, sdk: Lightcone, computer: str
) -> None:
    async with devtools(server, computer) as client:
        await client("Page.enable", client.page)
        await client.evaluate("setTimeout(() => { document.title = confirm('Sure?') }, 0), 1")
        while await asyncio.to_thread(lambda: sdk.computers.html(computer).status) == "SUCCESS":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for look in (sdk.computers.screenshot, sdk.computers.html):
            answer = await asyncio.to_thread(look, computer)
            assert answer.status == "EXECUTION_ERROR"
            assert answer.error_message == "The page asks something: answer its dialog first."
        await _accept(client)
        assert (await asyncio.to_thread(sdk.computers.screenshot, computer)).status == "SUCCESS"


async def test_a_page_that_does_not_answer_is_told_in_words_for_people() -> None:
    async def silent(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(silent, "127.0.0.1", 0) as service:
        cdp = await Cdp.connect(f"ws://127.0.0.1:{next(iter(service.sockets)).getsockname()[1]}")
        with pytest.raises(CdpError, match=r"^The page does not respond\.$"):
            await cdp.call("Page.captureScreenshot", seconds=0.05)
        await cdp.close()


async def test_bad_keys_and_unknown_computers_are_refused_before_the_handshake(server: LocalServer) -> None:
    base = server.url.replace("http", "ws")
    for query, status in ((f"token={server.key}", 404), ("token=wrong", 401), ("", 401)):
        with pytest.raises(InvalidStatus) as error:
            await connect(f"{base}/computers/comp_1/cdp?{query}", proxy=None)
        assert error.value.response.status_code == status


def test_it_can_be_switched_off(another_server: Callable[..., LocalServer]) -> None:
    with another_server(LIGHTDECK_LOCAL_CDP="off").http() as http:
        computer = http.post("/computers", json={}).json()
        assert "endpoints" not in computer
        assert http.get(f"/computers/{computer['id']}/cdp/json/version").status_code == 404
        assert http.post(f"/computers/{computer['id']}/screenshot").json()["status"] == "SUCCESS"
