"""A command's lines, however they are cut; and what counts as nothing but a change of directory."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from computers.wire.commands import (
    LINE_LIMIT,
    Command,
    Exit,
    Failure,
    Line,
    Lines,
    Output,
    read_line,
    read_sync,
)

OUTPUTS = some.lists(
    some.builds(Output, some.sampled_from(["stdout", "stderr"]), some.text(min_size=1)), max_size=6
)


def as_line(output: Output) -> bytes:
    return json.dumps({"type": output.stream, "data": output.text}).encode()


@given(OUTPUTS, some.lists(some.integers(1, 40), min_size=1), some.booleans())
def test_lines_are_read_whole_however_they_are_cut(
    outputs: list[Output], cuts: list[int], last: bool
) -> None:
    data = b"\n".join([*map(as_line, outputs), b'{"type":"exit","code":0}']) + (b"\n" if last else b"")
    lines = Lines()
    found: list[Line] = []
    while data:
        cut = cuts[len(found) % len(cuts)]
        found += lines.feed(data[:cut])
        data = data[cut:]
    found += lines.end()
    assert found == [*outputs, Exit(0)]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        (b"", None),
        (b"  \r", None),
        (b"nonsense", None),
        (b"[1]", None),
        (b'"text"', None),
        (b'{"type":"heartbeat"}', None),
        (b'{"type":"stdout"}', None),
        (b'{"type":"stdout","data":5}', None),
        (b'{"type":"stdout","data":""}', None),
        (b"[" * 100_000, None),
        (b'{"type":"stdout","data":"a\\ud83d"}\r', Output("stdout", "a\ud83d")),
        (b'{"type":"stdout","data":"\xff"}', Output("stdout", "\ufffd")),
        (b'{"type":"exit","code":-1}', Exit(-1)),
        (b'{"type":"exit","exit_code":3}', Exit(3)),
        (b'{"type":"exit"}', Exit(None)),
        (b'{"type":"exit","code":"0"}', Exit(None)),
        (
            b'{"type":"error","code":"E","message":"There is\\nno shell."}',
            Failure("E", "There is no shell."),
        ),
        (b'{"type":"error"}', Failure("", "")),
    ],
)
def test_one_line_means(line: bytes, meaning: Any) -> None:
    assert read_line(line) == meaning


def test_a_line_without_an_end_is_given_up() -> None:
    lines = Lines()
    with pytest.raises(ValueError):
        for _ in range(LINE_LIMIT // 65_536 + 2):
            list(lines.feed(b"x" * 65_536))


def test_the_answer_at_the_end_is_read_and_anything_else_is_none() -> None:
    whole = {"exit_code": 2, "stdout": "a", "stderr": "b"}
    assert read_sync(whole) == [Output("stdout", "a"), Output("stderr", "b"), Exit(2)]
    assert read_sync({"exit_code": 0, "stdout": None}) == [Exit(0)]
    answers: list[Any] = [{}, [], None, "x", {"status": "ok"}]
    for odd in answers:
        with pytest.raises(ValueError):
            read_sync(odd)


@pytest.mark.parametrize(
    "text", ["cd", "cd /tmp", "  cd  ..  ", "cd 'my files'", 'cd "$HOME/x"', "cd -P /x", "cd ~"]
)
def test_a_cd_that_stands_alone_is_ours(text: str) -> None:
    assert Command(text).only_changes_directory()


@pytest.mark.parametrize(
    "text",
    ["ls", "cd /tmp; ls", "cd /tmp && ls", "cd /tmp\nls", "cd $(pwd)", "cd `pwd`", "(cd /tmp)", "cd /tmp # here",
     "cd /tmp | cat", "cd /tmp &", "cd /tmp > x", "cdx", "echo cd", "cd '", "cd \\", ""],
)  # fmt: skip
def test_a_command_that_does_more_is_not(text: str) -> None:
    assert not Command(text).only_changes_directory()
