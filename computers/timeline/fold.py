"""Live input folded into what a person would call it: "clicked (412, 300)", "typed 12 characters" (design §6).

No clock of its own: seconds come from the caller, and only differences between them count. One thing at a time is open;
it is closed by time, by another kind of input, or by the end of driving. What is typed leaves in `typed` and nowhere
else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from computers.timeline.words import (
    MODIFIER_KEYS,
    at,
    characters,
    chord,
    chord_name,
    plus,
    scrolled,
    typed_by,
)
from computers.wire.screen import Answer, Input, Key, Pointer, Text

#: A click waits this long to see whether it becomes a double one; seconds.
CLICK_QUIET = 0.7
#: Scrolling, typing and a key held down are over when nothing more came for so long, or after lasting so long; seconds.
SCROLL_QUIET, TYPING_QUIET, HELD_QUIET = 0.7, 2.0, 1.0
LONGEST = 30.0
#: A press and a release closer than this are a click, and clicks closer than this may be a double one; CSS pixels.
CLICK_SLACK = 4.0
#: Scrolling goes on as one while the pointer stays this close to where it began, CSS pixels.
SCROLL_SLACK = 24.0
#: Characters of one entry's typing; then another begins.
TYPED_LIMIT = 20_000

_CLICKED = {"left": "clicked", "right": "right-clicked", "middle": "middle-clicked"}
_TIMES = {2: "double-", 3: "triple-"}


@dataclass(frozen=True, slots=True)
class Folded:
    """One entry's worth. `began` and `ended` are the caller's seconds; `step` is as `Entry.step`."""

    sentence: str
    began: float
    ended: float
    step: dict[str, Any] | None = None
    typed: str = field(default="", repr=False)


@dataclass(slots=True)
class _Open:
    """What may still grow."""

    began: float
    ended: float

    quiet = CLICK_QUIET

    def due(self) -> float:
        return min(self.ended + self.quiet, self.began + LONGEST)

    def folded(self) -> Folded:
        raise NotImplementedError


@dataclass(slots=True)
class _Clicks(_Open):
    item: Pointer
    count: int

    def folded(self) -> Folded:
        x, y, held = self.item.x, self.item.y, plus(self.item.modifiers)
        sentence = f"{held}{_TIMES.get(self.count, '')}{_CLICKED['left']} {at(x, y)}"
        kind = {1: "click", 2: "double_click"}.get(self.count)
        # No action holds a modifier while it clicks, and none clicks three times.
        step = {"type": kind, "x": x, "y": y} if kind and not held else None
        return Folded(sentence, self.began, self.ended, step)


@dataclass(slots=True)
class _Scroll(_Open):
    item: Pointer
    dx: float
    dy: float

    quiet = SCROLL_QUIET

    def folded(self) -> Folded:
        x, y, held = self.item.x, self.item.y, plus(self.item.modifiers)
        step = {"type": "scroll", "dx": self.dx, "dy": self.dy, "x": x, "y": y}
        sentence = f"{held}scrolled{scrolled(self.dx, self.dy)} at {at(x, y)}"
        return Folded(sentence, self.began, self.ended, None if held else step)


@dataclass(slots=True)
class _Typing(_Open):
    text: str = field(repr=False)

    quiet = TYPING_QUIET

    def folded(self) -> Folded:
        return Folded(
            f"typed {characters(len(self.text))}", self.began, self.ended, {"type": "type"}, self.text
        )


@dataclass(slots=True)
class _HeldKey(_Open):
    """A key that repeats by being held down: no action does that."""

    key: Key
    repeats: int

    quiet = HELD_QUIET

    def folded(self) -> Folded:
        times = "once more" if self.repeats == 1 else f"{self.repeats} times more"
        return Folded(f"held {chord_name(self.key)}: pressed {times}", self.began, self.ended)


class Fold:
    """One driver's input. Every method returns what is complete, in order."""

    def __init__(self) -> None:
        self._open: _Open | None = None
        self._pressed: dict[str, tuple[Pointer, float]] = {}

    def put(self, item: Input | Answer, now: float) -> list[Folded]:
        """One item that was sent at `now`."""
        closed = self.tick(now)
        if isinstance(item, Pointer):
            return [*closed, *self._pointer(item, now)]
        if isinstance(item, Text):
            return [*closed, *self._typed(item.text, now)]
        if isinstance(item, Answer):
            return [*closed, *self._done(_answered(item, now))]
        return [*closed, *self._key(item, now)]

    def due(self) -> float | None:
        """When `tick` will have something to close; None while nothing is open."""
        return self._open.due() if self._open is not None else None

    def tick(self, now: float) -> list[Folded]:
        """Time has passed."""
        due = self.due()
        return self._close() if due is not None and now >= due else []

    def before(self, moment: float) -> list[Folded]:
        """Something else happened at `moment`, perhaps by what is open: that began earlier, and is told earlier."""
        return self._close() if self._open is not None and self._open.began < moment else []

    def finish(self) -> list[Folded]:
        """Driving is over."""
        closed = self._close()
        pressed, self._pressed = self._pressed, {}
        return [*closed, *(_held(item, since) for item, since in pressed.values())]

    def _close(self) -> list[Folded]:
        closed, self._open = self._open, None
        return [closed.folded()] if closed is not None else []

    def _done(self, folded: Folded) -> list[Folded]:
        return [*self._close(), folded]

    def _pointer(self, item: Pointer, now: float) -> list[Folded]:
        if item.action == "wheel":
            return self._wheel(item, now)
        if item.action == "down":
            self._pressed[item.button] = (item, now)
            clicks = self._open
            if not isinstance(clicks, _Clicks) or not _continues(clicks, item):
                return self._close()
            # A second click goes on with the first, however long its button is held.
            clicks.ended = now
            return []
        if item.action == "up" and (pressed := self._pressed.pop(item.button, None)) is not None:
            return self._released(*pressed, item, now)
        return []

    def _released(self, press: Pointer, since: float, item: Pointer, now: float) -> list[Folded]:
        if not _near(press, item, CLICK_SLACK):
            return self._done(_dragged(press, item, since, now))
        if press.button != "left":
            return self._done(_clicked_otherwise(press, item, since, now))
        clicks = self._open
        if isinstance(clicks, _Clicks) and _continues(clicks, press):
            clicks.count, clicks.ended = clicks.count + 1, now
            return []
        closed = self._close()
        # Whatever the browser counts: of a double click whose first one is told already, this is one more.
        self._open = _Clicks(since, now, press, 1)
        return closed

    def _wheel(self, item: Pointer, now: float) -> list[Folded]:
        scroll = self._open
        if (
            isinstance(scroll, _Scroll)
            and scroll.item.modifiers == item.modifiers
            and _near(scroll.item, item, SCROLL_SLACK)
        ):
            scroll.dx, scroll.dy, scroll.ended = scroll.dx + item.dx, scroll.dy + item.dy, now
            return []
        closed = self._close()
        self._open = _Scroll(now, now, item, item.dx, item.dy)
        return closed

    def _key(self, item: Key, now: float) -> list[Folded]:
        if item.action == "up" or item.key in MODIFIER_KEYS:
            return []
        if text := typed_by(item):
            return self._typed(text, now)
        held = self._open
        if not item.repeat:
            step = {"type": "keypress", "keys": chord(item)}
            return self._done(Folded(f"pressed {chord_name(item)}", now, now, step))
        if isinstance(held, _HeldKey) and (held.key.key, held.key.modifiers) == (item.key, item.modifiers):
            held.repeats, held.ended = held.repeats + 1, now
            return []
        closed = self._close()
        self._open = _HeldKey(now, now, item, 1)
        return closed

    def _typed(self, text: str, now: float) -> list[Folded]:
        typing = self._open
        if isinstance(typing, _Typing) and len(typing.text) + len(text) <= TYPED_LIMIT:
            typing.text, typing.ended = typing.text + text, now
            return []
        closed = self._close()
        if text:
            self._open = _Typing(now, now, text)
        return closed


def _near(one: Pointer, other: Pointer, slack: float) -> bool:
    return abs(one.x - other.x) <= slack and abs(one.y - other.y) <= slack


def _continues(clicks: _Clicks, press: Pointer) -> bool:
    """Whether this press is the next click of the same double or triple one; the browser counts them."""
    return (
        press.button == "left"
        and press.clicks == clicks.count + 1
        and press.modifiers == clicks.item.modifiers
        and _near(clicks.item, press, CLICK_SLACK)
    )


def _clicked_otherwise(press: Pointer, item: Pointer, since: float, now: float) -> Folded:
    held, button = plus(press.modifiers), press.button
    aim = {"x": item.x, "y": item.y}
    steps: dict[str, dict[str, Any]] = {
        "right": {"type": "right_click", **aim},
        "middle": {"type": "click", "button": "middle", **aim},
    }
    done = (
        f"{_CLICKED[button]} {at(item.x, item.y)}" if button in _CLICKED else f"pressed the {button} button"
    )
    return Folded(held + done, since, now, None if held else steps.get(button))


def _dragged(press: Pointer, item: Pointer, since: float, now: float) -> Folded:
    held = plus(press.modifiers)
    with_button = "" if press.button == "left" else f" with the {press.button} button"
    step = {"type": "drag", "x1": press.x, "y1": press.y, "x2": item.x, "y2": item.y}
    sentence = f"{held}dragged {at(press.x, press.y)} → {at(item.x, item.y)}{with_button}"
    return Folded(sentence, since, now, None if held or with_button else step)


def _held(press: Pointer, since: float) -> Folded:
    return Folded(f"held the {press.button} button at {at(press.x, press.y)}", since, since)


def _answered(answer: Answer, now: float) -> Folded:
    button = "OK" if answer.accept else "Cancel"
    typed = answer.text if answer.accept else ""
    told = f" and {characters(len(typed))}" if typed else ""
    return Folded(f"answered a dialog with {button}{told}", now, now, None, typed)
