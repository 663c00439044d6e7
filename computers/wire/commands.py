"""A command for a computer, and what comes of it (contract §3.3). Liberal in what upstream says."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from computers.wire.upstream import one_line

#: Longest line that is put together from its pieces, bytes. A service that never ends its line has no protocol.
LINE_LIMIT = 4 * 1024 * 1024
#: Where commands run unless somebody says otherwise, and for how long, seconds: upstream's own defaults.
HOME = "/workspace"
DEFAULT_TIMEOUT = 120

Stream = Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True)
class Command:
    """What is run. The values of `environment` appear in no repr, log or entry."""

    text: str
    directory: str = HOME
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    timeout: int = DEFAULT_TIMEOUT

    def body(self) -> dict[str, Any]:
        """As upstream wants it."""
        return {
            "command": self.text,
            "cwd": self.directory,
            "env": self.environment,
            "timeout_seconds": self.timeout,
        }

    def only_changes_directory(self) -> bool:
        """Whether it is a `cd` and nothing else, so that where it ends is where the next command begins."""
        if "\n" in self.text or "`" in self.text:
            return False
        lexer = shlex.shlex(self.text, posix=True, punctuation_chars=True)
        lexer.commenters = ""
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:
            return False
        chained = any(word.startswith("#") or set(word) <= set("();<>|&") for word in words if word)
        return words[:1] == ["cd"] and not chained


@dataclass(frozen=True, slots=True)
class Output:
    """Some of what the command said."""

    stream: Stream
    text: str


@dataclass(frozen=True, slots=True)
class Exit:
    """The command ended. -1: it ran out of time, or was ended otherwise; None: upstream did not say."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Upstream could not run it: its own code and sentence."""

    code: str
    message: str


Line = Output | Exit | Failure


class Lines:
    """NDJSON in pieces of any size → lines. Holds at most `LINE_LIMIT` bytes and what was fed last."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Line]:
        """The lines that are whole now. `ValueError` once one is too long."""
        if b"\n" not in data:
            self._rest += data
        else:
            *whole, rest = (bytes(self._rest) + data).split(b"\n")
            self._rest = bytearray(rest)
            for line in whole:
                if (read := read_line(line)) is not None:
                    yield read
        if len(self._rest) > LINE_LIMIT:
            raise ValueError("A line without an end.")

    def end(self) -> Iterator[Line]:
        """The last line, if its end was left out."""
        if (read := read_line(bytes(self._rest))) is not None:
            yield read
        self._rest.clear()


def read_line(line: bytes) -> Line | None:
    """One line; None for a blank one, a type that nobody knows, or something that is no object."""
    try:
        # The standard library's: it also reads half a surrogate pair, which a command may print.
        data = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    match data.get("type"):
        case "stdout" | "stderr" as stream:
            text = data.get("data")
            return Output(stream, text) if isinstance(text, str) and text else None
        case "exit":
            return Exit(_code(data.get("code", data.get("exit_code"))))
        case "error":
            return Failure(_sentence(data.get("code")), _sentence(data.get("message")))
    return None


def read_sync(data: Any) -> list[Output | Exit]:
    """The answer of exec/sync; `ValueError` when it is none."""
    if not isinstance(data, dict) or not {"exit_code", "stdout", "stderr"} & data.keys():
        raise ValueError("No exit code and no output.")
    said: list[Output | Exit] = []
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    for stream in streams:
        if isinstance(text := data.get(stream), str) and text:
            said.append(Output(stream, text))
    return [*said, Exit(_code(data.get("exit_code")))]


def _code(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def _sentence(value: Any) -> str:
    return one_line(" ".join(str(value).split())) if isinstance(value, str | int) else ""
