"""What REST verbs pressed and nobody has released yet: noted before it is pressed, let go of when driving ends.

Live input has a note of its own on the same row (`held`), which only the driving process writes. This one is written by
whichever process was asked, under the lease's epoch, and released by the same endpoints that pressed it.
"""

from __future__ import annotations

import logging
from typing import Any

from computers import leases
from computers.actions.allowed import not_driving
from computers.models import Computer
from computers.relay.hub import HUB
from computers.timeline import ours
from computers.upstream.client import Client
from computers.upstream.errors import ActionFailed, Gone, Refused, UpstreamError
from dashboard.permissions import Actor

logger = logging.getLogger(__name__)

#: How long one release may take, seconds: somebody waits to drive, or to stop.
RELEASE_TIMEOUT = 5.0
#: Most keys that one note remembers; nobody has more fingers.
KEYS_LIMIT = 16


async def note_key(actor: Actor, computer: Computer, key: str, tab: str) -> None:
    """`key` is about to be pressed."""

    def add(noted: dict[str, Any]) -> dict[str, Any]:
        keys = [each for each in _keys(noted) if each[0] != key]
        return {**noted, "keys": [*keys, [key, tab]][-KEYS_LIMIT:]}

    await _change(actor, computer, add)


async def forget_key(actor: Actor, computer: Computer, key: str) -> None:
    """`key` was released."""

    def drop(noted: dict[str, Any]) -> dict[str, Any]:
        return {**noted, "keys": [each for each in _keys(noted) if each[0] != key]}

    await _change(actor, computer, drop)


async def note_button(actor: Actor, computer: Computer, x: float, y: float, tab: str) -> None:
    """The left button is about to be pressed there."""
    await _change(actor, computer, lambda noted: {**noted, "button": [x, y, tab]})


async def forget_button(actor: Actor, computer: Computer) -> None:
    """The left button was released."""
    await _change(actor, computer, lambda noted: {**noted, "button": None})


async def let_go(computer: Computer) -> bool:
    """Release what is noted; whether all of it is. What cannot be released stays noted, for whoever drives next."""
    noted = await leases.pressed(computer.pk)
    if not noted or computer.is_gone:
        return True
    try:
        async with HUB.client(computer) as client:
            for verb, body in _releases(noted):
                await _release(client, computer, verb, body)
    except Gone:
        return True
    except UpstreamError as error:
        logger.warning("What was pressed on %s could not be released: %s", computer.public_id, error)
        return False
    await leases.forget_pressed(computer.pk, noted)
    return True


async def _release(client: Client, computer: Computer, verb: str, body: dict[str, Any]) -> None:
    try:
        done = await client.act(computer.upstream_id, verb, body, timeout=RELEASE_TIMEOUT)
        request_id = done.request_id
    except ActionFailed as error:
        # It was not pressed any more, or its tab is gone: there is nothing left to let go of.
        request_id = error.request_id
    except Refused:
        return
    # It has no entry of its own, and is nobody else's for that.
    await ours.remember(computer.pk, request_id)


def _releases(noted: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if button := noted.get("button"):
        x, y, tab = button
        found.append(("mouse-up", {"x": x, "y": y, **({"tab_id": tab} if tab else {})}))
    for key, tab in reversed(_keys(noted)):
        found.append(("key-up", {"key": key, **({"tab_id": tab} if tab else {})}))
    return found


def _keys(noted: dict[str, Any]) -> list[list[str]]:
    return list(noted.get("keys") or [])


async def _change(actor: Actor, computer: Computer, change: Any) -> None:
    standing = await leases.standing(computer.pk)
    if not standing.held_by(actor) or not await leases.note_pressed(computer.pk, standing.epoch, change):
        raise not_driving(actor, await leases.standing(computer.pk))
