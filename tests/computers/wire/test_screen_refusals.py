"""What is not of the protocol is refused with a sentence, whatever it is."""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from computers.wire.screen import CONTROL_ACTIONS, POINTER_ACTIONS, Malformed, parse

POINTER = {"type": "pointer", "action": "move", "x": 1, "y": 1, "view": 1, "epoch": 1}
KEY = {"type": "key", "action": "down", "key": "a", "view": 1, "epoch": 1}
TEXT = {"type": "text", "text": "a", "view": 1, "epoch": 1}
WHOLE: dict[str, dict[str, Any]] = {
    "pointer": POINTER,
    "key": KEY,
    "text": TEXT,
    "answer": {"type": "answer", "accept": True, "number": 1, "view": 1, "epoch": 1},
    "seen": {"type": "seen", "seq": 1},
    "watch": {"type": "watch", "tab": "main"},
    "control": {"type": "control", "action": "take"},
    "pace": {"type": "pace", "max_fps": 30},
    "ping": {"type": "ping", "at": 1},
}

BAD_FIELDS: list[tuple[str, str, Any]] = [
    *(("pointer", "action", bad) for bad in ("", "jump", None, 1, ["move"])),
    *(("pointer", place, bad) for place in ("x", "y", "dx", "dy") for bad in ("1", None, True, [1], 100_001)),
    ("pointer", "x", -100_001),
    *(("pointer", "button", bad) for bad in ("LEFT", "sixth", 1, None)),
    *(("pointer", "buttons", bad) for bad in (32, -1, 1.5, "1", True)),
    *(("pointer", "clicks", bad) for bad in (-1, 1001, 0.5)),
    *(("pointer", "modifiers", bad) for bad in (16, -1, "8", None)),
    *(
        (kind, "view", bad)
        for kind in ("pointer", "key", "text")
        for bad in (65536, -1, 1.0, "1", None, True)
    ),
    *((kind, "epoch", bad) for kind in ("pointer", "key", "text") for bad in (2**53 + 1, -1, 1.0, "1", None)),
    *(("key", "action", bad) for bad in ("press", "move", None)),
    *(("key", "key", bad) for bad in ("x" * 41, None, 1, "a\0")),
    *(("key", "code", bad) for bad in ("x" * 41, None, 1)),
    *(("key", "text", bad) for bad in ("x" * 17, None, 1, "\0")),
    *(("key", "repeat", bad) for bad in (1, "true", None)),
    *(("text", "text", bad) for bad in ("x" * 50_001, None, 1, "a\0b")),
    *(("answer", "number", bad) for bad in (2**53 + 1, -1, 1.0, "1", None, True)),
    *(("answer", "accept", bad) for bad in (1, "true", None)),
    *(("seen", "seq", bad) for bad in (-1, 2**32, 1.5, "1", None, True)),
    *(("watch", "tab", bad) for bad in ("x" * 65, None, 1)),
    *(("control", "action", bad) for bad in ("steal", None, 1)),
    *(("control", "reason", bad) for bad in ("x" * 301, None, 1)),
    *(("pace", "max_fps", bad) for bad in (-0.1, 121, "30", None, True)),
    *(("ping", "at", bad) for bad in ("now", None, True)),
]


@pytest.mark.parametrize(("kind", "name", "bad"), BAD_FIELDS)
def test_it_refuses_a_bad_field_by_its_name(kind: str, name: str, bad: Any) -> None:
    with pytest.raises(Malformed, match=rf"\b{name}\b"):
        parse(orjson.dumps({**WHOLE[kind], name: bad}).decode())


@pytest.mark.parametrize(
    ("kind", "name"),
    [("pointer", name) for name in ("action", "x", "y", "view", "epoch")]
    + [("key", name) for name in ("action", "key", "view", "epoch")]
    + [("text", name) for name in ("text", "view", "epoch")]
    + [("answer", name) for name in ("number", "view", "epoch")]
    + [("seen", "seq"), ("control", "action"), ("pace", "max_fps")],
)
def test_it_refuses_a_message_without_a_field_it_needs(kind: str, name: str) -> None:
    rest = {key: value for key, value in WHOLE[kind].items() if key != name}
    with pytest.raises(Malformed, match=rf"\b{name}\b"):
        parse(orjson.dumps(rest).decode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nonsense",
        "null",
        "[]",
        "1",
        '"seen"',
        "{}",
        '{"type": null}',
        '{"type": []}',
        '{"type": {}}',
        '{"type": "Seen", "seq": 1}',
        '{"type": "nonsense"}',
        '{"type": "seen", "seq": NaN}',
        '{"type": "pace", "max_fps": 1e999}',
        '{"type": "ping", "at": Infinity}',
        "[" * 5000,
        "\ud800",
        '{"type": "text", "text": "\\ud800", "view": 1, "epoch": 1}',
        '{"type":"seen","seq":1} trailing',
    ],
)
def test_it_refuses_what_is_no_message(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


def test_a_refusal_quotes_nothing_that_was_typed() -> None:
    with pytest.raises(Malformed) as refused:
        parse(orjson.dumps({**TEXT, "text": "secret\0"}).decode())
    assert "secret" not in str(refused.value)


numbers = some.floats() | some.integers(-(2**70), 2**70)
words = some.sampled_from([*sorted(POINTER_ACTIONS | CONTROL_ACTIONS | WHOLE.keys()), "left", "main"])
leaves = some.none() | some.booleans() | numbers | some.text(max_size=60) | words
values = some.recursive(leaves, lambda inner: some.lists(inner, max_size=3), max_leaves=4)


@settings(deadline=None)
@given(some.text())
def test_any_text_is_read_or_malformed(text: str) -> None:
    with contextlib.suppress(Malformed):
        parse(text)


@settings(deadline=None)
@given(some.sampled_from(sorted(WHOLE)), some.data())
def test_any_change_of_any_message_is_read_or_malformed(kind: str, data: some.DataObject) -> None:
    names = some.sampled_from([*POINTER, *KEY, "seq", "tab", "max_fps", "reason", "repeat", "buttons", "at"])
    changes = data.draw(some.dictionaries(names, values, max_size=4))
    try:
        text = orjson.dumps({**WHOLE[kind], **changes}).decode()
    except TypeError:  # an integer that JSON writers of ours do not write
        text = str({**WHOLE[kind], **changes}).replace("'", '"')
    with contextlib.suppress(Malformed):
        parse(text)
