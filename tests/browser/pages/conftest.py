"""Pages of the running product, in windows where somebody is signed in.

One stack, one browser, its windows, and the computers checkout-1 and workshop-1 are shared by all tests of a worker.
Every test begins anew all the same: `window` gives a page in which nothing is stored, `checkout` a computer that shows
the shop in its one tab, a new one if the test before spoilt it; whoever drove lets go afterwards. Whoever needs tabs,
macros or an ending opens a computer of its own:
`stack.open_computer(name, url)` is the quick way, `create(page, name, url)` the one through the form.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from tests.browser.conftest import SAID
from tests.browser.pages.places import PEOPLE
from tests.browser.pages.things import made
from tests.support.processes import wait_until
from tests.support.stack import Stack
from tests.support.windows import Wardrobe

#: `await window("bob", role="operator", viewport=…)`: a page in a window of that person.
Windows = Callable[..., Awaitable[Page]]
#: `make(max_lifetime_seconds=90)`: a computer with such limits; its address and upstream's id.
Make = Callable[..., tuple[str, str]]

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FIRST_FRAME_MS = 30_000
#: How long a page may take to show what is expected: two cores may be shared by four browsers and another worker.
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wardrobe(stack: Stack, shared_browser: Browser) -> AsyncIterator[Wardrobe]:
    """The windows of all tests; each asks for `window`."""
    kept = Wardrobe(stack, shared_browser)
    yield kept
    await kept.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(wardrobe: Wardrobe) -> AsyncIterator[Windows]:
    """Whatever a page complains about in its console is a failure: above all what its own policy forbids."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if "Content Security" in said.text:
            complaints.append(said.text)

    async def open_for(name: str = "alice", role: str = "owner", **options: Any) -> Page:
        context, page = await wardrobe.take(name, role, **{"viewport": WIDE, **options})
        contexts.append(context)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        return page

    yield open_for
    for context in contexts:
        for page in context.pages:
            await _let_go(page)
        await wardrobe.give_back(context)
    assert complaints == []


async def _let_go(page: Page) -> None:
    """A test that failed while it drove takes nobody else's computer with it."""
    release = page.get_by_role("button", name="Release control")
    if await release.is_visible():
        # A test may end with this very click: then the button goes while this one is on its way.
        with contextlib.suppress(Error):
            await release.click(timeout=3000)
        await release.wait_for(state="hidden")


@pytest.fixture
def checkout(stack: Stack, static_url: str) -> str:
    """The address of checkout-1, which shows the shop, whatever the test before left there."""
    address = stack.kept_computer("checkout-1", f"{static_url}shop")
    SAID.clear()
    return address


@pytest.fixture(scope="session")
def things(stack: Stack, static_url: str) -> dict[str, Any]:
    """What the pages of `places.py` show: ids by the names that addresses have for them."""
    return made(stack, stack.kept_computer("checkout-1", f"{static_url}shop"), PEOPLE)


@pytest.fixture
def shop_computer(checkout: str) -> str:
    """The same, for a test that shows something else there."""
    return checkout


async def create(page: Page, name: str, start_page: str) -> None:
    """Open a computer with the form; the page is then its cockpit."""
    await page.goto("/computers/new/")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Start page").fill(start_page)
    await page.get_by_role("button", name="Create computer").click()
    await page.wait_for_url(
        lambda url: "/computers/" in url and not url.endswith("/new/"), timeout=FIRST_FRAME_MS
    )


async def open_cockpit(page: Page, address: str) -> None:
    """Until its first frame is painted."""
    await page.goto(address)
    await page.locator("#cockpit.has-picture").wait_for(timeout=FIRST_FRAME_MS)


async def take_control(page: Page) -> None:
    await page.get_by_role("button", name="Take control").click()
    await page.get_by_text("You are driving").wait_for()


async def hears(page: Page, words: str) -> None:
    """The remote page said so itself."""
    if not await heard(page, words, seconds=15.0):
        pytest.fail(f"the page never said {words!r}, only {SAID}")


async def heard(page: Page, words: str, seconds: float) -> bool:
    """Whether the remote page says so in time."""
    for _ in range(round(seconds * 20)):
        if words in SAID:
            SAID.clear()
            return True
        await page.wait_for_timeout(50)
    return False


async def remote(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the page a pixel of the live screen is."""
    found: list[float] = await page.evaluate(
        """([x, y]) => {
          const canvas = document.getElementById("picture"), box = canvas.getBoundingClientRect();
          const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
          return [box.left + (box.width - canvas.width * scale) / 2 + x * scale,
                  box.top + (box.height - canvas.height * scale) / 2 + y * scale];
        }""",
        [x, y],
    )
    return found[0], found[1]


#: Turns "stream commands" of every connection on or off.
SWITCH = """
from computers.models import Connection
Connection.objects.update(streams_commands={on})
"""


@pytest.fixture
def workshop(stack: Stack, static_url: str) -> str:
    """The address of a computer of these tests' own: what they leave in its workspace is nobody else's."""
    return stack.kept_computer("workshop-1", f"{static_url}shop")


@pytest_asyncio.fixture(loop_scope="session")
async def ended_at_once(stack: Stack) -> AsyncIterator[None]:
    """The switch "stream commands" is off."""
    stack.manage("shell", "-c", SWITCH.format(on=False))
    yield
    stack.manage("shell", "-c", SWITCH.format(on=True))


@pytest.fixture
def make(stack: Stack) -> Iterator[Make]:
    """`make(max_lifetime_seconds=90)`: a computer with such limits; its address and upstream's id."""
    made: list[str] = []

    def make(**limits: int) -> tuple[str, str]:
        id = stack.upstream("POST", "/computers", {"kind": "browser", **limits}).json()["id"]
        made.append(id)
        wait_until(lambda: bool(_public_id(stack, id)), 30, "the dashboard noticing the computer")
        return f"/computers/{_public_id(stack, id)}/", id

    yield make
    for id in made:
        with contextlib.suppress(httpx.HTTPStatusError):
            stack.upstream("DELETE", f"/computers/{id}")


def _public_id(stack: Stack, id: str) -> str:
    with contextlib.closing(sqlite3.connect(stack.folder / "lightdeck.sqlite3")) as database:
        query = "SELECT public_id FROM computers_computer WHERE upstream_id = ?"
        row = database.execute(query, (id,)).fetchone()
    return str(row[0]) if row else ""
