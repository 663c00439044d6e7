"""Tabs, whoever opened them; one of them is the main one."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright
from tzafon import Lightcone

from tests.support.processes import wait_until

from .harness import LocalServer, devtools
from .test_viewport import INNER


def tabs_of(sdk: Lightcone, computer: str) -> list[dict[str, Any]]:
    result: Any = sdk.computers.tabs.list(computer).result
    return list(result["tabs"])


def main_of(sdk: Lightcone, computer: str) -> str:
    (main,) = (tab["tab_id"] for tab in tabs_of(sdk, computer) if "is_main" in tab)
    return str(main)


def created(sdk: Lightcone, computer: str, **body: Any) -> str:
    answer = sdk.computers.tabs.create(computer, **body)
    assert answer.status == "SUCCESS", answer
    return str((answer.result or {})["created_tab_id"])


@pytest.fixture
def alone(sdk: Lightcone, computer: str) -> Iterator[str]:
    """The shared computer with one tab, which it has again afterwards."""
    assert len(tabs_of(sdk, computer)) == 1
    yield computer
    for tab in [tab["tab_id"] for tab in tabs_of(sdk, computer)][1:]:
        sdk.computers.tabs.delete(tab, id=computer)
    sdk.computers.viewport(computer, width=800, height=600, scale_factor=1)


@pytest.mark.sdk("GET /computers/{id}/tabs", "computers.tabs.list")
@pytest.mark.sdk("POST /computers/{id}/tabs", "computers.tabs.create")
@pytest.mark.sdk("POST /computers/{id}/tabs/{tab_id}/switch", "computers.tabs.switch")
@pytest.mark.sdk("DELETE /computers/{id}/tabs/{tab_id}", "computers.tabs.delete")
def test_a_tabs_life(sdk: Lightcone, alone: str, site: str) -> None:
    (first,) = tabs_of(sdk, alone)
    assert first == {"tab_id": first["tab_id"], "url": f"{site}/", "title": "Plain", "is_main": True}
    second = created(sdk, alone, url=f"{site}/pad")
    assert tabs_of(sdk, alone) == [
        {"tab_id": first["tab_id"], "url": f"{site}/", "title": "Plain"},
        {"tab_id": second, "url": f"{site}/pad", "title": "Pad", "is_main": True},
    ]
    assert sdk.computers.screenshot(alone).executed_tab_id == second
    switched = sdk.computers.tabs.switch(first["tab_id"], id=alone)
    assert (switched.status, switched.executed_tab_id) == ("SUCCESS", first["tab_id"])
    assert main_of(sdk, alone) == first["tab_id"]
    assert 'id="pad"' in str((sdk.computers.html(alone, tab_id=second).result or {})["html_content"])
    assert sdk.computers.tabs.delete(second, id=alone).status == "SUCCESS"
    assert [tab["tab_id"] for tab in tabs_of(sdk, alone)] == [first["tab_id"]]


def test_a_tab_without_an_address_is_empty_and_main(sdk: Lightcone, alone: str) -> None:
    tab = created(sdk, alone)
    assert tabs_of(sdk, alone)[-1] == {"tab_id": tab, "url": "about:blank", "title": "", "is_main": True}


@pytest.mark.sdk("DELETE /computers/{id}/tabs/{tab_id}", "computers.tabs.delete")
def test_the_last_tab_stays(sdk: Lightcone, alone: str) -> None:
    only = main_of(sdk, alone)
    answer = sdk.computers.tabs.delete(only, id=alone)
    assert (answer.status, answer.error_message) == ("EXECUTION_ERROR", "The last tab cannot be closed.")
    assert main_of(sdk, alone) == only


def test_of_two_that_are_closed_at_once_one_stays(sdk: Lightcone, alone: str) -> None:
    both = [main_of(sdk, alone), created(sdk, alone)]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda tab: sdk.computers.tabs.delete(tab, id=alone), both))
    assert sorted(answer.status or "" for answer in answers) == ["EXECUTION_ERROR", "SUCCESS"]
    assert len(tabs_of(sdk, alone)) == 1


def test_two_may_close_the_same_one(sdk: Lightcone, alone: str) -> None:
    main_of(sdk, alone)
    tab = created(sdk, alone)
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: sdk.computers.tabs.delete(tab, id=alone), range(2)))
    assert {answer.status for answer in answers} <= {"SUCCESS", "EXECUTION_ERROR"}
    assert len(tabs_of(sdk, alone)) == 1


def test_when_the_main_one_closes_the_newest_takes_its_place(sdk: Lightcone, alone: str) -> None:
    tabs = [main_of(sdk, alone), created(sdk, alone), created(sdk, alone)]
    sdk.computers.tabs.delete(tabs[2], id=alone)
    assert main_of(sdk, alone) == tabs[1]


async def test_each_has_a_window_of_its_own(server: LocalServer, sdk: Lightcone, alone: str) -> None:
    first, second = main_of(sdk, alone), created(sdk, alone)
    async with devtools(server, alone) as client:
        windows = {
            (await client("Browser.getWindowForTarget", targetId=tab))["windowId"] for tab in (first, second)
        }
        assert len(windows) == 2


@pytest.mark.parametrize("shares_a_window", [True, False])
async def test_what_others_open_is_listed_and_may_be_chosen(
    server: LocalServer, sdk: Lightcone, alone: str, site: str, shares_a_window: bool
) -> None:
    main = main_of(sdk, alone)
    async with devtools(server, alone) as client:
        opened = await client("Target.createTarget", url=f"{site}/pad", newWindow=not shares_a_window)
        tab = opened["targetId"]
        wait_until(lambda: tab in {entry["tab_id"] for entry in tabs_of(sdk, alone)}, 20, "the tab")
        assert main_of(sdk, alone) == main
        assert sdk.computers.tabs.switch(tab, id=alone).status == "SUCCESS"
        assert main_of(sdk, alone) == tab
        session = await client.attach(tab)
        assert await client.evaluate("document.visibilityState", session) == "visible"


async def test_playwrights_pages_are_tabs(server: LocalServer, sdk: Lightcone, alone: str, site: str) -> None:
    async with async_playwright() as playwright:
        address = f"{server.url}/computers/{alone}/cdp"
        browser = await playwright.chromium.connect_over_cdp(address, headers=server.headers)
        page = await browser.contexts[0].new_page()
        await page.goto(f"{site}/pad")
        assert "Pad" in {tab["title"] for tab in await asyncio.to_thread(tabs_of, sdk, alone)}
        await page.close()
        await browser.close()


async def test_a_tab_that_is_held_is_listed_and_used_when_it_is_let_go(
    server: LocalServer, sdk: Lightcone, alone: str, site: str
) -> None:
    """Playwright holds each new tab until it has looked at it: nobody else can greet it before."""
    hold: Any = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
    async with devtools(server, alone) as client:
        await client("Target.setAutoAttach", **hold)
        tab = (await client("Target.createTarget", url=f"{site}/pad", newWindow=True))["targetId"]
        assert tab in {entry["tab_id"] for entry in await asyncio.to_thread(tabs_of, sdk, alone)}
        looking = asyncio.create_task(asyncio.to_thread(sdk.computers.html, alone, tab_id=tab))
        await asyncio.sleep(0.3)
        session = next(
            event["params"]["sessionId"]
            for event in client.events
            if event["method"] == "Target.attachedToTarget"
            and event["params"]["targetInfo"]["targetId"] == tab
            and event["params"]["waitingForDebugger"]
        )
        await client("Runtime.runIfWaitingForDebugger", session)
        assert (await looking).status == "SUCCESS"


@pytest.mark.parametrize("address", ["devtools://devtools/bundled/inspector.html", "chrome://version"])
async def test_the_browsers_own_pages_are_none(
    server: LocalServer, sdk: Lightcone, alone: str, address: str
) -> None:
    async with devtools(server, alone) as client:
        opened = await client("Target.createTarget", url=address)
        listed = tabs_of(sdk, alone)
        await client("Target.closeTarget", targetId=opened["targetId"])
        assert not [tab for tab in listed if tab["url"].startswith(("devtools:", "chrome:"))]


async def test_the_mouse_reaches_a_tab_behind_its_popup(
    server: LocalServer, sdk: Lightcone, alone: str, site: str
) -> None:
    sdk.computers.navigate(alone, url=f"{site}/pad")
    main = main_of(sdk, alone)
    async with devtools(server, alone) as client:
        await client("Target.createTarget", url=f"{site}/")
        wait_until(lambda: len(tabs_of(sdk, alone)) == 2, 20, "the second tab")
        session = await client.attach(main)
        await client.eventually("document.visibilityState == 'hidden'", session)
        assert sdk.computers.click(alone, x=310, y=20).status == "SUCCESS"
        assert await client.evaluate("document.visibilityState", session) == "visible"
        assert "click 310 20 0" in await client.evaluate("log", session)


async def test_a_page_cannot_keep_its_tab_from_closing(
    server: LocalServer, sdk: Lightcone, alone: str, site: str
) -> None:
    tab = created(sdk, alone, url=f"{site}/pad")
    async with devtools(server, alone) as client:
        session = await client.attach(tab)
        await client.evaluate("addEventListener('beforeunload', event => event.preventDefault())", session)
        sdk.computers.click(alone, x=310, y=20)  # only a page that was touched may ask
        assert sdk.computers.tabs.delete(tab, id=alone).status == "SUCCESS"


async def test_a_page_cannot_keep_its_visitor(
    server: LocalServer, sdk: Lightcone, alone: str, site: str
) -> None:
    sdk.computers.navigate(alone, url=f"{site}/pad")
    async with devtools(server, alone) as client:
        await client.evaluate("addEventListener('beforeunload', event => event.preventDefault()), 1")
        sdk.computers.click(alone, x=310, y=20)
        assert sdk.computers.navigate(alone, url=f"{site}/").status == "SUCCESS"


def test_a_tab_that_cannot_arrive_is_open_all_the_same(sdk: Lightcone, alone: str) -> None:
    answer = sdk.computers.tabs.create(alone, url="http://nowhere.invalid/")
    assert (answer.status, answer.error_message) == ("EXECUTION_ERROR", "net::ERR_NAME_NOT_RESOLVED")
    assert str((answer.result or {})["created_tab_id"]) == main_of(sdk, alone)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "chrome://version", "nowhere"])
def test_no_tab_opens_at_an_address_of_the_inside(sdk: Lightcone, alone: str, url: str) -> None:
    answer = sdk.computers.tabs.create(alone, url=url)
    assert answer.status == "EXECUTION_ERROR" and "cannot be opened here" in str(answer.error_message)
    assert len(tabs_of(sdk, alone)) == 1


@pytest.mark.parametrize("tab", ["F" * 32, "nothing", "%20", "x" * 2000, "<b>"])
def test_an_unknown_tab_is_a_failed_action(http: httpx.Client, alone: str, tab: str) -> None:
    for answer in (
        http.delete(f"/computers/{alone}/tabs/{tab}"),
        http.post(f"/computers/{alone}/tabs/{tab}/switch"),
    ):
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["error_message"]) == (
            "EXECUTION_ERROR",
            "Tab not found",
        )


@pytest.mark.must("bodies")
def test_empty_bodies_are_taken_and_wrong_ones_are_400(http: httpx.Client, alone: str) -> None:
    json = {"Content-Type": "application/json"}
    made = http.post(f"/computers/{alone}/tabs", headers=json).json()["result"]["created_tab_id"]
    assert http.post(f"/computers/{alone}/tabs/{made}/switch", headers=json).json()["status"] == "SUCCESS"
    assert http.request("DELETE", f"/computers/{alone}/tabs/{made}", headers=json).status_code == 200
    for body in ({"url": 3}, {"url": ["http://x"]}, {"settle_ms": "long"}):
        assert http.post(f"/computers/{alone}/tabs", json=body).status_code == 400


@pytest.mark.sdk("POST /computers/{id}/viewport", "computers.viewport")
async def test_a_viewport_is_one_tabs(server: LocalServer, sdk: Lightcone, alone: str) -> None:
    first = main_of(sdk, alone)
    second = created(sdk, alone)
    assert sdk.computers.viewport(alone, width=640, height=480, scale_factor=2).status == "SUCCESS"
    async with devtools(server, alone) as client:
        sizes = [await client.evaluate(INNER, await client.attach(tab)) for tab in (first, second)]
    assert sizes == [[800, 600, 1], [640, 480, 2]]


@pytest.mark.sdk("POST /computers/{id}/viewport", "computers.viewport")
async def test_tabs_of_one_window_keep_their_own(server: LocalServer, sdk: Lightcone, alone: str) -> None:
    first = main_of(sdk, alone)
    async with devtools(server, alone) as client:
        second = (await client("Target.createTarget", url="about:blank"))["targetId"]
        wait_until(lambda: len(tabs_of(sdk, alone)) == 2, 20, "the second tab")
        sdk.computers.viewport(alone, width=500, height=400, tab_id=second)
        session = await client.attach(second)
        for target, wanted in ((first, [800, 600, 1]), (second, [500, 400, 1])):
            sdk.computers.tabs.switch(target, id=alone)
            session = await client.attach(target)
            assert await client.evaluate(INNER, session) == wanted


@pytest.mark.sdk("POST /computers/{id}/viewport", "computers.viewport")
async def test_a_viewport_lasts_and_what_acts_there_knows_it(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str
) -> None:
    computer = fresh(display={"width": 800, "height": 600})
    sdk.computers.viewport(computer, width=500, height=400, scale_factor=2)
    sdk.computers.navigate(computer, url=f"{site}/pad")
    async with devtools(server, computer) as client:
        assert await client.evaluate(INNER) == [500, 400, 2]
        sdk.computers.click(computer, x=640, y=40)
        assert "click 320 20 0" in await client.evaluate("log")
        sdk.computers.viewport(computer, width=800, height=600, scale_factor=1)
        assert await client.evaluate(INNER) == [800, 600, 1]
