"""axe finds nothing wrong on any page of the house, light or dark, wide or on a phone; none is wider than its window,
asks for what its own policy forbids, or complains in the console. What opens only when something is pressed is looked
at where it is pressed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from playwright.async_api import Page

from dashboard.models import User
from tests.browser.conftest import ONE_LOOP
from tests.browser.pages.conftest import Windows
from tests.browser.pages.places import EVERY, NO_PAGES, PEOPLE, PLACES, Place
from tests.browser.pages.visits import TELL, TEMPLATES, listen, show, wrong
from tests.dashboard.access.conftest import Ids, ours
from tests.dashboard.access.conftest import window as window_of
from tests.support.addresses import addresses, names

__all__ = ["ours", "window_of"]

#: What others extend.
LAYOUTS = {"bare.html", "base.html", "account/base_reauthenticate.html", "allauth/layouts/base.html"}
#: What stands at no address.
NOWHERE = {"404.html", "500.html"}


def test_every_address_is_a_page_here_or_is_said_to_be_none() -> None:
    pages = {_view(place) for place in EVERY if place.template not in NOWHERE}
    everything = set(names())
    assert everything - pages - NO_PAGES.keys() == set(), "a line in places.py is missing"
    assert NO_PAGES.keys() - everything == NO_PAGES.keys() & pages == set()


def _view(place: Place) -> str:
    """The name of its address, whatever ids stand in it."""
    return resolve(re.sub(r"{\w+}", "1", place.address).partition("?")[0]).view_name


def test_every_template_of_a_page_is_here() -> None:
    whole = {
        file.relative_to(TEMPLATES).as_posix()
        for file in TEMPLATES.rglob("*.html")
        if "{% extends" in file.read_text(encoding="utf-8") and not file.name.startswith("_")
    }
    assert whole - LAYOUTS == {place.template for place in EVERY}


def test_what_is_said_to_be_no_page_is_none(ours: Ids, window_of: Any, alice: User) -> None:
    browser: Client = window_of(alice)
    for each in addresses():
        address = each.of(**ours)
        if "get" in each.methods and resolve(address).view_name in NO_PAGES:
            answer = browser.get(address)
            assert answer.status_code >= 400 or answer.streaming or b"<html" not in answer.content, address


@ONE_LOOP
@pytest.mark.timeout(600)  # forty pages in one test
@pytest.mark.parametrize("part", PLACES)
async def test_the_pages_of(window: Windows, things: dict[str, Any], part: str) -> None:
    visits: dict[str, Visit] = {}
    bad: dict[str, list[object]] = {}
    for place in PLACES[part]:
        if place.who not in visits:
            visits[place.who] = await Visit.begin(window, place.who)
        if found := await visits[place.who].wrong(place, things):
            bad[place.name] = found
    assert bad == {}


class Visit:
    """Somebody who goes from page to page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints = listen(page)

    @classmethod
    async def begin(cls, window: Windows, who: str) -> Visit:
        page = await window("charlie" if who == "nobody" else who, PEOPLE[who])
        if who == "nobody":
            await page.context.clear_cookies()
        await page.add_init_script(TELL)
        return cls(page)

    async def wrong(self, place: Place, things: dict[str, Any]) -> list[object]:
        """What is wrong with that page."""
        answer = await show(self.page, place, things)
        found = await wrong(self.page, place, answer)
        # A browser itself complains of an answer that is none.
        found += [said for said in self.complaints if place.status < 400 or "Failed to load" not in said]
        self.complaints.clear()
        return found
