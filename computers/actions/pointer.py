"""The mouse over REST. Places are picture pixels from the top left (contract §1.6); no tab means the main one."""

from __future__ import annotations

from typing import Any

from computers.actions import pressed
from computers.actions.allowed import admission, admit
from computers.actions.edges import check_place, scale_of, screen_of
from computers.actions.inputs import coordinate, number, tab_id
from computers.actions.perform import Done, perform
from computers.actions.places import in_css_pixels
from computers.models import Computer
from computers.timeline import words
from computers.upstream.verbs import DRAG_TIMEOUT, INPUT_TIMEOUT
from dashboard.permissions import Action, Actor

#: The single-place verbs: what they are called upstream, in a macro, and in the past tense.
CLICKS = {
    Action.CLICK: ("click", "click", "clicked"),
    Action.DOUBLE_CLICK: ("double-click", "double_click", "double-clicked"),
    Action.RIGHT_CLICK: ("right-click", "right_click", "right-clicked"),
}


async def click(actor: Actor, computer: Computer, x: float, y: float, tab: str = "") -> Done:
    """`POST /click`: the left button, once."""
    return await _click(actor, Action.CLICK, computer, x, y, tab)


async def double_click(actor: Actor, computer: Computer, x: float, y: float, tab: str = "") -> Done:
    """`POST /double-click`."""
    return await _click(actor, Action.DOUBLE_CLICK, computer, x, y, tab)


async def right_click(actor: Actor, computer: Computer, x: float, y: float, tab: str = "") -> Done:
    """`POST /right-click`."""
    return await _click(actor, Action.RIGHT_CLICK, computer, x, y, tab)


async def drag(
    actor: Actor, computer: Computer, x1: float, y1: float, x2: float, y2: float, tab: str = ""
) -> Done:
    """`POST /drag`: press at the first place, move, release at the second."""
    body: dict[str, Any] = {
        "x1": coordinate(x1, "x1", "From x"),
        "y1": coordinate(y1, "y1", "From y"),
        "x2": coordinate(x2, "x2", "To x"),
        "y2": coordinate(y2, "y2", "To y"),
    }
    check_place(body, screen_of(computer, tab_id(tab)))
    told = f"dragged {words.at(body['x1'], body['y1'])} → {words.at(body['x2'], body['y2'])}"
    return await _act(actor, Action.DRAG, computer, "drag", body, tab, told, "drag", DRAG_TIMEOUT)


async def scroll(
    actor: Actor,
    computer: Computer,
    dx: float,
    dy: float,
    x: float | None = None,
    y: float | None = None,
    tab: str = "",
) -> Done:
    """`POST /scroll`: right and down are positive; without a place, where upstream likes."""
    body: dict[str, Any] = {
        "dx": number(dx, "dx", "To the right"),
        "dy": number(dy, "dy", "Down"),
    }
    if x is not None or y is not None:
        body |= _at(computer, x, y, tab)
    told = f"scrolled by ({body['dx']:g}, {body['dy']:g})"
    return await _act(actor, Action.SCROLL, computer, "scroll", body, tab, told, "scroll")


async def mouse_down(actor: Actor, computer: Computer, x: float, y: float, tab: str = "") -> Done:
    """`POST /mouse-down`: the left button stays pressed; it is noted, so that whoever stops driving lets go of it."""
    await admit(actor, Action.MOUSE_DOWN, computer)
    body = _at(computer, x, y, tab)
    await pressed.note_button(actor, computer, body["x"], body["y"], tab_id(tab))
    told = f"pressed the mouse at {words.at(body['x'], body['y'])}"
    return await _act(actor, Action.MOUSE_DOWN, computer, "mouse-down", body, tab, told, "mouse_down")


async def mouse_up(actor: Actor, computer: Computer, x: float, y: float, tab: str = "") -> Done:
    """`POST /mouse-up`, perhaps elsewhere than it was pressed."""
    body = _at(computer, x, y, tab)
    told = f"let go of the mouse at {words.at(body['x'], body['y'])}"
    done = await _act(actor, Action.MOUSE_UP, computer, "mouse-up", body, tab, told, "mouse_up")
    await pressed.forget_button(actor, computer)
    return done


async def _click(actor: Actor, action: Action, computer: Computer, x: float, y: float, tab: str) -> Done:
    verb, word, past = CLICKS[action]
    body = _at(computer, x, y, tab)
    return await _act(
        actor, action, computer, verb, body, tab, f"{past} {words.at(body['x'], body['y'])}", word
    )


async def _act(
    actor: Actor,
    action: Action,
    computer: Computer,
    verb: str,
    body: dict[str, Any],
    tab: str,
    sentence: str,
    word: str,
    timeout: float = INPUT_TIMEOUT,
) -> Done:
    step = {"type": word, **in_css_pixels(body, scale_of(computer, tab))}
    body = {**body, **({"tab_id": tab} if tab_id(tab) else {})}
    return await perform(
        actor,
        action,
        computer,
        sentence,
        lambda client: client.act(computer.upstream_id, verb, body, timeout=timeout),
        request=body,
        step=step,
        admission=admission(actor, action, computer),
        **body,
    )


def _at(computer: Computer, x: float | None, y: float | None, tab: str) -> dict[str, Any]:
    place = {"x": coordinate(x, "x", "x"), "y": coordinate(y, "y", "y")}
    check_place(place, screen_of(computer, tab_id(tab)))
    return place
