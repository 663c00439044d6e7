"""What holds for every test that runs programs: a second try, a time limit for each try, and an early turn.

A journey through four processes may be late on a machine that has no core to spare; the summary names whoever needed
the second try. A test that runs nothing but its own process has no such excuse.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pytest_timeout import Settings

#: The fixtures that run a program. Tests that start one by hand have the marker.
PROGRAMS = frozenset(
    {"stack", "own_stack", "local", "another_server", "web_process", "shared_browser", "browser"}
)
MARKER = "programs"
RERUNS = 1
#: Of a first try's failure, this much is said, characters.
SAID_LIMIT = 600
#: A journey through pages takes several times as long as a call of the local server.
PAGES, WEIGHT_OF_A_JOURNEY = "tests/browser/pages/", 5
#: Elsewhere the word "server" may mean something else.
LOCAL = "tests/local_lightcone/"


def runs_programs(item: pytest.Item) -> bool:
    """Whether it asks for a program, itself or through another fixture."""
    return item.get_closest_marker(MARKER) is not None or not PROGRAMS.isdisjoint(_asks_for(item))


def _asks_for(item: pytest.Item) -> set[str]:
    names = set(getattr(item, "fixturenames", ()))
    if "server" in names and item.nodeid.startswith(LOCAL):
        return {*names, "another_server"}
    return names


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = [item for item in items if runs_programs(item)]
    for item in slow:
        item.add_marker(pytest.mark.flaky(reruns=RERUNS))
    # Whole files, the longest ones first: with these at the end one worker would wait for the other.
    places = {path: place for place, path in enumerate(_longest_first(slow))}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def _longest_first(items: list[pytest.Item]) -> list[Path]:
    weights = Counter[Path]()
    for item in items:
        weights[item.path] += WEIGHT_OF_A_JOURNEY if item.nodeid.startswith(PAGES) else 1
    return [path for path, _ in weights.most_common()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what became of each first try: a fault that shows itself once in twenty runs is mended from that."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_line(f"FIRST TRY {report.nodeid}: {_what_happened(report)}")


def _what_happened(report: pytest.TestReport) -> str:
    """Our last line on the way to the failure, and the beginning of what it said."""
    ours = [
        f"{entry.reprfileloc.path}:{entry.reprfileloc.lineno}"
        for entry in getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
        if getattr(entry, "reprfileloc", None) and entry.reprfileloc.path.startswith("tests/")
    ]
    said = getattr(getattr(report.longrepr, "reprcrash", None), "message", report.longreprtext)
    return " ".join([*ours[-1:], *said.split()])[:SAID_LIMIT]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _limit(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    _limit(item)


def _limit(item: pytest.Item) -> None:
    """pytest-timeout's clock stops at the first failure: neither the teardown nor a second try may hang."""
    seconds = float(item.config.getoption("timeout") or item.config.getini("timeout") or 0)
    if seconds:
        item.ihook.pytest_timeout_cancel_timer(item=item)
        item.ihook.pytest_timeout_set_timer(item=item, settings=Settings(seconds, "signal", False, False))
