"""A proxy of the user's own, swapped while tabs are open. The proxies here count what is asked of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tzafon import AsyncLightcone, BadRequestError, Lightcone
from websockets.asyncio.server import ServerConnection, serve

from tests.support.proxies import LittleProxy, little_proxy

from .harness import LocalServer, devtools

SECRET = ("alice", "p4ss:w@rd")
WRITTEN = "alice:p4ss%3Aw%40rd"
OPENED = (
    'new Promise(good => { window.talk = new WebSocket("ws://%s/"); talk.onmessage = e => good(e.data); })'
)

CLOSED = """new Promise(good => {
  talk.onclose = () => good("closed");
  if (talk.readyState > 1) good("closed");
})"""


@pytest.fixture
async def calls(server: LocalServer) -> AsyncIterator[AsyncLightcone]:
    """The SDK beside the proxies of the same loop."""
    async with AsyncLightcone(api_key=server.key, base_url=server.url, max_retries=0, timeout=60) as client:
        yield client


@pytest.fixture
async def straight(calls: AsyncLightcone, shared: str) -> AsyncIterator[str]:
    """The shared computer, without a proxy again at the end."""
    yield shared
    await calls.computers.change_proxy(shared, extra_body={"proxy_url": None})


def written(proxy: LittleProxy) -> str:
    return proxy.url.replace(":".join(SECRET), WRITTEN)


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
@pytest.mark.parametrize("socks", [False, True])
async def test_requests_go_through_it_with_its_credentials(
    calls: AsyncLightcone, straight: str, site: str, socks: bool
) -> None:
    async with little_proxy(SECRET, socks=socks) as proxy:
        answer = await calls.computers.change_proxy(straight, proxy_url=written(proxy))
        assert answer.status == "SUCCESS"
        assert answer.result == {"proxy": proxy.url.replace("alice:p4ss:w@rd@", "")}
        assert (await calls.computers.navigate(straight, url=f"{site}/")).status == "SUCCESS"
        place = urlsplit(site).netloc
        assert proxy.asked[0] == (f"SOCKS {place}" if socks else f"GET {site}/")
        await calls.computers.change_proxy(straight, proxy_url="")
        before = len(proxy.asked)
        assert (await calls.computers.navigate(straight, url=f"{site}/pad")).status == "SUCCESS"
        assert len(proxy.asked) == before and proxy.refused == 0


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
async def test_it_changes_at_once_on_every_tab_and_loses_none(
    calls: AsyncLightcone, server: LocalServer, straight: str, site: str
) -> None:
    async def greet(socket: ServerConnection) -> None:
        await socket.send("hello")
        await socket.wait_closed()

    await calls.computers.navigate(straight, url=f"{site}/")
    async with (
        little_proxy() as first,
        little_proxy(SECRET) as second,
        serve(greet, "127.0.0.1", 0) as greeter,
        devtools(server, straight) as client,
        AsyncExitStack() as gone,
    ):
        place = f"127.0.0.1:{greeter.sockets[0].getsockname()[1]}"
        other = (await client("Target.createTarget", url=f"{site}/pad", newWindow=True))["targetId"]
        gone.push_async_callback(client, "Target.closeTarget", targetId=other)
        pages = [client.page, await client.attach(other)]
        for page in pages:
            await client("Runtime.enable", page)
        await calls.computers.change_proxy(straight, proxy_url=first.url)
        for page in pages:
            assert await client.evaluate(OPENED % place, page) == "hello"
        assert first.asked.count(f"CONNECT {place}") == 2 and first.tunnels == 2

        await calls.computers.change_proxy(straight, proxy_url=written(second))
        for page in pages:
            assert await client.evaluate(CLOSED, page) == "closed"
            assert await client.evaluate("fetch('/?' + Math.random()).then(r => r.status)", page) == 200
            assert await client.evaluate(OPENED % place, page) == "hello"
        # The page hears of a tunnel's end before the proxy has put it away.
        for _ in range(300):
            if first.tunnels:
                await asyncio.sleep(0.05)
        assert first.tunnels == 0 and len(first.asked) == 2
        assert len(second.asked) == 4 and second.refused == 0

        addresses = [await client.evaluate("location.pathname", page) for page in pages]
        assert addresses == ["/", "/pad"]


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_gone_fails_the_navigation_only(
    calls: AsyncLightcone, straight: str, site: str, scheme: str
) -> None:
    async with little_proxy() as proxy:
        gone = f"{scheme}://127.0.0.1:{proxy.port}"
    assert (await calls.computers.change_proxy(straight, proxy_url=gone)).status == "SUCCESS"
    for url in (f"{site}/", site.replace("http", "https")):
        answer = await calls.computers.navigate(straight, url=url)
        assert answer.status == "EXECUTION_ERROR"
        assert answer.error_message == "net::ERR_PROXY_CONNECTION_FAILED"
    await calls.computers.change_proxy(straight, proxy_url="")
    assert (await calls.computers.navigate(straight, url=f"{site}/")).status == "SUCCESS"


@pytest.mark.parametrize("socks", [False, True])
async def test_wrong_credentials_are_said_to_be_wrong(
    calls: AsyncLightcone, straight: str, site: str, socks: bool
) -> None:
    async with little_proxy(SECRET, socks=socks) as proxy:
        for user in ("", "bob:guess@"):
            scheme, _, place = proxy.url.partition("://")
            await calls.computers.change_proxy(
                straight, proxy_url=f"{scheme}://{user}{place.rpartition('@')[2]}"
            )
            for url in (f"{site}/", site.replace("http", "https")):
                answer = await calls.computers.navigate(straight, url=url)
                assert answer.error_message == "net::ERR_PROXY_AUTH_REQUESTED"
        assert not proxy.asked


async def test_a_proxy_that_breaks_off_fails_the_navigation_only(
    calls: AsyncLightcone, straight: str, site: str
) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    broken = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with broken:
        port = broken.sockets[0].getsockname()[1]
        await calls.computers.change_proxy(straight, proxy_url=f"http://127.0.0.1:{port}")
        for url in (f"{site}/", site.replace("http", "https")):
            answer = await calls.computers.navigate(straight, url=url)
            assert answer.error_message == "net::ERR_PROXY_CONNECTION_FAILED"


async def test_what_is_forbidden_stays_forbidden_behind_a_proxy(
    calls: AsyncLightcone, straight: str, forbidden_site: str
) -> None:
    async with little_proxy() as proxy:
        await calls.computers.change_proxy(straight, proxy_url=proxy.url)
        port = urlsplit(forbidden_site).port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "169.254.169.254", "0xa9fea9fe"):
            answer = await calls.computers.navigate(straight, url=f"http://{host}/")
            assert answer.status == "EXECUTION_ERROR" and "refused" in str(answer.error_message), host
        assert not proxy.asked


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
@pytest.mark.parametrize(
    "url",
    [
        "ftp://host:21",
        "socks4://host:1080",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "host:8080",
        "//host:8080",
        "http://",
        "http://:8080",
        "http://host:99999",
        "http://host:s3cret",
        "http://host:0",
        "http://user:s3cret@ho st:1",
        "http://user:s3cret@host:1/path",
        "http://user:s3cret@host:1?query",
        "http://user:s3cret@[::1:80",
        "http://user:s3cret\r\nX: y@host:80",
        f"http://user:{'s3cret' * 100}@host:80",
        f"http://{'h' * 3000}:80",
        "http://us%3Aer:s3cret@host:80",
        "http://user:s3cret%0d%0a@host:80",
        "http://hö:80",
        5,
        ["http://host:80"],
        {},
    ],
)
def test_what_names_no_proxy_is_refused(sdk: Lightcone, shared: str, url: Any) -> None:
    with pytest.raises(BadRequestError) as refused:
        sdk.computers.change_proxy(shared, proxy_url=url)
    assert "s3cret" not in str(refused.value)
    with pytest.raises(BadRequestError):
        sdk.computers.change_proxy(shared)


@pytest.mark.sdk("POST /computers/{id}/change-proxy", "computers.change_proxy")
def test_forbidden_places_are_no_proxies(
    sdk: Lightcone, server: LocalServer, computer: str, forbidden_site: str, site: str
) -> None:
    ours = [f"127.0.0.1:{port}" for port in server.listening_ports()]
    for place in (urlsplit(forbidden_site).netloc, "169.254.169.254:80", "[fd00:ec2::254]:80", *ours):
        answer = sdk.computers.change_proxy(computer, proxy_url=f"http://user:s3cret@{place}")
        assert answer.status == "EXECUTION_ERROR", place
        assert "cannot be used" in str(answer.error_message) and "s3cret" not in str(answer.error_message)
    assert sdk.computers.navigate(computer, url=f"{site}/").status == "SUCCESS"


@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
@pytest.mark.sdk("GET /computers/{id}/events", "computers.retrieve_events")
async def test_its_credentials_are_never_told(
    calls: AsyncLightcone, server: LocalServer, straight: str, site: str
) -> None:
    async with little_proxy(SECRET) as proxy:
        async with calls.computers.with_streaming_response.retrieve_events(straight) as events:
            action: dict[str, Any] = {"type": "change_proxy", "proxy_url": written(proxy)}
            answers = [await calls.computers.execute(straight, action=action)]  # type: ignore[arg-type]
            assert answers[0].status == "SUCCESS"
            answers.append(await calls.computers.navigate(straight, url=f"{site}/"))
            proxy.credentials = ("somebody", "else")
            answers.append(await calls.computers.navigate(straight, url=f"{site}/pad"))
            heard = []
            async for line in events.iter_lines():
                heard.append(line)
                if line.startswith("data: ") and json.loads(line[6:]).get("status") == "EXECUTION_ERROR":
                    break
        page = await calls.computers.html(straight)
    told = "\n".join([*heard, *(answer.to_json() for answer in answers), page.to_json(), server.child.output])
    assert "change_proxy" in told
    for secret in (*SECRET, WRITTEN.split(":")[1]):
        assert secret not in told


@pytest.mark.sdk("POST /computers", "computers.create")
def test_an_advanced_proxy_may_be_asked_for(sdk: Lightcone, http: httpx.Client) -> None:
    computer = sdk.computers.create(use_advanced_proxy=True)
    assert computer.status == "ready" and computer.id
    http.delete(f"/computers/{computer.id}")


def test_a_computers_proxy_is_its_own(fresh: Callable[..., str], sdk: Lightcone, site: str) -> None:
    one, other = fresh(), fresh()
    sdk.computers.change_proxy(one, proxy_url="http://127.0.0.1:9")
    assert sdk.computers.navigate(other, url=f"{site}/").status == "SUCCESS"
    assert sdk.computers.navigate(one, url=f"{site}/").status == "EXECUTION_ERROR"
