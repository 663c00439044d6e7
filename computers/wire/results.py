"""What an action's answer carries: tabs, pictures, HTML, a batch's steps. Liberal in every shape of contract §4."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from computers.wire.upstream import ActionResult

#: Where a picture may be, in the order of looking.
PICTURE_KEYS = ("screenshot_url", "screenshot_base64", "base64", "image", "screenshot", "data")
#: The ones of them that may be an address.
LINK_KEYS = frozenset({"screenshot_url", "image", "screenshot"})
#: Where a page's HTML may be.
HTML_KEYS = ("html_content", "html", "content")
#: Tabs that are read of one list, and steps of one batch's answer; and the longest of a tab's texts, characters.
TABS_LIMIT, RESULTS_LIMIT = 500, 1000
TAB_TEXT_LIMIT = 4096
#: The status of a step whose answer is nothing that the contract knows.
NOT_UNDERSTOOD = "not understood"
#: What the first bytes of a picture say about it.
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}

_ID = re.compile(r"[!-~]{1,128}")
_DATA_URL = re.compile(r"data:[\w/+.-]*(?:;[\w=+.-]+)*;base64,", re.IGNORECASE)
_LINK = re.compile(r"https?://|/(?!9j/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TabFacts:
    """One tab as upstream lists it."""

    id: str
    url: str
    title: str
    main: bool


def read_tabs(data: Any) -> list[TabFacts]:
    """`result.tabs`, `tabs`, or a bare list; `ValueError` when there is no list. What has no usable id is left out."""
    result = data.get("result") if isinstance(data, dict) else None
    for place in (result, data):
        if isinstance(place, dict):
            place = place.get("tabs")
        if isinstance(place, list):
            return [tab for each in place[:TABS_LIMIT] if (tab := _tab(each)) is not None]
    raise ValueError("Not a list of tabs.")


def created_tab(answer: ActionResult) -> str:
    """The new tab's id, wherever it stands; empty when it is not said."""
    return _first_text(answer.result, ("created_tab_id", "tab_id")) or answer.tab


@dataclass(frozen=True, slots=True)
class Picture:
    """Either the picture itself or where it can be fetched; `url` may be relative to the base URL."""

    url: str = ""
    content: bytes = b""


def read_picture(result: dict[str, Any]) -> Picture | None:
    """The picture in an action's result; None when there is none that can be understood."""
    for key in PICTURE_KEYS:
        value = result.get(key)
        if not isinstance(value, str) or not value:
            continue
        if key in LINK_KEYS and _LINK.match(value):
            return Picture(url=value)
        found = _DATA_URL.match(value)
        try:
            content = base64.b64decode(value[found.end() :] if found else value, validate=True)
        except (binascii.Error, ValueError):
            # Neither base64 nor an address: a relative one, if it has no spaces in it.
            if key == "screenshot_url" and not re.search(r"\s", value):
                return Picture(url=value)
            continue
        if media_type(content):
            return Picture(content=content)
    return None


def media_type(content: bytes) -> str:
    """`image/jpeg` or `image/png` by the first bytes, whatever anybody calls it; empty for anything else."""
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), "")


def read_html(result: dict[str, Any]) -> str | None:
    """The page's HTML, perhaps empty; None when the result has none."""
    return next((result[key] for key in HTML_KEYS if isinstance(result.get(key), str)), None)


def read_batch(data: Any) -> list[ActionResult]:
    """The answer of each step that was run: `results`, `result.results` or a bare list; `ValueError` else."""
    result = data.get("result") if isinstance(data, dict) else None
    for place in (data, result):
        if isinstance(place, dict):
            place = place.get("results")
        if isinstance(place, list):
            return [_step(each) for each in place[:RESULTS_LIMIT]]
    raise ValueError("Not the results of a batch.")


def _step(data: Any) -> ActionResult:
    try:
        return ActionResult.read(data)
    except ValueError:
        return ActionResult(False, NOT_UNDERSTOOD, "", {}, "")


def _tab(data: Any) -> TabFacts | None:
    id = _first_text(data, ("tab_id", "id", "targetId")) if isinstance(data, dict) else ""
    # Dots alone would lead to another address than the tab's.
    if not _ID.fullmatch(id) or not id.strip("."):
        return None
    main = any(data.get(key) is True for key in ("is_main", "is_active", "active"))
    url, title = (_first_text(data, (name,))[:TAB_TEXT_LIMIT] for name in ("url", "title"))
    return TabFacts(id, url, title, main)


def _first_text(data: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((data[key] for key in keys if isinstance(data.get(key), str) and data[key]), "")
