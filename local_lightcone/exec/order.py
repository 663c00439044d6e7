"""What a caller asks to be run, checked."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..bodies import text
from ..problems import bad_request
from .limits import (
    DEFAULT_SECONDS,
    LONGEST_COMMAND,
    LONGEST_CWD,
    LONGEST_VARIABLE,
    MOST_SECONDS,
    MOST_VARIABLE_BYTES,
    MOST_VARIABLES,
)

WORKSPACE = "/workspace"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


@dataclass(frozen=True, slots=True)
class Order:
    command: str
    cwd: str = WORKSPACE
    """Absolute. A folder that is not there is the shell's to report, as on any machine."""

    env: tuple[tuple[str, str], ...] = ()
    seconds: float = DEFAULT_SECONDS


def read_order(body: dict[str, Any]) -> Order:
    command = _plain(text(body, "command"), "command", LONGEST_COMMAND)
    if not command.strip():
        raise bad_request("command is empty.")
    given = body.get("cwd")
    cwd = WORKSPACE if given in (None, "") else _plain(text(body, "cwd"), "cwd", LONGEST_CWD)
    return Order(command, posixpath.join(WORKSPACE, cwd), _env(body.get("env")), _seconds(body))


def _env(value: object) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise bad_request("env must be an object of strings.")
    if len(value) > MOST_VARIABLES:
        raise bad_request(f"env may have {MOST_VARIABLES} variables.")
    for name in value:
        if not isinstance(name, str) or not VARIABLE.fullmatch(name):
            raise bad_request("env may name variables with letters, digits and underscores only.")
    env = tuple((name, _plain(text(dict(value), name), f"env {name}", LONGEST_VARIABLE)) for name in value)
    if sum(len(name) + len(setting.encode()) for name, setting in env) > MOST_VARIABLE_BYTES:
        raise bad_request(f"env may have {MOST_VARIABLE_BYTES} bytes.")
    return env


def _seconds(body: dict[str, Any]) -> float:
    value = body.get("timeout_seconds")
    if value is None:
        return DEFAULT_SECONDS
    # Comparisons refuse NaN, too.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= MOST_SECONDS:
        raise bad_request(f"timeout_seconds must be a number above 0, at most {MOST_SECONDS}.")
    return float(value)


def _plain(value: str, name: str, most: int) -> str:
    if "\0" in value:
        raise bad_request(f"{name} holds a NUL character.")
    if len(value.encode()) > most:
        raise bad_request(f"{name} may have {most} bytes.")
    return value
