from itertools import pairwise
from typing import Any

from ..bodies import number, text
from ..chromium.cdp import CdpError
from ..problems import bad_request
from .stage import ActionFailed, Stage

DRAG_STEPS = 10
"""Pages that follow a drag expect to see it move."""

MOST_PATH_POINTS = 500
SIZE_SECONDS = 2.0
BITS = {"left": 1, "right": 2, "middle": 4, "back": 8, "forward": 16}
ALIASES = {"wheel": "middle"}

Point = tuple[float, float]


async def click(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    return await _clicks(stage, body, _button(body), 1)


async def double_click(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    return await _clicks(stage, body, "left", 2)


async def right_click(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    return await _clicks(stage, body, "right", 1)


async def triple_click(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    return await _clicks(stage, body, "left", 3)


async def move(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    x, y = _point(stage, body, "x", "y")
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseMoved", x, y)
    return {}


async def mouse_down(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    x, y = await _on_screen(stage, _point(stage, body, "x", "y"))
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseMoved", x, y)
    await _press(stage, x, y, "left", 1)
    return {}


async def mouse_up(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    x, y = _point(stage, body, "x", "y")
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseMoved", x, y)
    await _release(stage, x, y, "left", 1)
    return {}


async def drag(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    points = _way(stage, body)
    await _on_screen(stage, points[0])
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseMoved", *points[0])
    await _press(stage, *points[0], "left", 1)
    try:
        for x, y in points[1:]:
            await _mouse(stage, "mouseMoved", x, y)
    finally:
        await _release(stage, *points[-1], "left", 1)
    return {}


async def scroll(stage: Stage, body: dict[str, Any]) -> dict[str, Any]:
    names = ("x1", "y1") if body.get("x") is None and body.get("x1") is not None else ("x", "y")
    display = stage.tab.display
    x = stage.css(number(body, names[0], display.width * display.scale / 2))
    y = stage.css(number(body, names[1], display.height * display.scale / 2))
    plain = body.get("dx") is not None or body.get("dy") is not None
    across, down = ("dx", "dy") if plain else ("scroll_x", "scroll_y")
    delta = {"deltaX": stage.css(number(body, across, 0)), "deltaY": stage.css(number(body, down, 0))}
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseWheel", x, y, **delta)
    return {}


def _way(stage: Stage, body: dict[str, Any]) -> list[Point]:
    """Where a drag leads. Clients say it as a path, as two points, or as a point and an end (contract §6)."""
    if body.get("path") is not None:
        return _path(stage, body["path"])
    names = (("x", "y"), ("end_x", "end_y")) if body.get("x1") is None else (("x1", "y1"), ("x2", "y2"))
    if body.get("x1") is None and body.get("end_x") is None:
        names = (("x1", "y1"), ("x2", "y2"))  # what is missing is then told by its usual name
    (x1, y1), (x2, y2) = (_point(stage, body, *name) for name in names)
    parts = [step / DRAG_STEPS for step in range(DRAG_STEPS + 1)]
    return [(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part) for part in parts]


def _path(stage: Stage, path: object) -> list[Point]:
    if not isinstance(path, list) or not all(isinstance(each, dict) for each in path):
        raise bad_request("path must be a list of points.")
    if not 2 <= len(path) <= MOST_PATH_POINTS:
        raise bad_request(f"path must have 2 to {MOST_PATH_POINTS} points.")
    points = [_point(stage, each, "x", "y") for each in path]
    steps = max(1, DRAG_STEPS // (len(points) - 1))
    between = [
        (x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps)
        for (x1, y1), (x2, y2) in pairwise(points)
        for step in range(1, steps + 1)
    ]
    return [points[0], *between]


def _button(body: dict[str, Any]) -> str:
    if body.get("button") is None:
        return "left"
    named = text(body, "button").lower()
    if (button := ALIASES.get(named, named)) in BITS:
        return button
    raise bad_request(f"button must be one of {', '.join(BITS)}.")


async def _clicks(stage: Stage, body: dict[str, Any], button: str, count: int) -> dict[str, Any]:
    x, y = await _on_screen(stage, _point(stage, body, "x", "y"))
    await stage.computer.tabs.bring_forward(stage.tab)
    await _mouse(stage, "mouseMoved", x, y)
    for nth in range(1, count + 1):
        await _press(stage, x, y, button, nth)
        await _release(stage, x, y, button, nth)
    return {}


async def _press(stage: Stage, x: float, y: float, button: str, nth: int) -> None:
    stage.computer.hands.line = None  # pointing at the page leaves its address line
    stage.computer.hands.buttons |= BITS[button]
    await _mouse(stage, "mousePressed", x, y, button=button, clickCount=nth)


async def _release(stage: Stage, x: float, y: float, button: str, nth: int) -> None:
    stage.computer.hands.buttons &= ~BITS[button]
    await _mouse(stage, "mouseReleased", x, y, button=button, clickCount=nth)


async def _mouse(stage: Stage, kind: str, x: float, y: float, **more: Any) -> None:
    hands = stage.computer.hands
    if kind == "mouseMoved" and hands.buttons & BITS["left"]:
        more["button"] = "left"  # Chromium selects text and drags only if the move names its button
    event = {"type": kind, "x": x, "y": y, "buttons": hands.buttons, "modifiers": hands.modifiers}
    await stage.input("Input.dispatchMouseEvent", {**event, **more})


def _point(stage: Stage, body: dict[str, Any], x: str, y: str) -> Point:
    return stage.css(number(body, x)), stage.css(number(body, y))


async def _on_screen(stage: Stage, point: Point) -> Point:
    """Where a button is pressed. Outside it would reach nothing, and nobody would be told.

    A button that is held may well be let go outside, as with any mouse.
    """
    display = stage.tab.display
    if _within(point, display.width, display.height):
        return point
    width, height = await _seen(stage)
    if _within(point, width, height):
        return point
    x, y, wide, high = (f"{value * display.scale:g}" for value in (*point, width, height))
    raise ActionFailed(f"The point {x}, {y} is outside the screen, which has {wide} by {high} pixels.")


async def _seen(stage: Stage) -> tuple[float, float]:
    """The page's real size: a DevTools client may have given it another than we did."""
    display = stage.tab.display
    try:
        seen = (await stage.call("Page.getLayoutMetrics", seconds=SIZE_SECONDS))["cssLayoutViewport"]
    except CdpError:
        return display.width, display.height
    return max(display.width, seen["clientWidth"]), max(display.height, seen["clientHeight"])


def _within(point: Point, width: float, height: float) -> bool:
    return 0 <= point[0] <= width and 0 <= point[1] <= height
