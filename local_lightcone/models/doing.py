"""How each kind of step is done: the next action on the way to it, words instead, or the reason for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .elements import CLICKED, TEXTS, Element, NotFound, Sight, find, shows
from .steps import LONG_WAY, Kind, Step

MOST_SCROLLS = 30
MOST_LOOKS = 2
MOST_WAITS = 30
WAIT_MS = 1000
LONGEST_READ = 2_000
BLIND = "I cannot see the elements of this picture."
TICKED = frozenset(("checkbox", "radio", "switch"))
CHOSEN = frozenset(("combobox",))
OPTIONS = frozenset(("option", "menuitem", "radio"))


class Ask(Exception):
    """A step that needs a person; the message says why."""


@dataclass(frozen=True, slots=True)
class Act:
    action: dict[str, Any]
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Say:
    """The step is done without an action."""

    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What a step is done with."""

    step: Step
    tried: list[str]
    shown: bool
    sight: Sight | None
    navigates: bool
    """Whether there is an action that opens an address; else it is typed into the address line."""


def _looking(view: View) -> Sight | Act:
    """The page's elements; a look at the page if nothing was shown since the last action."""
    if view.sight is not None:
        return view.sight
    if view.shown:
        raise Ask(BLIND)
    if view.tried.count("screenshot") >= MOST_LOOKS:
        raise Ask("I am not shown a picture of the page.")
    return Act({"type": "screenshot"}, ends=False)


def _near(view: View, sight: Sight, element: Element) -> Act | None:
    """The way to an element that is not in the picture."""
    if element.seen:
        return None
    if view.tried.count("scroll") >= MOST_SCROLLS:
        raise Ask(f"I do not get to {view.step.target} by scrolling.")
    across = 0 if 0 <= element.x < sight.width else round(element.x - sight.width / 2)
    down = 0 if 0 <= element.y < sight.height else round(element.y - sight.height / 2)
    across, down = (max(-LONG_WAY, min(LONG_WAY, far)) for far in (across, down))
    return Act(scrolling(across, down), ends=False)


def scrolling(across: int, down: int) -> dict[str, Any]:
    return {"type": "scroll", "x": 500, "y": 500, "scroll_x": across, "scroll_y": down}


def clicking(point: tuple[int, int], button: str = "left") -> dict[str, Any]:
    return {"type": "click", "x": point[0], "y": point[1], "button": button}


def _point(
    view: View, roles: frozenset[str], make: Callable[[tuple[int, int]], dict[str, Any]], *, ends: bool = True
) -> Act:
    assert view.step.target is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    element = find(sight, view.step.target, roles)
    return _near(view, sight, element) or Act(make(sight.point(element)), ends)


def _go(view: View) -> Act | Say:
    if view.navigates:
        return Act({"type": "navigate", "url": view.step.text})
    if "keypress" not in view.tried:
        return Act({"type": "keypress", "keys": ["ctrl", "l"]}, ends=False)
    if "type" not in view.tried:
        return Act({"type": "type", "text": view.step.text}, ends=False)
    return Act({"type": "keypress", "keys": ["enter"]})


def _click(view: View) -> Act | Say:
    return _point(view, CLICKED, clicking)


def _double_click(view: View) -> Act | Say:
    return _point(view, CLICKED, lambda point: {"type": "double_click", "x": point[0], "y": point[1]})


def _right_click(view: View) -> Act | Say:
    return _point(view, CLICKED, lambda point: clicking(point, "right"))


def _tick(view: View) -> Act | Say:
    assert view.step.target is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    element = find(sight, view.step.target, TICKED)
    if element.role not in TICKED:
        raise Ask(f"{view.step.target} is no check box.")
    if element.checked == (view.step.kind == "tick"):
        return Say("It is so already.")
    return _near(view, sight, element) or Act(clicking(sight.point(element)))


def _type(view: View) -> Act | Say:
    typing = Act({"type": "type", "text": view.step.text})
    if view.step.target is None:
        return typing
    if "click" not in view.tried:
        return _point(view, TEXTS, clicking, ends=False)
    if "keypress" not in view.tried and _is_filled(view):
        return Act({"type": "keypress", "keys": ["ctrl", "a"]}, ends=False)
    return typing


def _is_filled(view: View) -> bool:
    assert view.step.target is not None
    try:
        return view.sight is not None and find(view.sight, view.step.target, TEXTS).filled
    except NotFound:
        return False


def _select(view: View) -> Act | Say:
    assert view.step.to is not None
    if "click" not in view.tried:
        return _point(view, CHOSEN, clicking, ends=False)
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    assert view.step.target is not None
    box = find(sight, view.step.target, CHOSEN)
    if box.tag != "select":
        return Act(clicking(sight.point(find(sight, view.step.to, OPTIONS))))
    if "type" not in view.tried:  # its list is drawn by the browser, not by the page
        return Act({"type": "type", "text": view.step.text}, ends=False)
    return Act({"type": "keypress", "keys": ["enter"]})


def _press(view: View) -> Act | Say:
    left = view.step.times - view.tried.count("keypress")
    return Act({"type": "keypress", "keys": list(view.step.keys)}, ends=left <= 1)


def _scroll(view: View) -> Act | Say:
    return Act(scrolling(*view.step.amount))


def _scroll_to(view: View) -> Act | Say:
    assert view.step.target is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    element = find(sight, view.step.target, CLICKED)
    return _near(view, sight, element) or Say("It is in view.")


def _wait(view: View) -> Act | Say:
    return Act({"type": "wait", "ms": view.step.amount[0]})


def _wait_for(view: View) -> Act | Say:
    assert view.step.target is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    if shows(sight, view.step.target):
        return Say("It is there.")
    if view.tried.count("wait") >= MOST_WAITS:
        raise Ask(f"{view.step.target} did not appear.")
    return Act({"type": "wait", "ms": WAIT_MS}, ends=False)


def _read(view: View) -> Act | Say:
    assert view.step.target is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    words = view.step.target.words.lower()
    if words in ("title", "page title"):
        return Say(sight.title)
    if words in ("url", "address"):
        return Say(sight.url)
    if words == "page":
        seen = sorted((e for e in sight.elements if e.seen and e.name), key=lambda e: (e.y, e.x))
        return Say(" / ".join(e.name for e in seen)[:LONGEST_READ])
    element = find(sight, view.step.target, alike=True)
    return Say(element.value or element.name)


def _ask(view: View) -> Act | Say:
    raise Ask(view.step.text or "You wanted a person here.")


def _say(view: View) -> Act | Say:
    return Say(view.step.text)


def _look(view: View) -> Act | Say:
    return Act({"type": "screenshot"})


def _drag(view: View) -> Act | Say:
    assert view.step.target is not None and view.step.to is not None
    sight = _looking(view)
    if isinstance(sight, Act):
        return sight
    ends = [find(sight, target, CLICKED) for target in (view.step.target, view.step.to)]
    for element in ends:
        if way := _near(view, sight, element):
            return way
    (x1, y1), (x2, y2) = (sight.point(element) for element in ends)
    path = [{"x": x1, "y": y1}, {"x": x2, "y": y2}]
    return Act({"type": "drag", "path": path, "x": x1, "y": y1, "end_x": x2, "end_y": y2})


def _done(view: View) -> Act | Say:
    return Say("")


def _unclear(view: View) -> Act | Say:
    raise Ask("I do not understand it. I do plain steps only, such as: click 'Sign in'.")


DOING: dict[Kind, Callable[[View], Act | Say]] = {
    "go": _go,
    "click": _click,
    "double_click": _double_click,
    "right_click": _right_click,
    "tick": _tick,
    "untick": _tick,
    "select": _select,
    "type": _type,
    "press": _press,
    "scroll": _scroll,
    "scroll_to": _scroll_to,
    "wait": _wait,
    "wait_for": _wait_for,
    "read": _read,
    "ask": _ask,
    "say": _say,
    "look": _look,
    "drag": _drag,
    "done": _done,
    "unclear": _unclear,
}
