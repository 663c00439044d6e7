"""What a driver does on the screen becomes the timeline, and everybody who looks sees it at once."""

from __future__ import annotations

import re
from typing import Any

from computers.models import Computer, TimelineEvent
from computers.timeline import WRITER
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.screens import Screen

SECRET = "correct horse battery staple"


@unit
def told(computer: Computer) -> list[tuple[str, str, Any]]:
    rows = TimelineEvent.objects.filter(computer=computer, kind="input").order_by("number")
    return [(row.actor_name, row.sentence, row.step) for row in rows]


@unit
def everything_stored() -> str:
    return str([*TimelineEvent.objects.values(), *AuditEvent.objects.values()])


def numbers(screen: Screen) -> list[int]:
    """Every entry that was pushed, in the order in which it came."""
    html = "".join(message["html"] for message in screen.of("timeline"))
    return [int(found) for found in re.findall(r'data-number="(\d+)"', html)]


async def test_a_drivers_input_is_folded_and_named(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.click(10, 20)
        await screen.text(SECRET)
        await screen.strike("Enter", "Enter")
        await screen.click(30, 40, times=2)
        await soon(lambda: len(room.browser.inputs) == 11)
        await screen.release_control()
    await WRITER.flush()
    assert await told(room.computer) == [
        ("Bob", "clicked (10, 20)", {"type": "click", "x": 10, "y": 20}),
        ("Bob", f"typed {len(SECRET)} characters", {"type": "type"}),
        ("Bob", "pressed Enter", {"type": "keypress", "keys": ["Enter"]}),
        ("Bob", "double-clicked (30, 40)", {"type": "double_click", "x": 30, "y": 40}),
    ]
    assert SECRET not in await everything_stored()


async def test_what_was_refused_is_not_told(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.pointer("down", 1, 1, "left", buttons=1, view=(screen.view + 1) % 65536)
        await screen.heard("error", code="stale_view")
        await screen.release_control()
    await WRITER.flush()
    assert await told(room.computer) == []


async def test_everybody_who_looks_hears_of_it_in_order_and_without_gaps(
    room: Room, bob: User, vera: User
) -> None:
    async with await room.enter(bob) as screen, await room.enter(vera) as other:
        # How far it is on arrival.
        await other.heard("timeline", last=0, html="")
        await screen.shown()
        await screen.take_control()
        for x in range(5):
            await screen.click(10 + 50 * x, 20)
        await soon(lambda: len(room.browser.inputs) == 15)
        await screen.release_control()
        await other.until(lambda: numbers(other)[-1:] == [7])
        assert numbers(other) == [1, 2, 3, 4, 5, 6, 7]
        batches = [message for message in other.of("timeline") if message["html"]]
        assert batches[0]["first"] == 1
        assert [batch["first"] for batch in batches[1:]] == [batch["last"] + 1 for batch in batches[:-1]]
        assert SECRET not in str(other.messages)


@unit
def everything_told(computer: Computer) -> list[str]:
    rows = TimelineEvent.objects.filter(computer=computer).order_by("number")
    return [row.sentence for row in rows if row.kind in {"input", "tab"}]


async def opened(computer: Computer) -> bool:
    await WRITER.flush()
    return "a tab opened" in await everything_told(computer)


async def test_a_click_stands_above_the_tab_that_it_opened(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        await screen.click(10, 20)
        await soon(lambda: len(room.browser.inputs) == 3)
        room.browser.open_tab("T2", "https://example.org/")
        await soon(lambda: opened(room.computer))
        await screen.release_control()
    await WRITER.flush()
    assert await everything_told(room.computer) == ["clicked (10, 20)", "a tab opened"]
