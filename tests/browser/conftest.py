"""A page that has our modules and nothing else: what is pure is tested where it runs, in a browser."""

from __future__ import annotations

import functools
import http.server
import threading
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.support import chromium
from tests.support.processes import ROOT

Modules = Callable[..., Awaitable[Any]]

#: For `pytestmark` of the tests that use `modules`.
ONE_LOOP = pytest.mark.asyncio(loop_scope="session")

PAGE = """<!doctype html><title>Modules</title>
<script type="importmap">{"imports": {
  "htmx.org": "/vendor/htmx-4.0.1/htmx.js", "live/": "/js/live/", "input/": "/js/input/", "ui/": "/js/ui/",
  "terminal/": "/js/terminal/", "playground/": "/js/playground/"
}}</script>
<style>body { margin: 0 } #stage { position: absolute; inset: 50px 100px 150px 60px }</style>
<div id="stage" tabindex="0"></div><textarea id="area"></textarea>"""


#: What the computers of the tests show: a page that says what happened to it.
SHOP = """<!doctype html><title>Shop</title><style>body { margin: 0; font: 20px sans-serif; background: #fff }
button { position: absolute; left: 100px; top: 100px; width: 200px; height: 80px }
input { position: absolute; left: 100px; top: 300px; width: 400px; height: 40px }</style>
<button id="count">0</button><input id="field">
<script>const say = (what) => fetch("/said/" + encodeURIComponent(what));
if (location.search) say("opened " + location.search);
for (const event of ["click", "dblclick", "contextmenu"]) count.addEventListener(event, () => say(event));
field.oninput = () => say(field.value);</script>"""
#: A page that asks three things, one after the other, when it is clicked.
ASKING = """<!doctype html><title>Asking</title><body><script>
const say = (what) => fetch("/said/" + encodeURIComponent(what));
addEventListener("click", async () => {
  await say(confirm("Pay 1,000?")); await say(prompt("Whose name?", "Ada")); await say(confirm("Sure?"));
});</script>"""
#: A page that asks twice while it loads.
ASKING_EARLY = """<!doctype html><title>Asking early</title><body><script>
const say = (what) => fetch("/said/" + encodeURIComponent(what));
alert("A word first"); say("deleted: " + confirm("Delete all?"));</script>"""
#: A page that opens another one in front of itself, and calls itself what it likes.
OPENING = """<!doctype html><title>Opener</title><body style="background: #fc8"><script>
const say = (what) => fetch("/said/" + encodeURIComponent(what));
addEventListener("click", () => { open("/shop"); say("opened one"); });
if (location.search) document.title = decodeURIComponent(location.search.slice(1));
</script>"""
#: A password that is selected.
SECRET = """<!doctype html><title>Secret</title><input type=password value=hush autofocus onfocus="this.select()">"""
PAGES = {
    "/secret": SECRET,
    "/opening": OPENING,
    "/asking": ASKING,
    "/asking-early": ASKING_EARLY,
    "/": PAGE,
    "/shop": SHOP,
    "/shop?again": SHOP,
}

MODIFIERS = ("Shift", "Control", "Alt", "Meta")

#: What the shop said, oldest first.
SAID: list[str] = []


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if (page := PAGES.get(self.path) or (OPENING if self.path.startswith("/opening?") else "")) != "":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())
        elif self.path.startswith("/said/"):
            SAID.append(urllib.parse.unquote(self.path.removeprefix("/said/")))
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def static_url() -> Iterator[str]:
    """Our static files, as they lie there."""
    handler = functools.partial(_Quiet, directory=str(ROOT / "static"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_browser() -> AsyncIterator[Browser]:
    """One browser for all tests of modules: starting it costs more than they do. They say `ONE_LOOP`."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_tab(shared_browser: Browser) -> AsyncIterator[Page]:
    """One tab for all tests of modules; they ask for `page`."""
    opened = await shared_browser.new_page(viewport={"width": 1000, "height": 800})
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(shared_tab: Page, static_url: str) -> Page:
    """An empty page that may import our modules: a new document, and no key or button held by the test before."""
    for key in MODIFIERS:
        await shared_tab.keyboard.up(key)
    await shared_tab.mouse.move(0, 0)
    await shared_tab.mouse.up()
    await shared_tab.goto(static_url)
    return shared_tab


@pytest_asyncio.fixture(loop_scope="session")
async def modules(page: Page) -> Modules:
    """`await modules("body", given)`: runs an async function's body in `page`; it may `await load("live/flow.js")`."""

    async def run(body: str, argument: object = None) -> Any:
        return await page.evaluate(
            f"async (given) => {{ const load = (name) => import(name);\n{body} }}", argument
        )

    return run
