from dataclasses import replace
from typing import Any

from ..problems import bad_request
from .navigate import address, navigate
from .stage import ActionFailed, Stage

LAST = "The last tab cannot be closed."


async def list_tabs(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    """`is_main` stands on the main tab only; others have no such key (contract §2.4)."""
    tabs = stage.computer.tabs
    main = (await tabs.main()).target_id
    return {
        "tabs": [
            {"tab_id": info["targetId"], "url": info["url"], "title": _title(info)}
            | ({"is_main": True} if info["targetId"] == main else {})
            for info in await tabs.listed()
        ]
    }


async def new_tab(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    url = address(body) if body.get("url") not in (None, "") else None
    tab = await stage.computer.tabs.create()
    result = {"created_tab_id": tab.target_id}
    if url is not None and url != "about:blank":
        try:
            await navigate(replace(stage, tab=tab), {"url": url})
        except ActionFailed as error:
            raise ActionFailed(str(error), result) from None
    return result


async def switch_tab(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    _named(body)
    # A popup shares its opener's window, where only the tab in front is cast.
    await stage.computer.cdp.call("Target.activateTarget", {"targetId": stage.tab.target_id})
    stage.computer.tabs.choose(stage.tab)
    return {}


async def close_tab(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    _named(body)
    if not await stage.computer.tabs.end(stage.tab):
        raise ActionFailed(LAST)
    return {}


def _named(body: dict[str, Any]) -> None:
    """Acting on whichever tab happens to be the main one is nothing to do by an omission."""
    if body.get("tab_id") is None:
        raise bad_request("tab_id must be a string.")


def _title(info: dict[str, Any]) -> str:
    """Chromium calls a page without a title by its address; the API leaves it empty."""
    return "" if info["title"] == info["url"] else str(info["title"])
