import asyncio
import contextlib
import time
from typing import Any

from ..bodies import text
from ..chromium.cdp import Json
from ..problems import bad_request
from .stage import ActionFailed, Stage

COMMIT_SECONDS = 45.0
"""The official client's read gives up after 60 s."""

LOAD_SECONDS = 10.0
"""A page that is still loading after this long has arrived all the same."""

LONGEST_URL = 500_000
"""A `data:` address carries its whole page."""

SCHEMES = ("http:", "https:", "data:", "about:blank")


async def navigate(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    url = address(body)
    since = time.monotonic()
    loaded: asyncio.Queue[str | None] = asyncio.Queue()

    def note(event: Json) -> None:
        if event["name"] == "load":
            loaded.put_nowait(event["loaderId"])

    with (
        stage.computer.cdp.listening("Page.lifecycleEvent", note, stage.tab.session),
        stage.computer.tabs.watching(lambda: loaded.put_nowait(None)),
        stage.computer.cdp.listening(
            "Page.javascriptDialogOpening", lambda _: loaded.put_nowait(None), stage.tab.session
        ),
    ):
        async with stage.computer.tabs.dialogs.leaving(stage.tab.session):
            answer = await stage.call("Page.navigate", {"url": url}, seconds=COMMIT_SECONDS)
            if error := answer.get("errorText"):
                raise ActionFailed(_reason(stage, url, since) or error)
            if loader := answer.get("loaderId"):  # none: only the fragment changed
                await _arrival(stage, loaded, loader)
    if reason := _reason(stage, await _address(stage), since):
        raise ActionFailed(reason)
    return {}


def address(body: dict[str, Any]) -> str:
    """The address asked for, if a computer may be sent there."""
    url = text(body, "url").strip()
    if len(url) > LONGEST_URL:
        raise bad_request(f"url may have {LONGEST_URL} characters.")
    if not url.lower().startswith(SCHEMES):
        raise ActionFailed(f"net::ERR_DISALLOWED_URL_SCHEME: {_scheme(url)} cannot be opened here")
    return url


async def _arrival(stage: Stage, loaded: "asyncio.Queue[str | None]", loader: str) -> None:
    """Until the page is loaded, or asks something: it goes on loading when somebody has answered."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOAD_SECONDS):
            while await loaded.get() != loader:
                if stage.computer.cdp.closed or stage.computer.tabs.find(stage.tab.target_id) is None:
                    raise ActionFailed("the tab was closed")
                if stage.computer.tabs.dialogs.asks(stage.tab.session):
                    return


def _reason(stage: Stage, url: str, since: float) -> str | None:
    try:
        return stage.computer.forwarder.failure(url, since)
    except ValueError:  # no address at all, as Chromium says itself
        return None


async def _address(stage: Stage) -> str:
    info = await stage.computer.cdp.call("Target.getTargetInfo", {"targetId": stage.tab.target_id})
    return str(info["targetInfo"]["url"])


def _scheme(url: str) -> str:
    scheme, colon, _ = url.partition(":")
    return f"{scheme[:20]}:" if colon else "an address without http: or https:"
