"""The contract's index (§3.0): every endpoint of the Lightcone API, and which issue of ours it belongs to.

`python -m tests.architecture.api_index` writes docs/api-coverage.md from it and from the tests' own marks.
"""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import ROOT, python_files

DOCUMENT = ROOT / "docs" / "api-coverage.md"

#: Endpoints of a browser computer, by their number in the index.
BROWSER = {
    7: "GET /computers",
    8: "GET /computers/{id}",
    9: "DELETE /computers/{id}",
    10: "POST /computers/{id}/batch",
    11: "POST /computers/{id}/change-proxy",
    12: "POST /computers/{id}/click",
    13: "POST /computers/{id}/debug",
    14: "POST /computers/{id}/double-click",
    15: "POST /computers/{id}/drag",
    16: "GET /computers/{id}/events",
    17: "POST /computers/{id}/execute",
    18: "POST /computers/{id}/hotkey",
    19: "POST /computers/{id}/html",
    20: "POST /computers/{id}/keepalive",
    21: "POST /computers/{id}/key-down",
    22: "POST /computers/{id}/key-up",
    23: "POST /computers/{id}/mouse-down",
    24: "POST /computers/{id}/mouse-up",
    25: "POST /computers/{id}/navigate",
    26: "POST /computers/{id}/right-click",
    27: "GET /computers/{id}/screencast",
    28: "POST /computers/{id}/screenshot",
    29: "POST /computers/{id}/scroll",
    30: "GET /computers/{id}/status",
    31: "POST /computers/{id}/type",
    32: "POST /computers/{id}/viewport",
    33: "GET /computers/{id}/ws",
    34: "POST /computers/{id}/exec",
    35: "POST /computers/{id}/exec/sync",
    36: "GET /computers/{id}/tabs",
    37: "POST /computers/{id}/tabs",
    38: "DELETE /computers/{id}/tabs/{tab_id}",
    39: "POST /computers/{id}/tabs/{tab_id}/switch",
    45: "POST /computers",
    47: "GET /computers/{id}/cdp(/json/version)",
}
#: Endpoints of agent tasks.
AGENTS = {
    1: "POST /agent/tasks",
    2: "POST /agent/tasks/stream",
    3: "GET /agent/tasks/{id}",
    4: "POST /agent/tasks/{id}/messages",
    5: "POST /agent/tasks/{id}/pause",
    6: "POST /agent/tasks/{id}/resume",
}
#: Endpoints of models.
MODELS = {
    40: "POST /v1/responses",
    41: "GET /v1/responses/{id}",
    42: "DELETE /v1/responses/{id}",
    43: "POST /v1/responses/{id}/cancel",
    44: "POST /v1/chat/completions",
    46: "GET /v1/models",
}
#: The same socket under another name: what presses one presses the other.
SAME_AS = {"GET /computers/{id}/ws": "GET /computers/{id}/cdp(/json/version)"}
HEAD = """# API coverage

Every endpoint of the Lightcone API (contract's index), the call of the official SDK that the suite runs against
`local_lightcone`, the control in the page, and the test that presses it in a real browser. Written by
`python -m tests.architecture.api_index` from the marks of the tests themselves; the suite fails when it is out of date.
A test that is marked with an SDK call fails unless the SDK really made it.

| # | endpoint | SDK call | control | pressed by |
|---:|---|---|---|---|
"""
TAIL = """
`/ws` is the same DevTools socket as `/cdp` (its protocol is not published); Lightdeck uses `/cdp`. `/cdp` has no method
of its own in the SDK: its tests use the client's `get`, Playwright and a raw socket.
"""


@dataclass(slots=True)
class Covered:
    """What the tests' marks say of one endpoint."""

    calls: set[str] = field(default_factory=set)
    controls: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Mark:
    """`@pytest.mark.<name>(endpoint, what)` on the test `test`."""

    name: str
    endpoint: str
    what: str
    test: str


@functools.cache
def marks() -> tuple[Mark, ...]:
    """Every `sdk` and `pressed` mark, read from the sources once."""
    return tuple(_read_marks())


def _read_marks() -> Iterator[Mark]:
    for path in python_files("tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from (mark for each in node.decorator_list if (mark := _mark(each, path, node.name)))


def _mark(decorator: ast.expr, path: Path, test: str) -> Mark | None:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return None
    name, texts = decorator.func.attr, [getattr(each, "value", None) for each in decorator.args]
    if name not in ("sdk", "pressed") or not ast.unparse(decorator.func).startswith("pytest.mark."):
        return None
    endpoint, what = (str(text) for text in texts)
    return Mark(name, endpoint, what, f"{path.relative_to(ROOT / 'tests')}::{test}")


def covered() -> dict[str, Covered]:
    """By endpoint."""
    found: defaultdict[str, Covered] = defaultdict(Covered)
    for mark in marks():
        entry = found[mark.endpoint]
        if mark.name == "sdk":
            entry.calls.add(mark.what)
        else:
            entry.controls.add(mark.what)
            entry.tests.add(mark.test)
    for endpoint, other in SAME_AS.items():
        found[endpoint].controls = {f"{control} (by `/cdp`)" for control in found[other].controls}
        found[endpoint].tests = found[other].tests
    return found


def document() -> str:
    """docs/api-coverage.md as it should be."""
    found = covered()
    rows = []
    for number, endpoint in sorted({**BROWSER, **AGENTS, **MODELS}.items()):
        entry = found.get(endpoint, Covered())
        calls = ", ".join(f"`{call}`" for call in sorted(entry.calls))
        controls = ", ".join(sorted(entry.controls))
        test = min(entry.tests, key=lambda name: (len(name), name)) if entry.tests else ""
        rows.append(f"| {number} | `{endpoint}` | {calls} | {controls} | {f'`{test}`' if test else ''} |")
    return HEAD + "\n".join(rows) + "\n" + TAIL


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
