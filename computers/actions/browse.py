"""Where a computer's page goes: an address, a step back or forward, the same page again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from computers.actions.acted import acted
from computers.actions.addresses import for_log, normalise
from computers.actions.allowed import admit
from computers.actions.page_errors import explained
from computers.models import Computer
from computers.relay.hub import HUB
from computers.relay.link import Link
from computers.upstream.errors import ActionFailed
from dashboard.permissions import Action, Actor

Step = Literal["back", "forward", "reload"]

STEPS: dict[Step, Action] = {"back": Action.BACK, "forward": Action.FORWARD, "reload": Action.RELOAD}
SENTENCES: dict[Step, str] = {
    "back": "went one page back",
    "forward": "went one page forward",
    "reload": "loaded the page again",
}


async def navigate(actor: Actor, computer: Computer, address: str) -> str:
    """Open what `address` means in the main tab; returns the whole URL."""
    await admit(actor, Action.NAVIGATE, computer)
    url = normalise(address)
    shown = {"url": for_log(url)}
    step = {"type": "go_to_url", **shown}
    sentence = f"opened {shown['url']}"
    await _perform(
        actor,
        Action.NAVIGATE,
        computer,
        lambda link: link.navigate(url),
        sentence,
        request=shown,
        step=step,
        **shown,
    )
    return url


async def back(actor: Actor, computer: Computer) -> None:
    """One page back."""
    await _step(actor, computer, "back")


async def forward(actor: Actor, computer: Computer) -> None:
    """One page forward."""
    await _step(actor, computer, "forward")


async def reload(actor: Actor, computer: Computer) -> None:
    """The same page again."""
    await _step(actor, computer, "reload")


async def _step(actor: Actor, computer: Computer, step: Step) -> None:
    await admit(actor, STEPS[step], computer)
    await _perform(actor, STEPS[step], computer, lambda link: link.history(step), SENTENCES[step])


async def _perform(
    actor: Actor,
    action: Action,
    computer: Computer,
    act: Callable[[Link], Awaitable[None]],
    sentence: str,
    **told: Any,
) -> None:
    async with acted(actor, action, computer, sentence, **told) as found:
        try:
            async with HUB.linked(computer) as link:
                await act(link)
        except ActionFailed as error:
            explanation = explained(error)
            found["code"] = getattr(explanation, "code", "")
            raise explanation from error
