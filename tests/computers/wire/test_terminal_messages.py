"""What a terminal's page may say: commands that can be run, and nothing else."""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from computers.wire.commands import DEFAULT_TIMEOUT, HOME, Command
from computers.wire.terminal import (
    COMMAND_LIMIT,
    NAMES_LIMIT,
    TIMEOUT_LIMIT,
    VALUE_LIMIT,
    Cancel,
    Malformed,
    Ping,
    Run,
    Seen,
    parse,
)

BAD: list[tuple[dict[str, Any], str]] = [
    ({"command": ""}, "empty"),
    ({"command": " \t\n "}, "empty"),
    ({"command": "x" * (COMMAND_LIMIT + 1)}, "too_long"),
    *(({"command": f"echo a{character}b"}, "control_character") for character in "\0\x07\x1b\x7f\r"),
    *(({"command": odd}, "malformed") for odd in (None, 1, ["ls"])),
    *(({"directory": odd}, "bad_directory") for odd in ("", "tmp", "../x", "/a\nb", "~")),
    ({"directory": "/\0"}, "control_character"),
    ({"directory": None}, "malformed"),
    *(({"timeout": odd}, "bad_timeout") for odd in (0, -1, TIMEOUT_LIMIT + 1, 1e9, 1.5, "10", None, True)),
    *(({"environment": odd}, "malformed") for odd in (None, ["A"], "A=1")),
    *(
        ({"environment": {name: "1"}}, "bad_environment")
        for name in ("", "1A", "A-B", "A=B", "A B", "Ä", "A\n", "x" * 129)
    ),
    *(
        ({"environment": {"A": value}}, "bad_environment")
        for value in (None, 1, "\0", "x" * (VALUE_LIMIT + 1))
    ),
    ({"environment": {f"A{number}": "" for number in range(NAMES_LIMIT + 1)}}, "bad_environment"),
    ({"env": {}}, "malformed"),
]


def said(kind: str, **fields: Any) -> str:
    return orjson.dumps({"type": kind, **fields}).decode()


def test_a_command_is_read_with_the_defaults_of_the_service() -> None:
    assert parse(said("run", command="ls -la")) == Run(Command("ls -la", HOME, {}, DEFAULT_TIMEOUT))


def test_a_command_is_read_with_everything() -> None:
    message = said("run", command="a\n\tb", directory="/tmp", environment={"A_1": "x\ny"}, timeout=3600)
    assert parse(message) == Run(Command("a\n\tb", "/tmp", {"A_1": "x\ny"}, 3600))


@pytest.mark.parametrize(("fields", "code"), BAD)
def test_what_cannot_be_run_is_refused_with_one_sentence(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(said("run", **{"command": "ls", **fields}))
    assert refused.value.code == code and str(refused.value).endswith(".")


def test_a_refusal_repeats_neither_names_nor_values_of_the_environment() -> None:
    for environment in ({"hunter2 hunter2": "x"}, {"A": "hunter2" * 4000}):
        with pytest.raises(Malformed) as refused:
            parse(said("run", command="ls", environment=environment))
        assert "hunter2" not in str(refused.value)


def test_the_values_of_the_environment_are_in_no_repr() -> None:
    assert "hunter2" not in repr(parse(said("run", command="ls", environment={"A": "hunter2"})))


@pytest.mark.parametrize("seq", [-1, 2**32, 1.0, "1", None, True])
def test_an_acknowledgement_is_a_number_in_range(seq: Any) -> None:
    with pytest.raises(Malformed):
        parse(said("seen", seq=seq))


def test_the_other_messages_are_read() -> None:
    assert [parse(said("seen", seq=7)), parse(said("cancel")), parse(said("ping"))] == [
        Seen(7),
        Cancel(),
        Ping(),
    ]
    for odd in (
        "",
        "[]",
        "nonsense",
        '{"type": 1}',
        '{"type": []}',
        '{"type": "input"}',
        '{"type": "ping", "at": 1}',
    ):
        with pytest.raises(Malformed):
            parse(odd)


JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**60), 2**60)
    | some.floats(allow_nan=False)
    | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@given(
    some.dictionaries(
        some.sampled_from(["type", "command", "directory", "environment", "timeout", "seq"]), JSON
    ),
    some.sampled_from(["run", "cancel", "seen", "ping", "x"]),
)
def test_anything_is_a_message_or_malformed(fields: dict[str, Any], kind: str) -> None:
    with contextlib.suppress(Malformed):
        parse(
            orjson.dumps({**fields, "type": kind}, option=orjson.OPT_NON_STR_KEYS).decode("utf-8", "replace")
        )
