"""The tabs of a browser: their order, the main one, and what is told of them. No connection."""

from __future__ import annotations

from typing import Any

import pytest

from computers.relay.tabs import TABS_LIMIT, TITLE_LIMIT, URL_LIMIT, Tab, Tabs, read_target


def tabs_of(*ids: str, main: str = "") -> tuple[Tabs, list[tuple[str, str]]]:
    """A browser that had these when it was connected to, and what it told since."""
    told: list[tuple[str, str]] = []
    tabs = Tabs(main, lambda event, tab: told.append((event, tab.id)))
    tabs.list_anew()
    for id in ids:
        tabs.put(Tab(id, id, ""))
    tabs.settle()
    return tabs, told


def ids(tabs: Tabs) -> list[str]:
    return [tab.id for tab in tabs.as_list().tabs]


def test_of_tabs_nobody_saw_opening_the_one_shown_last_is_main() -> None:
    tabs, told = tabs_of("A", "B", "C", main="B")
    assert tabs.main == "B" and told == []


def test_a_chosen_tab_is_main_and_keeps_its_place() -> None:
    tabs, told = tabs_of("A", "B", "C")
    assert tabs.show("A") and not tabs.show("A") and not tabs.show("unknown")
    assert tabs.main == "A" and ids(tabs) == ["A", "B", "C"]
    assert told == [("found", "C"), ("main", "A")]


def test_the_main_one_closed_the_one_before_it_is_main() -> None:
    tabs, told = tabs_of("A", "B", "C")
    tabs.show("A")
    assert tabs.drop("A") and tabs.main == "C" and not tabs.drop("A")
    assert told[-2:] == [("closed", "A"), ("main", "C")]


def test_a_browser_connected_to_anew_keeps_order_and_main_and_tells_what_changed() -> None:
    tabs, told = tabs_of("A", "B", "C")
    tabs.show("A")
    told.clear()
    tabs.list_anew()
    for id in ("D", "C", "A"):
        tabs.put(Tab(id, id, ""))
    tabs.settle()
    assert ids(tabs) == ["A", "C", "D"] and tabs.main == "A"
    assert told == [("closed", "B"), ("opened", "D")]


def test_what_was_seen_opening_follows_what_was_there_before_in_that_order() -> None:
    tabs = Tabs("", lambda _event, _tab: None)
    tabs.list_anew()
    for id in ("D", "A", "C", "B"):
        tabs.put(Tab(id, id, ""))
    assert list(tabs.unordered) == ["D", "A", "C", "B"]
    tabs.settle(["B", "C", "closed meanwhile"])
    assert ids(tabs) == ["D", "A", "B", "C"] and tabs.main == "C"
    tabs.list_anew()
    for id in ("E", "C", "B", "A"):
        tabs.put(Tab(id, id, ""))
    assert list(tabs.unordered) == ["E"]
    tabs.settle(["C"])
    assert ids(tabs) == ["A", "B", "C", "E"]


def test_a_connection_that_breaks_while_it_lists_loses_no_tab() -> None:
    tabs, told = tabs_of("A", "B")
    told.clear()
    tabs.list_anew()
    tabs.put(Tab("B", "B", ""))
    tabs.list_anew()
    for id in ("B", "A"):
        tabs.put(Tab(id, id, ""))
    tabs.settle()
    assert ids(tabs) == ["A", "B"] and told == []


def test_what_is_told_is_bounded() -> None:
    tabs, _ = tabs_of(*map(str, range(TABS_LIMIT + 50)))
    message = tabs.as_list().as_message()
    assert len(message["tabs"]) == TABS_LIMIT and message["more"] == 50
    assert message["tabs"][-1] == {"id": "249", "title": "249", "url": "", "main": True}
    info = {"targetId": "A", "type": "page", "title": "x" * 10_000, "url": "https://" + "y" * 10_000}
    tab = read_target(info)
    assert tab is not None and (len(tab.title), len(tab.url)) == (TITLE_LIMIT, URL_LIMIT)


@pytest.mark.parametrize(
    "info",
    [
        None,
        [],
        {},
        {"type": "page"},
        {"type": "worker", "targetId": "A"},
        {"type": "page", "targetId": "A", "url": "devtools://x"},
    ],
)
def test_what_is_no_page_is_no_tab(info: Any) -> None:
    assert read_target(info) is None
