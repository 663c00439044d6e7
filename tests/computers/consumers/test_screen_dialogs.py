"""Dialogs of the page: an answer is for the one that was shown, and for no other."""

from __future__ import annotations

from typing import Any

from dashboard.models import User
from tests.computers.conftest import soon
from tests.computers.consumers.conftest import Room
from tests.support.screens import Screen

OPENING, ANSWER = "Page.javascriptDialogOpening", "Page.handleJavaScriptDialog"


def ask(room: Room, message: str, kind: str = "alert") -> None:
    dialog = {"type": kind, "message": message, "defaultPrompt": ""}
    room.browser.event(OPENING, dialog, next(iter(room.browser.sessions)))


async def told(screen: Screen, message: str) -> dict[str, Any]:
    """The state that told of this dialog."""

    def states() -> list[dict[str, Any]]:
        return [state for state in screen.of("state") if (state["dialog"] or {}).get("message") == message]

    await screen.until(states)
    return states()[-1]


async def answer(screen: Screen, state: dict[str, Any]) -> None:
    aim = {"view": state["view"], "epoch": screen.epoch}
    await screen.say("answer", accept=True, number=state["dialog"]["number"], **aim)


async def test_an_answer_to_an_older_dialog_is_refused(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        ask(room, "n0")
        first = await told(screen, "n0")
        ask(room, "Delete all?", "confirm")
        second = await told(screen, "Delete all?")
        assert second["dialog"]["number"] > first["dialog"]["number"] and second["view"] == first["view"]
        await answer(screen, first)
        refusal = await screen.heard("error", code="stale_view")
        assert refusal["message"] == "That dialog is no longer open."
        assert room.browser.calls(ANSWER) == []
        await answer(screen, second)
        await soon(lambda: room.browser.calls(ANSWER))


async def test_dialogs_that_say_the_same_are_still_two(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        ask(room, "Again?")
        first = await told(screen, "Again?")
        ask(room, "Again?")
        await screen.until(lambda: screen.of("state")[-1]["dialog"] != first["dialog"])


async def test_a_dialog_is_answered_once(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        ask(room, "n0")
        state = await told(screen, "n0")
        await answer(screen, state)
        await answer(screen, state)
        await screen.heard("error", code="stale_view")
        await soon(lambda: room.browser.calls(ANSWER))
        assert len(room.browser.calls(ANSWER)) == 1


async def test_an_answer_without_a_number_is_malformed(room: Room, bob: User) -> None:
    async with await room.enter(bob) as screen:
        await screen.shown()
        await screen.take_control()
        ask(room, "n0")
        await told(screen, "n0")
        await screen.say("answer", accept=True, view=screen.view, epoch=screen.epoch)
        await screen.heard("error", code="malformed")
        assert room.browser.calls(ANSWER) == []
