"""An action that a model proposed, carried out by a person on a computer: through the verbs that everybody uses, so
with their permission, lease, audit and timeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from computers.actions import browse, generic, keys, pointer, screen
from computers.actions.edges import screen_of
from computers.actions.perform import Done
from computers.actions.refusal import Refused
from computers.models import Computer
from computers.wire.model_actions import HELD, SCROLLED, STRUCK, ModelAction, Place, pixels
from dashboard.permissions import Actor

#: What a wait lasts where the model does not say, milliseconds: what upstream's own harness takes.
WAIT_MS = 1000

Carry = Callable[[Actor, Computer, ModelAction, Place, Place], Awaitable[Any]]


async def carry_out(actor: Actor, computer: Computer, action: ModelAction) -> str:
    """Run it; a sentence that says what was done. `Refused`, `PermissionDenied`, `UpstreamError`."""
    if action.trouble:
        raise Refused(action.trouble, "not_runnable")
    at, to = _place(computer, action.at), _place(computer, action.to)
    done = await _carry(action)(actor, computer, action, at, to)
    took = f" in {done.milliseconds} ms" if isinstance(done, Done) else ""
    return f"Done{took}."


def _place(computer: Computer, place: Place | None) -> Place:
    """Where it is on that computer, picture pixels."""
    if place is None:
        return (0.0, 0.0)
    size = screen_of(computer)
    if size is None:
        raise Refused(
            f"The size of {computer.label} is not known here: open its cockpit once, then try again.",
            "no_size",
        )
    x, y = pixels(place, size.width, size.height)
    # 999.9 of 1000 must not be rounded over the edge.
    return min(x, size.width - 1.0), min(y, size.height - 1.0)


def _carry(action: ModelAction) -> Carry:
    if action.kind in STRUCK:
        return _strike
    if action.kind in HELD:
        return _hold
    if action.kind in SCROLLED:
        return _scroll
    return _CARRY[action.kind]


async def _click(actor: Actor, computer: Computer, action: ModelAction, at: Place, _to: Place) -> Done:
    if action.button in {"", "left"}:
        return await pointer.click(actor, computer, *at)
    if action.button == "right":
        return await pointer.right_click(actor, computer, *at)
    return await generic.execute(
        actor, computer, {"type": "click", "x": at[0], "y": at[1], "button": action.button}
    )


async def _point_and_type(
    actor: Actor, computer: Computer, action: ModelAction, at: Place, _to: Place
) -> Done:
    await pointer.click(actor, computer, *at)
    return await keys.type_text(actor, computer, action.text)


async def _strike(actor: Actor, computer: Computer, action: ModelAction, _at: Place, _to: Place) -> Done:
    names = list(action.keys)
    return await keys.hotkey(actor, computer, names[0] if len(names) == 1 else names)


async def _hold(actor: Actor, computer: Computer, action: ModelAction, _at: Place, _to: Place) -> Done | None:
    verb = keys.key_down if action.kind == "key_down" else keys.key_up
    done = None
    for name in action.keys:
        done = await verb(actor, computer, name)
    return done


async def _scroll(actor: Actor, computer: Computer, action: ModelAction, at: Place, _to: Place) -> Done:
    place = at if action.at is not None else (None, None)
    return await pointer.scroll(actor, computer, *action.by, *place)


async def _wait(actor: Actor, computer: Computer, action: ModelAction, _at: Place, _to: Place) -> Done:
    ms = WAIT_MS if action.ms is None else action.ms
    return await generic.execute(actor, computer, {"type": "wait", "ms": round(ms)})


def _execute(actor: Actor, computer: Computer, action: ModelAction, at: Place, _to: Place) -> Awaitable[Done]:
    """What has no verb of its own; whether the service has it, it says itself."""
    return generic.execute(actor, computer, {"type": action.kind, "x": at[0], "y": at[1]})


_CARRY: dict[str, Carry] = {
    "click": _click,
    "double_click": lambda actor, computer, _, at, __: pointer.double_click(actor, computer, *at),
    "right_click": lambda actor, computer, _, at, __: pointer.right_click(actor, computer, *at),
    "triple_click": _execute,
    "move": _execute,
    "mouse_down": lambda actor, computer, _, at, __: pointer.mouse_down(actor, computer, *at),
    "mouse_up": lambda actor, computer, _, at, __: pointer.mouse_up(actor, computer, *at),
    "point_and_type": _point_and_type,
    "type": lambda actor, computer, action, *_: keys.type_text(actor, computer, action.text),
    "drag": lambda actor, computer, _, at, to: pointer.drag(actor, computer, *at, *to),
    "navigate": lambda actor, computer, action, *_: browse.navigate(actor, computer, action.url),
    "wait": _wait,
    "screenshot": lambda actor, computer, *_: screen.screenshot(actor, computer),
}
