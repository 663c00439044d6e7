"""The text that is selected on a computer, for whoever asks for it. It is handed on and kept nowhere."""

from __future__ import annotations

from computers.actions.acted import acted
from computers.actions.allowed import admit
from computers.models import Computer
from computers.relay.hub import HUB
from dashboard.permissions import Action, Actor

#: Longest id of a tab that is looked up, characters.
TAB_LIMIT = 64


async def copy_text(actor: Actor, computer: Computer, tab: str = "") -> str:
    """The selection of `tab` (else of the main one); `ActionFailed` with a sentence when there is none to copy."""
    await admit(actor, Action.COPY_TEXT, computer)
    async with acted(actor, Action.COPY_TEXT, computer, "copied the selected text") as found:
        async with HUB.linked(computer) as link:
            text = await link.selection(tab[:TAB_LIMIT])
        found["result"] = {"characters": len(text)}
    return text
