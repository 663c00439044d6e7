"""The end of a computer, as those see it who look: everything says so at the same time, and nothing else between."""

from __future__ import annotations

import pytest

from computers import records
from computers.actions.machines import ENDING_NEWS
from computers.consumers import telling
from computers.models import Computer
from dashboard import live
from dashboard.database import unit
from dashboard.models import User
from tests.computers.consumers.conftest import Room
from tests.support.screens import Screen


def states(screen: Screen) -> list[str]:
    """Each once, as long as it lasted."""
    told = [message["state"] for message in screen.of("state")]
    return [state for state, before in zip(told, ["", *told], strict=False) if state != before]


async def test_while_it_is_terminated_a_broken_connection_is_no_news(room: Room, bob: User) -> None:
    group = live.computer_group(room.computer.public_id)
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.heard("timeline")
        await live.publish(group, ENDING_NEWS, by="Alice")
        assert (await screen.heard("state", state="ending"))["reason"] == "Alice terminates this computer…"
        room.service.ends()
        room.service.hang_up()
        ended = await screen.heard("state", state="ended")
        kinds = [message["type"] for message in screen.messages if message["type"] in {"state", "fact"}]
    assert states(screen)[-2:] == ["ending", "ended"] and "reconnecting" not in states(screen)
    assert ended["reason"] == "ended by the service"
    # What stands around the picture is told before the picture's own end, after which nobody listens.
    assert kinds[-2:] == ["fact", "state"]


async def test_one_that_goes_on_after_all_is_shown_as_it_is(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = live.computer_group(room.computer.public_id)
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.heard("timeline")
        await live.publish(group, ENDING_NEWS, by="Alice")
        await screen.heard("state", state="ending")
        await live.publish(group, ENDING_NEWS, by="")
        await screen.until(lambda: states(screen)[-1] in {"live", "idle"})
        # Whoever terminates may die before saying how it went.
        monkeypatch.setattr(telling, "ENDING_WITHIN", 0.2)
        await live.publish(group, ENDING_NEWS, by="Alice")
        await screen.until(lambda: states(screen)[-1] == "ending")
        await screen.until(lambda: states(screen)[-1] in {"live", "idle"})


async def test_who_comes_after_its_row_was_marked_is_told_all_the_same(room: Room, bob: User) -> None:
    """The row's news was out before this socket listened, so the link alone finds that it has ended."""
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.heard("timeline")
        await unit(Computer.objects.update)(gone_at="2026-01-01T00:00:00Z", gone_reason="idle limit reached")
        room.service.ends()
        room.service.hang_up()
        assert (await screen.heard("state", state="ended"))["reason"] == records.IDLE_LIMIT_REACHED
