"""A terminal whose service answers in every shape, streamed and buffered; and then the next command runs."""

from __future__ import annotations

import pytest

from computers.models import Computer
from dashboard.database import unit
from tests.computers.odd.conftest import Desk, clean, patience, quiet
from tests.computers.odd.shapes import ANYWHERE, FAILED, OK, SUCCESSES, UNKNOWN, Shape, endless, said
from tests.support.commands import EXEC, HEAD, SYNC, line, lines
from tests.support.sockets import sign_in
from tests.support.terminals import consumer_terminal

#: The errors inside a success; nothing else of an action's answer is a command's result.
INSIDE = {name: shape for name, shape in SUCCESSES.items() if "inside" in name}
BUFFERED: dict[str, Shape] = {
    **ANYWHERE,
    **{name: Shape(shape.script, UNKNOWN) for name, shape in SUCCESSES.items() if name not in INSIDE},
    **INSIDE,
    "unknown word": said({"status": "PARTIAL"}, UNKNOWN),
    "only a code": said({"exit_code": 3}, OK),
    "wrong types of a result": said({"exit_code": "0", "stdout": 7, "stderr": None}, OK),
    "a code and an error": said({"exit_code": 1, "stdout": "", "error": "It said no."}, OK),
    "half a character": said(b'{"exit_code": 0, "stdout": "\\ud800"}', UNKNOWN),
}
STREAMED: dict[str, Shape] = {
    **ANYWHERE,
    "enormous": Shape(endless(HEAD, b"x" * 262_144), UNKNOWN),
    "drip": Shape(endless(HEAD, b" ", 0.02), UNKNOWN, deadline=True),
    "cut": Shape(lines(line("stdout", data="."), b'{"type": "ex'), UNKNOWN),
    "no gzip": ANYWHERE["no gzip"],
    **{name: Shape(shape.script, UNKNOWN) for name, shape in SUCCESSES.items()},
    "cannot": Shape(lines(line("error", code="NO_SHELL", message="There is\u0000 no shell.")), FAILED),
    "cannot, and why not": Shape(lines(line("error")), FAILED),
    "odd lines": Shape(lines(b"\n[]\nnull\n7\n{\n", line("stdout", data=7), line("exit", code=0)), OK),
    "odd code": Shape(lines(line("exit", code="none")), OK),
    "more after the end": Shape(lines(line("exit", code=0), line("stdout", data="late")), OK),
}


@unit
def _streams(computer: Computer, on: bool) -> None:
    computer.connection.streams_commands = on
    computer.connection.save()


@pytest.mark.parametrize(("path", "shapes"), [(SYNC, BUFFERED), (EXEC, STREAMED)], ids=["sync", "streamed"])
async def test_each_odd_answer_to_a_command_is_one_sentence_and_the_truth(
    desk: Desk,
    path: str,
    shapes: dict[str, Shape],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _streams(desk.computer, path == EXEC)
    session, wrong = await sign_in(desk.bob), []
    for name, shape in {**shapes, "well again": said({"exit_code": 0}, OK)}.items():
        if name == "well again" and path == EXEC:
            shape = Shape(lines(line("exit", code=0)), OK)
        caplog.clear()
        desk.answers(path, shape)
        with patience(shape, monkeypatch):
            async with consumer_terminal(desk.computer.public_id, session) as terminal:
                ended = await terminal.run("ls")
        rows, entries = await desk.audited(), await desk.noted()
        told = ended.get("message", "")
        checks = {
            "one call": desk.asked_once("POST", path, shape),
            "audit": [each.outcome for each in rows] == ["requested", shape.fate],
            "timeline": [each.outcome for each in entries] == ["", shape.fate],
            "outcome": (ended["outcome"] == "exit") is (shape.fate == OK),
            "sentence": shape.fate == OK or 5 < len(told) < 700,
            "may still run": ended.get("may_run", False) is (shape.fate == UNKNOWN),
            "clean": clean(told) and terminal.errors == [],
            "quiet": quiet(caplog.records),
        }
        if bad := [check for check, well in checks.items() if not well]:
            wrong.append(f"{name}: {bad}; {ended} {[each.outcome for each in rows]}")
    assert not wrong, "\n".join(wrong)
