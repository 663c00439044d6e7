"""The terminal's socket, protocol 1 (docs/protocol.md): what browsers say, strictly, and the header of the output.

Nothing here knows sockets or clocks.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from computers.wire.commands import DEFAULT_TIMEOUT, HOME, Command, Stream

PROTOCOL = 1
#: stream u8 (1 stdout, 2 stderr), three bytes of nothing, sequence u32; then UTF-8, never cut inside a character.
HEADER = struct.Struct("<BxxxI")
STREAMS: dict[Stream, int] = {"stdout": 1, "stderr": 2}
SEQUENCE_MODULUS = 1 << 32

#: Limits on what a browser may say; characters, names and seconds.
COMMAND_LIMIT = 16_384
DIRECTORY_LIMIT = 4096
NAMES_LIMIT = 64
NAME_LIMIT = 128
VALUE_LIMIT = 8192
TIMEOUT_LIMIT = 3600

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Everything below a space but tab and newline, and the delete character: no command needs them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Malformed(ValueError):
    """A message that this protocol does not have; `str()` says what is wrong with it."""

    code = "malformed"


class Unfit(Malformed):
    """A message as it should be, with something in it that cannot be run; `code` says what."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Run:
    """Run this."""

    command: Command


@dataclass(frozen=True, slots=True)
class Cancel:
    """Do not wait for what runs."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All output up to `seq` is on the screen."""

    seq: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Answered with `pong`."""


Message = Run | Cancel | Seen | Ping


def parse(text: str) -> Message:
    """One browser message; `Malformed` with a sentence when it is not exactly of this protocol."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("That is not JSON.") from None
    if not isinstance(data, dict):
        raise Malformed("A message is a JSON object.")
    kind = data.pop("type", None)
    reader, fields = (
        _READERS.get(kind, (None, frozenset[str]())) if isinstance(kind, str) else (None, frozenset())
    )
    if reader is None:
        raise Malformed("There is no such type of message.")
    if data.keys() - fields:
        raise Malformed(f"A {kind} has no such field.")
    return reader(data)


def _run(data: dict[str, Any]) -> Run:
    command = _text(data.get("command"), "The command", COMMAND_LIMIT)
    if not command.strip():
        raise Unfit("There is no command to run.", "empty")
    directory = _text(data.get("directory", HOME), "The directory", DIRECTORY_LIMIT)
    if not directory.startswith("/") or "\n" in directory:
        raise Unfit("The directory is not an absolute path.", "bad_directory")
    return Run(Command(command, directory, _environment(data.get("environment", {})), _timeout(data)))


def _text(value: Any, what: str, limit: int) -> str:
    if not isinstance(value, str):
        raise Malformed(f"{what} is not a text.")
    if len(value) > limit:
        raise Unfit(f"{what} is longer than {limit:,} characters.", "too_long")
    if _CONTROL.search(value):
        raise Unfit(f"{what} holds a control character.", "control_character")
    return value


def _environment(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Malformed("The environment is not an object.")
    if len(value) > NAMES_LIMIT:
        raise Unfit(f"The environment has more than {NAMES_LIMIT} names.", "bad_environment")
    for name, text in value.items():
        # Neither the name nor the value is quoted: a person may have put a secret into the wrong field.
        if len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
            raise Unfit(
                "A name in the environment is not letters, digits and underscores, beginning with no digit.",
                "bad_environment",
            )
        if not isinstance(text, str) or len(text) > VALUE_LIMIT or "\0" in text:
            raise Unfit(
                f"A value in the environment is not a text of at most {VALUE_LIMIT:,} characters.",
                "bad_environment",
            )
    return value


def _timeout(data: dict[str, Any]) -> int:
    value = data.get("timeout", DEFAULT_TIMEOUT)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= TIMEOUT_LIMIT:
        raise Unfit(
            f"The timeout is not a whole number of seconds from 1 to {TIMEOUT_LIMIT:,}.", "bad_timeout"
        )
    return value


def _seen(data: dict[str, Any]) -> Seen:
    seq = data.get("seq")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < SEQUENCE_MODULUS:
        raise Malformed("seq is not a whole number in range.")
    return Seen(seq)


_READERS: dict[str, tuple[Callable[[dict[str, Any]], Message], frozenset[str]]] = {
    "run": (_run, frozenset({"command", "directory", "environment", "timeout"})),
    "cancel": (lambda _data: Cancel(), frozenset()),
    "seen": (_seen, frozenset({"seq"})),
    "ping": (lambda _data: Ping(), frozenset()),
}
