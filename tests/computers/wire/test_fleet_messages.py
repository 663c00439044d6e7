"""What the wall's socket understands."""

from __future__ import annotations

import orjson
import pytest

from computers.wire.fleet import TILES_LIMIT, Ping, Seen, Watch, parse
from computers.wire.screen import Malformed


def test_what_it_understands() -> None:
    assert parse('{"type": "ping"}') == Ping()
    assert parse('{"type": "watch", "computers": ["a", "b", "a"]}') == Watch(("a", "b"))
    assert parse('{"type": "seen", "frames": [[1, 7], [2, 0]]}') == Seen(((1, 7), (2, 0)))


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        [],
        {"type": "dance"},
        {"type": ["watch"]},
        {"type": "watch"},
        {"type": "watch", "computers": "a"},
        {"type": "watch", "computers": [1]},
        {"type": "watch", "computers": ["../a"]},
        {"type": "watch", "computers": ["a" * 17]},
        {"type": "watch", "computers": [str(number) for number in range(TILES_LIMIT + 1)]},
        {"type": "seen", "frames": [[1]]},
        {"type": "seen", "frames": [[1, True]]},
        {"type": "seen", "frames": [[-1, 1]]},
        {"type": "seen", "frames": [[1, 2**32]]},
        {"type": "seen", "frames": {}},
    ],
)
def test_anything_else_is_malformed(message: object) -> None:
    with pytest.raises(Malformed):
        parse(message if isinstance(message, str) else orjson.dumps(message).decode())
