"""Two actions that models know and the API's own list of verbs does not."""

from __future__ import annotations

from typing import Any

from tzafon import Lightcone

from ..harness import LocalServer, devtools
from ..test_input import pad, value_of

__all__ = ["pad"]


async def test_a_triple_click_takes_the_whole_line(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    actions: list[Any] = [
        {"type": "type", "text": "one two three"},
        {"type": "triple_click", "x": 60, "y": 20},
        {"type": "type", "text": "all"},
    ]
    answer: Any = sdk.computers.batch(pad, actions=actions)
    assert answer["executed"] == 3
    assert await value_of(server, pad) == "all"


async def test_a_move_hovers_and_presses_nothing(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    action: Any = {"type": "move", "x": 400, "y": 100}
    assert sdk.computers.execute(pad, action=action).status == "SUCCESS"
    async with devtools(server, pad) as client:
        assert await client.evaluate("pad.matches(':hover')")
        assert await client.evaluate("log.length") == 0
