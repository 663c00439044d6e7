"""The contract's checklist (§6) for a compatible local server, and the tests that hold each line of it.

`python -m tests.architecture.checklist` writes docs/checklist.md from the tests' own `must` marks.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source import ROOT, python_files

DOCUMENT = ROOT / "docs" / "checklist.md"

#: Lines about browser computers, by the name that a mark calls them. The first word is the contract's own.
BROWSER = {
    "routes": "MUST serve every path without a trailing slash, and never redirect",
    "bodies": "MUST take an empty body that calls itself JSON, and `{}`, without any CSRF token",
    "json": "MUST answer JSON as `application/json`",
    "statuses": "MUST list a bare array, create with 201, terminate with 204, and 404 the second time",
    "refusals": "MUST answer a wrong key with 401 and an unknown computer with 404 `Session not found`, as problems",
    "pictures": "MUST give a screenshot's address absolute, a JPEG for whoever knows it, unguessable, for a time",
    "actions": "MUST take execute wrapped and flat, every form of scroll and drag, a wait with no time, any key's name",
    "wishes": "MUST take `screenshot_after` and `settle_ms` in the query of any action",
    "streams": "MUST stream events unbuffered, the first byte at once, and one at least every 30 s",
    "lines": "MUST stream commands as lines ended by `\\n`, none of them blank, the last `exit` or `error`",
    "casing": "SHOULD say `ready` on create and `RUNNING` later",
    "deprecated": "SHOULD keep `auto_kill` and `timeout_seconds` working, both directions",
    "kinds": "SHOULD answer a bad `kind` with 400",
    "once": "SHOULD do once what a client sends again",
    "patience": "SHOULD answer `exec/sync` within its client's patience, or be found again",
    "devtools": "SHOULD serve `/cdp/json/version` in both forms, with the key in header or query, and carry it on",
    "permanent": "MUST NOT answer a permanent error with one that is retried, an empty list with `null`, or redirect",
}
#: Lines about what else the API has: marked as their parts come.
OTHER = {
    "desktops": "MUST let desktop computers navigate, be read and have tabs",
    "responses": "MUST give the output of `/v1/responses` whole: every field that the SDK's types want",
    "conversations": "MUST take `previous_response_id` and whole histories, both computer tools, both kinds of picture",
    "chat": "MUST serve `/chat/completions` as well as `/v1/chat/completions`",
    "tasks": "MUST stream a task so that the SDK survives it: comments inside frames, no empty frame at the end",
    "types": "MUST send the seven known event types of a task, and others only to who asked",
    "keys": "MUST answer a repeated `idempotency_key` with the same task, `reused`",
}
HEAD = """# Checklist

What the contract (§6) asks of a compatible local server, line by line, and the tests that hold it against
`local_lightcone`. Written by `python -m tests.architecture.checklist` from the `must` marks of the tests; the suite
fails when it is out of date, or when a line about browser computers has no test that runs the official SDK.

| line | tests | with the SDK |
|---|---|---:|
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """A test that is marked to hold a line."""

    test: str
    runs_the_sdk: bool


def holdings() -> dict[str, list[Holding]]:
    """By line."""
    found: defaultdict[str, list[Holding]] = defaultdict(list)
    for path in python_files("tests/local_lightcone"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = [mark for each in node.decorator_list if (mark := _mark(each))]
                holding = Holding(_name(path, node.name), any(name == "sdk" for name, _ in marks))
                for name, line in marks:
                    if name == "must":
                        found[line].append(holding)
    return found


def document() -> str:
    """docs/checklist.md as it should be."""
    found, rows = holdings(), []
    for name, line in {**BROWSER, **OTHER}.items():
        tests = sorted(found.get(name, []), key=lambda holding: holding.test)
        shown = "<br>".join(f"`{holding.test}`" for holding in tests) or "(not about browsers)"
        rows.append(f"| {line} | {shown} | {sum(holding.runs_the_sdk for holding in tests) or ''} |")
    return HEAD + "\n".join(rows) + "\n"


def _mark(decorator: ast.expr) -> tuple[str, str] | None:
    if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).startswith("pytest.mark."):
        return None
    first = next(_texts(decorator), "")
    return ast.unparse(decorator.func).removeprefix("pytest.mark."), first


def _texts(call: ast.Call) -> Iterator[str]:
    yield from (
        each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def _name(path: Path, test: str) -> str:
    return f"{path.relative_to(ROOT / 'tests' / 'local_lightcone')}::{test}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
